import type { ApiServer } from '../api.ts';
import { ApiError, asApiError } from '../api-error.ts';
import type { Health, Surroundings } from './source.ts';
import { pause, pauseAfter, pauseAfterBreak } from './retry.ts';

/**
 * Objects a page. A node has some 10 KB of JSON, and of a text of more than 100 KB V8 puts whatever
 * it parses among the old objects, where garbage stays for long: with 15 000 nodes, pages of 25 take
 * 6 MiB more and those of 50 far more (`npm run bench:cluster`). Reviews wait while a page is parsed,
 * too. The price is more calls, one after the other over a connection that is kept.
 */
export const PAGE_SIZE = 8;

interface Page<T> {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly T[];
}

/** How often a page is asked for before its list is given up. */
const MAX_TRIES = 5;
/** A server that asks for more patience is left alone: the list begins anew later. */
const MAX_PATIENCE_MS = 30_000;

/** What is listed, and until when. */
export interface ListQuery {
  readonly path: string;
  readonly labelSelector?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A whole list, page by page; rejects with ApiError when it can't be had. The first page is asked
 * for once, as a right may be missing; what was read of a list is not thrown away so easily.
 */
export async function* pagesOf<T>(
  api: ApiServer,
  { path, labelSelector, signal }: ListQuery,
): AsyncGenerator<readonly T[]> {
  const query = { limit: String(PAGE_SIZE), ...(labelSelector !== undefined && { labelSelector }) };
  // Calls don't end with the signal: joined to one that lives as long as the guard, the thousands of
  // signals of a list would have to be collected with it.
  const ask = async (more: object) => {
    if (signal?.aborted) throw new ApiError(undefined, 'Aborted', 'called off');
    return api.call<Page<T>>({ method: 'GET', path, query: { ...query, ...more } });
  };
  let page = await ask({});
  for (;;) {
    yield page.items;
    const token = page.metadata.continue ?? '';
    if (token === '') return;
    page = await persistently((from) => ask({ continue: from }), token, signal);
  }
}

/** Asks for the page that follows on `token`, and again while there is hope. */
async function persistently<T>(
  ask: (token: string) => Promise<T>,
  token: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  let from = token;
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(from);
    } catch (thrown) {
      const error = asApiError(thrown);
      const { retryAfterMs = 0, continueToken } = error.hints;
      const isExpired = error.status === 410 && continueToken !== undefined;
      const canHope = isExpired || (isPassing(error) && retryAfterMs <= MAX_PATIENCE_MS);
      if (tries === MAX_TRIES || !canHope || signal?.aborted) throw error;
      // From here on the list is of a later moment, which is as well for what is counted here.
      if (isExpired) from = continueToken;
      else await pause(Math.max(pauseAfter(tries), retryAfterMs), signal);
    }
  }
}

/**
 * Whether the next try may fare better: no answer, credentials that have expired and are read anew,
 * too much to do, a fault of the server.
 */
const isPassing = ({ status = 500 }: ApiError) => status === 401 || status === 429 || status >= 500;

/** How reading a list ended. */
export interface Reading {
  readonly isWhole: boolean;
  /** Whether it broke off after some pages. */
  readonly hasBegun?: boolean;
  /** How long the server wants to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A list that is read again and again, as whatever it is reduced to; replaced whole. */
export interface Listing<T> {
  /** What the last whole list came to, and when it was whole. */
  readonly known: () => { readonly value: T; readonly at: number } | undefined;
  /** Reads it once; a failure goes to `health`. */
  readonly read: (signal?: AbortSignal) => Promise<Reading>;
}

export function listing<Item, T>(
  health: Health,
  query: Omit<ListQuery, 'signal'>,
  { api, now, changed }: Pick<Surroundings, 'api' | 'now' | 'changed'>,
  reduce: (pages: AsyncIterable<readonly Item[]>) => Promise<T>,
): Listing<T> {
  let known: { readonly value: T; readonly at: number } | undefined;
  const part = query.path;
  return {
    known: () => known,
    read: (signal) =>
      readOnce(health, part, signal, async (seen) => {
        const pages = pagesOf<Item>(api, { ...query, signal });
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
