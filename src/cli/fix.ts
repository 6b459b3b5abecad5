import { relative, resolve } from 'node:path';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { asText } from '../engine/report/lint-text.ts';
import { unifiedDiff } from '../engine/report/unified-diff.ts';
import { count, printable } from '../engine/text/text.ts';
import { oldObjects } from './files/against.ts';
import { NewFiles, fixObject } from './files/fixing.ts';
import { findObjects } from './files/operands.ts';
import { replaceFile } from './files/replace-file.ts';
import { STDIN } from './files/source.ts';
import { FACT_FLAGS, factsFrom } from './files/stated-facts.ts';
import { defineCommand } from './frame/command.ts';
import { calledAs } from './frame/help.ts';
import { note, print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

export const command = defineCommand(
  {
    operands: 'FILE...',
    details:
      'Prints what it would change as a diff, and on standard error what is left: where a person has\n' +
      'to choose, nothing is changed.',
    flags: {
      write: { about: 'change the files' },
      against: { value: 'OLD|git:REV', about: 'judge the change from there; else the state' },
      ...FACT_FLAGS,
    },
    examples: ['fix eni-config.yaml', 'fix --write --against git:HEAD manifests/'],
    statuses: '0 nothing denied is left, 1 something is, 2 the call or a file is unusable',
  },
  async ({ operands, flags }) => {
    if (operands.length === 0 || operands.includes(STDIN)) {
      throw new UsageError(`fix needs a FILE that it can change; see ${calledAs()} fix --help`);
    }
    const { config: path, against, write } = flags;
    const { policy, defaults, ...config } = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
    const { objects, notes } = await findObjects(operands);
    for (const text of notes) note(text);
    const oldOf = against === undefined ? () => undefined : await oldObjects(against);
    const facts = await factsFrom(flags, { policy, defaults, ...config });
    let files = new NewFiles();
    const left = [];
    const times = new Map<string, number>();
    let mended = 0;
    for (const object of objects) {
      const { name } = object.file;
      const index = times.get(name) ?? 0;
      times.set(name, index + 1);
      const fixed = await fixObject(
        { name, index },
        await oldOf(object),
        { facts, policy, defaults },
        files,
      );
      files = fixed.files;
      mended += fixed.mended.length;
      left.push(fixed.left);
    }
    const changed = files.changed();
    for (const { name, before, after } of changed) {
      if (write) replaceFile(name, before, after);
      else await print(unifiedDiff(nameInDiff(name), before, after));
    }
    const where = changed.map(({ name }) => printable(name, 400)).join(', ');
    if (mended > 0) {
      note(
        `${count(mended, 'finding')} ${write ? 'mended' : 'can be mended with --write'}: ${where}`,
      );
    }
    process.stderr.write(asText({ objects: left, facts, version: VERSION }, { isColoured: false }));
    return left.every(({ verdict }) => verdict.allowed) ? 0 : 1;
  },
);

/** A path that `git apply` and `patch -p1` take here, or in / for a file that lies elsewhere. */
function nameInDiff(path: string): string {
  const name = relative('', path);
  return name.startsWith('..') ? resolve(path).slice(1) : name;
}
