import { setTimeout as delay } from 'node:timers/promises';

const FIRST_PAUSE_MS = 1000;
/** As long as other clients of the API server wait at most. Source: client-go's reflector. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: doubling, and no two guards
 * in step. `random` is a number from 0 to 1.
 */
export function pauseAfter(failures: number, random = Math.random()): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE_MS);
  return pause * (1 + random) * 0.5;
}

/** Of a list that broke off half-way, the longest first pause. */
const LONGEST_FIRST_BREAK_MS = 60_000;

/**
 * The same for a list that breaks off half-way, which costs nearly as much as a whole one and is
 * read every `refreshMs`: a sixteenth of that or a minute, doubling up to the whole of it.
 */
export function pauseAfterBreak(breaks: number, refreshMs: number): number {
  const first = Math.min(refreshMs / 16, LONGEST_FIRST_BREAK_MS);
  const pause = Math.min(first * 2 ** Math.max(breaks - 1, 0), refreshMs);
  return Math.max(pause, pauseAfter(breaks));
}

/**
 * Resolves after so many milliseconds, or with the signal. With a signal the timer does not keep the
 * process alive; without one the caller waits for the end.
 */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const options = signal ? { signal, ref: false } : {};
  await delay(ms, undefined, options).catch(() => undefined);
}
