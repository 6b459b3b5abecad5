import type { ApiServer } from './api.ts';
import { ApiError, asApiError } from './api-error.ts';
import { pause, pauseAfter } from './retry.ts';

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
    page = await retryPage((from) => ask({ continue: from }), token, signal);
  }
}

/** Asks for the page that follows on `token`, and again while there is hope. */
async function retryPage<T>(
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
