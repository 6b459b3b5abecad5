import { createReadStream } from 'node:fs';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { masked } from '../engine/json/credentials.ts';
import { printable, quoted } from '../engine/text/text.ts';
import { isAuditLine } from '../replay/audit-event.ts';
import { type LineCount, candidateLines } from '../replay/audit-lines.ts';
import type { Connection } from '../kube/api.ts';
import { replay } from '../replay/replay.ts';
import { asJson, asText } from '../replay/report.ts';
import { auditLines } from '../rollout/history/audit-lines.ts';
import { defineCommand } from './frame/command.ts';
import { FACT_FLAGS, factsFrom } from './files/stated-facts.ts';
import { OUTPUT } from './frame/flags.ts';
import { print } from './frame/print.ts';
import { showProgress } from './frame/progress.ts';
import { UsageError } from './usage-error.ts';

export const command = defineCommand(
  {
    operands: '[AUDIT.log...]',
    details:
      'Reads audit.k8s.io/v1 events, a line each, oldest file first; .gz too, - is standard input.\n' +
      'Writes at level RequestResponse are judged in full, at level Request as far as events before\n' +
      'them tell what was stored. With --history the revisions that the guard keeps are judged.',
    flags: {
      history: { about: 'judge what stood in eni-config lately, and no audit log' },
      ...OUTPUT,
      ...FACT_FLAGS,
    },
    examples: [
      'replay --terway 1.15.2 --plugin portmap=1.7.1 audit.log',
      'replay audit-2026-01-31.log.gz audit.log',
      'replay --history --cluster',
    ],
    statuses: '0 all answered as then, 1 some answered otherwise, 2 the call or a file is unusable',
  },
  async ({ operands, flags }) => {
    const { config: path, output = 'text' } = flags;
    if (flags.history === operands.length > 0) {
      throw new UsageError('replay needs an AUDIT.log, - for standard input, or --history');
    }
    const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
    const settings = { facts: await factsFrom(flags, config), policy: config.policy };
    const count: LineCount = { lines: 0, first: undefined };
    const stop = showProgress(() => `${count.lines} lines`);
    const lines = flags.history ? keptLines(flags, count) : linesOf(operands, count);
    const result = await replay(lines, settings).finally(stop);
    await print((output === 'json' ? asJson : asText)(result, count.lines));
    return result.becomes.allowed + result.becomes.refused > 0 ? 1 : 0;
  },
);

/** A line for each revision of the cluster. */
async function* keptLines(connection: Connection, total: LineCount): AsyncGenerator<string> {
  // Here, as the client of a cluster costs more than all the rest of a call without one.
  const [{ historyOf }, { connect }] = await Promise.all([
    import('./revisions.ts'),
    import('../kube/api.ts'),
  ]);
  for (const line of auditLines(await historyOf(connect(connection)))) {
    total.lines += 1;
    yield line;
  }
}

/** The lines of all files that may be about eni-config, in order; counts all lines. */
async function* linesOf(files: readonly string[], total: LineCount): AsyncGenerator<string> {
  for (const file of files) {
    const name = file === '-' ? 'standard input' : printable(file);
    const count: LineCount = { lines: 0, first: undefined };
    const before = total.lines;
    try {
      for await (const line of candidateLines(open(file), count)) {
        total.lines = before + count.lines;
        yield line;
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new UsageError(`can't read ${name} to its end (${code ?? printable(message)})`);
    }
    total.lines = before + count.lines;
    if (count.first !== undefined && !isAuditLine(count.first)) {
      throw new UsageError(
        `${name} is no audit log: its first line is no event of audit.k8s.io/v1, but ${quoted(masked(count.first))}`,
      );
    }
  }
}

const open = (file: string): AsyncIterable<Buffer> =>
  file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 });
