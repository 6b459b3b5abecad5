import { writeFile } from 'node:fs/promises';
import { PLUGINS } from '../engine/catalogue/plugins.ts';
import { count, printable, shortened } from '../engine/text/text.ts';
import type { Answer } from '../probe/ask.ts';
import { probeDirectory } from '../probe/probe.ts';
import { MAX_RESULT_BYTES, encodeProbeResult } from '../probe/result.ts';
import { defineCommand } from './frame/command.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';

export const command = defineCommand(
  {
    flags: {
      directory: { value: 'DIRECTORY', required: true, about: "the node's CNI directory" },
      output: { value: 'FILE', about: 'where the result goes (default /dev/termination-log)' },
    },
    examples: ['probe --directory /opt/cni/bin --output result'],
  },
  async ({ flags: { directory, output = '/dev/termination-log' } }) => {
    await probe({ directory, output });
    return 0;
  },
);

interface ProbeOptions {
  /** The node's CNI directory. */
  readonly directory: string;
  /** The container's termination message. */
  readonly output: string;
}

const MAX_LINES = 200;

/**
 * `probe`: writes to `output` which plugin binaries lie in `directory` and what they say of
 * themselves, and prints a line for each. Rejects when the directory can't be read, and then
 * `output` says so, too.
 */
async function probe({ directory, output }: ProbeOptions): Promise<void> {
  const important = new Set(PLUGINS.keys());
  const found = await probeDirectory(directory, important).catch(async (error: unknown) => {
    const why = `can't read the CNI directory: ${printable((error as Error).message)}`;
    await write(output, shortened(why, MAX_RESULT_BYTES));
    throw new UsageError(why);
  });
  await write(output, encodeProbeResult(found, important));

  const { binaries, leftOut = 0 } = found;
  const lines = [...binaries].slice(0, MAX_LINES).map(([name, answer]) => line(name, answer));
  const more = binaries.size - lines.length + leftOut;
  if (more > 0) lines.push(`... and ${more} more`);
  const told = [...binaries.values()].filter(({ version }) => version !== undefined).length;
  lines.push(`${count(binaries.size + leftOut, 'executable')}, ${told} with a known version`);
  await print(`${lines.join('\n')}\n`);
}

/** A binary's output and its name are hostile text, so both are made printable. */
function line(name: string, { version, specVersions = [], problem }: Answer): string {
  const release =
    version === undefined ? `version unknown: ${problem ?? 'not asked'}` : printable(version, 64);
  const spec = specVersions.length === 0 ? '' : ` (CNI ${printable(specVersions.join(' '), 100)})`;
  return `${printable(name, 64)} ${release}${spec}`;
}

async function write(output: string, text: string): Promise<void> {
  try {
    await writeFile(output, text);
  } catch (error) {
    throw new UsageError(`can't write the result: ${printable((error as Error).message)}`);
  }
}
