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

/** Resolves after so many milliseconds, or with the signal. It does not keep a process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
