import { execFile } from 'node:child_process';
import type { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { printable, quoted } from '../../engine/text/text.ts';
import { UsageError } from '../usage-error.ts';

/** Reads the text of a file; undefined when there is none. Rejects with UsageError else. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** Stands for standard input among paths. */
export const STDIN = '-';

/** More than any manifest, and less than would be read for a minute. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The files as they are. */
export const readWorkTree: ReadText = (path) => {
  try {
    const bytes = readFileSync(path === STDIN ? 0 : path);
    if (bytes.length <= MAX_BYTES) return Promise.resolve(textOf(path, bytes));
    throw new UsageError(`${printable(path)}: larger than any manifest (32 MiB)`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return Promise.resolve(undefined);
    throw new UsageError(`${printable(path)}: can't be read (${code})`);
  }
};

/**
 * The text of a file as kubectl reads it: YAML in UTF-16 too, which PowerShell's `>` writes, when it
 * begins with a byte-order mark; elsewhere UTF-8, with U+FFFD for invalid bytes.
 */
function textOf(path: string, bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (path === STDIN || /\.ya?ml$/.test(path)) {
    if (mark === 'fffe') return new TextDecoder('utf-16le').decode(bytes);
    if (mark === 'feff') return new TextDecoder('utf-16be').decode(bytes);
  }
  return bytes.toString();
}

/** The files as a commit of their repository has them. */
export function readCommit(revision: string): ReadText {
  return async (path) => {
    const git = gitIn(dirname(path));
    const commit = await git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`);
    if (commit.failure !== undefined) {
      // Before the first commit of a repository there is nothing to compare with.
      if (revision === 'HEAD' && (await git('symbolic-ref', 'HEAD')).failure === undefined) {
        return undefined;
      }
      throw new UsageError(
        `--against git:${printable(revision)}: ${commit.failure}, for ${printable(path)}`,
      );
    }
    const object = `${commit.output.trim()}:./${basename(path)}`;
    const known = await git('cat-file', '-e', object);
    if (known.failure !== undefined) return undefined;
    const { output, failure } = await git('cat-file', 'blob', object);
    if (failure === undefined) return output;
    throw new UsageError(`${quoted(object)} of git can't be read: ${failure}`);
  };
}

const run = promisify(execFile);

function gitIn(directory: string) {
  return async (...args: readonly string[]): Promise<{ output: string; failure?: string }> => {
    try {
      const { stdout } = await run('git', ['-C', directory, ...args], { maxBuffer: MAX_BYTES });
      return { output: stdout };
    } catch (error) {
      const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: string };
      if ((code as unknown) === 'ENOENT') throw new UsageError('there is no git to ask');
      return { output: '', failure: printable(stderr?.trim().split('\n')[0] ?? 'git failed') };
    }
  };
}
