import { asApiError } from '../kube/api-error.ts';
import { type ListQuery, pagesOf } from '../kube/pages.ts';
import { pause, pauseAfter, pauseAfterBreak } from '../kube/retry.ts';
import type { Health, SourceOptions } from './source.ts';

/** How reading a list ended. */
export interface Reading {
  readonly isWhole: boolean;
  /** Whether it broke off after some pages. */
  readonly hasBegun?: boolean;
  /** How long the server wants to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** What a whole list came to, and when it was whole, in milliseconds since 1970. */
export interface Known<T> {
  readonly value: T;
  readonly at: number;
}

/** A list that is read again and again, as whatever it is reduced to; replaced whole. */
export interface Listing<T> {
  /** What the last whole list came to. */
  readonly known: () => Known<T> | undefined;
  /** Reads it once; a failure goes to `health`. */
  readonly read: (signal?: AbortSignal) => Promise<Reading>;
}

export function listing<Item, Kept, T>(
  health: Health,
  queryOnce: () => Omit<ListQuery<Item, Kept>, 'signal'>,
  { api, now, changed }: Pick<SourceOptions, 'api' | 'now' | 'changed'>,
  reduce: (pages: AsyncIterable<readonly Kept[]>) => Promise<T>,
): Listing<T> {
  let known: Known<T> | undefined;
  const part = queryOnce().path;
  return {
    known: () => known,
    read: (signal) =>
      readOnce(health, part, signal, async (seen) => {
        const pages = pagesOf<Item, Kept>(api, { ...queryOnce(), signal });
        const value = await reduce(counted(pages, seen));
        known = { value, at: now() };
        health.confirmed(part, known.at);
        changed();
      }),
  };
}

/** Runs `readList`, which calls `seen` for every page, and tells `health` how it ended. */
export async function readOnce(
  health: Health,
  part: string,
  signal: AbortSignal | undefined,
  readList: (seen: () => void) => Promise<void>,
): Promise<Reading> {
  let hasBegun = false;
  try {
    await readList(() => (hasBegun = true));
    health.recovered(part);
    return { isWhole: true };
  } catch (thrown) {
    const error = asApiError(thrown);
    if (!signal?.aborted) health.failed(part, error);
    return { isWhole: false, hasBegun, ...error.hints };
  }
}

export async function* counted<T>(pages: AsyncIterable<T>, seen: () => void): AsyncGenerator<T> {
  for await (const page of pages) {
    seen();
    yield page;
  }
}

/**
 * Runs `read` until the signal: every `refreshMs`, or, where it looks itself whether it is time to,
 * every `lookMs`. After a failure it is tried again at growing intervals: what is refused at its
 * first page costs little, and a list that broke off half-way is not repeated often.
 */
export async function readEvery(
  refreshMs: number,
  read: (signal: AbortSignal) => Promise<Reading>,
  signal: AbortSignal,
  lookMs = refreshMs,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const { isWhole, hasBegun = false, retryAfterMs = 0 } = await read(signal);
    failures = isWhole ? 0 : failures + 1;
    const retryMs = hasBegun ? pauseAfterBreak(failures, refreshMs) : pauseAfter(failures);
    await pause(isWhole ? lookMs : Math.max(retryMs, Math.min(retryAfterMs, refreshMs)), signal);
  }
}
