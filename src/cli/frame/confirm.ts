import { createInterface } from 'node:readline/promises';

/** Whether a person can be asked. */
export const canAsk = ({ stdin, stderr }: NodeJS.Process = process): boolean =>
  stdin.isTTY && stderr.isTTY;

/**
 * Asks a person at the terminal, on standard error; only `y` and `yes` are a yes. Ctrl-C, the end of
 * input and the signal are a no.
 */
export async function confirm(question: string, signal?: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const stop = new AbortController();
  for (const event of ['SIGINT', 'close'] as const) terminal.once(event, () => stop.abort());
  const until = signal ? AbortSignal.any([stop.signal, signal]) : stop.signal;
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: until });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
