import type { ApiServer } from './api.ts';
import { ApiError, asApiError } from './api-error.ts';
import { keptListOf } from './messages.ts';
import type { Message } from './protobuf.ts';
import { pause, pauseAfter } from './retry.ts';

/**
 * Objects a page of JSON; a pod has some 5 KB and more. What V8 parses out of a text of more than 100 KB
 * it puts among its old objects, where garbage stays for long: docs/decisions/0001-small-pages.md.
 */
export const PAGE_SIZE = 16;
/** Objects a page once a server has answered in protobuf, which is read as it comes. */
export const PROTOBUF_PAGE_SIZE = 250;

interface Page<Item, Kept> {
  readonly metadata: { readonly continue?: string };
  /** Of an answer in JSON; without any, Go writes null. */
  readonly items?: readonly Item[] | null;
  /** Of an answer in protobuf that has any. */
  readonly kept?: readonly Kept[];
}

/** How often a page is asked for before its list is given up. */
const MAX_TRIES = 5;
/** A server that asks for more patience is left alone: the list begins anew later. */
const MAX_PATIENCE_MS = 30_000;

/** `accept` of a list of what a ConfigMap, a Node or a Pod has in `metadata`, without the rest. */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** What is listed, and until when. */
export interface ListQuery<Item = never, Kept = Item> {
  readonly path: string;
  /** METADATA_ONLY or, unless given, whole objects. */
  readonly accept?: typeof METADATA_ONLY;
  /** What is read of each object where the API server gives them in protobuf. */
  readonly protobuf?: Message;
  readonly labelSelector?: string;
  /**
   * What is kept of an object, all of it unless given. In protobuf it is called as soon as the object has
   * been read: what is held until a page is whole grows old in memory. Of a page that fails it is called again.
   */
  readonly keep?: (object: Item) => Kept;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A whole list, page by page; rejects with ApiError when it can't be read. The first page is asked
 * for once, as a right may be missing; later pages are retried, so that what was read is not lost.
 */
export async function* pagesOf<Item, Kept = Item>(
  api: ApiServer,
  query: ListQuery<Item, Kept>,
): AsyncGenerator<readonly Kept[]> {
  const { path, accept, protobuf, labelSelector, signal } = query;
  const { keep = (object: Item) => object as unknown as Kept } = query;
  const message = protobuf && keptListOf(protobuf, (object) => keep(object as Item));
  const only = labelSelector !== undefined && { labelSelector };
  // The signal is not passed on to calls: it lives as long as the guard, and the signals joined to it,
  // thousands for a list, would stay in memory as long.
  const ask = async (limit: number, more: object) => {
    if (signal?.aborted) throw new ApiError(undefined, 'Aborted', 'called off');
    return api.call<Page<Item, Kept>>({
      method: 'GET',
      path,
      query: { limit: String(limit), ...only, ...more },
      ...(accept !== undefined && { accept }),
      ...(message && { protobuf: message }),
    });
  };
  let page = await ask(PAGE_SIZE, {});
  // A server, or a proxy before it, that answers JSON is not asked for more at once.
  const limit = page.kept ? PROTOBUF_PAGE_SIZE : PAGE_SIZE;
  for (;;) {
    yield page.kept ?? page.items?.map(keep) ?? [];
    const token = page.metadata.continue ?? '';
    if (token === '') return;
    page = await retryPage((from) => ask(limit, { continue: from }), token, signal);
  }
}

/** Asks for the page that follows on `token`, and retries while the error is temporary. */
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
      const isWorthRetrying = isExpired || (isTemporary(error) && retryAfterMs <= MAX_PATIENCE_MS);
      if (tries === MAX_TRIES || !isWorthRetrying || signal?.aborted) throw error;
      // From here on the list is of a later moment, which is as well for what is counted here.
      if (isExpired) from = continueToken;
      else await pause(Math.max(pauseAfter(tries), retryAfterMs), signal);
    }
  }
}

/**
 * Whether the error is temporary: no answer, credentials that have expired and are read anew, too many
 * requests, a fault of the server.
 */
const isTemporary = ({ status = 500 }: ApiError) =>
  status === 401 || status === 429 || status >= 500;
