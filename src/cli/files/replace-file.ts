import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  fchmodSync,
} from 'node:fs';
import { Buffer } from 'node:buffer';
import { dirname, join } from 'node:path';
import { printable } from '../../engine/text/text.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Puts a new text into a file in one step: a reader sees the old or the new one, and the mode stays.
 * Throws UsageError for a file that holds other bytes than `before` by now, and when it can't be
 * written; then the file is as it was.
 */
export function replaceFile(path: string, before: string, after: string): void {
  const shown = printable(path, 400);
  try {
    // A link stays a link: what it names is replaced.
    const target = realpathSync(path);
    if (!readFileSync(target).equals(Buffer.from(before))) {
      throw new UsageError(
        `${shown}: changed meanwhile, or is no UTF-8; nothing was written to it`,
      );
    }
    const { mode } = statSync(target);
    const temporary = join(dirname(target), `.eni-config-guard-${randomUUID()}`);
    try {
      write(temporary, after, mode);
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${shown}: can't be written (${code ?? 'error'})`);
  }
}

function write(path: string, text: string, mode: number): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    const bytes = Buffer.from(text);
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done);
    fchmodSync(file, mode & 0o7777);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
