import { printable } from '../../engine/text/text.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Writes to standard output and resolves when it is written. Rejects with UsageError when it can't
 * be, as on a full disk. A reader that has seen enough (`| head`) is no error.
 */
export async function print(text: string): Promise<void> {
  if (text === '') return;
  const { stdout } = process;
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve();
      else reject(new UsageError(`can't write to standard output (${error.code ?? 'error'})`));
    };
    // Without a listener the stream's own report of the error ends the process.
    stdout.once('error', fail);
    stdout.write(text, (error) => {
      if (error) {
        fail(error);
        return;
      }
      stdout.off('error', fail);
      resolve();
    });
  });
}

/** A remark beside what a command prints, on standard error. */
export function note(text: string): void {
  process.stderr.write(`eni-config-guard: ${text}\n`);
}

/** Longer than any warning of the guard. */
const MAX_WARNING_LENGTH = 600;

/** Warnings that came with an answer of the API server, a remark each. */
export function noteWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) note(printable(warning, MAX_WARNING_LENGTH));
}

/** Whether what is printed may have colours. Source: https://no-color.org. */
export function isColoured({ env, stdout }: Pick<NodeJS.Process, 'env' | 'stdout'> = process) {
  const { NO_COLOR = '', TERM } = env;
  return stdout.isTTY && NO_COLOR === '' && TERM !== 'dumb';
}
