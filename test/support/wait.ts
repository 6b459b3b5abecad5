import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;

/**
 * Asks `probe` again and again until it gives something other than undefined, and returns that.
 * Rejects after `timeoutMs` milliseconds, naming what was awaited, and at once when the probe rejects.
 */
export async function waitFor<T>(
  awaited: string,
  timeoutMs: number,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new Error(`waited ${String(timeoutMs)} ms in vain for ${awaited}`);
    }
    await sleep(POLL_INTERVAL_MS);
  }
}
