import type { ApiServer } from './api.ts';
import { ApiError, asApiError } from './api-error.ts';
import { listOf } from './messages.ts';
import type { Message } from './protobuf.ts';
import { pause, pauseAfter } from './retry.ts';

/**
 * Objects a page of JSON; a pod has some 5 KB and more. What V8 parses out of a text of more than 100 KB
 * it puts among its old objects, where garbage stays for long: docs/decisions/0001-small-pages.md.
 */
export const PAGE_SIZE = 16;
/** In protobuf; a server that answers JSON is asked for no more, either. */
export const PROTOBUF_PAGE_SIZE = 20;

interface Page<T> {
  readonly metadata: { readonly continue?: string };
  /** Without any, Go writes null in JSON and nothing in protobuf. */
  readonly items?: readonly T[] | null;
}

/** How often a page is asked for before its list is given up. */
const MAX_TRIES = 5;
/** A server that asks for more patience is left alone: the list begins anew later. */
const MAX_PATIENCE_MS = 30_000;

/** `accept` of a list of what a ConfigMap, a Node or a Pod has in `metadata`, without the rest. */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** What is listed, and until when. */
export interface ListQuery {
  readonly path: string;
  /** METADATA_ONLY or, unless given, whole objects. */
  readonly accept?: typeof METADATA_ONLY;
  /** What is read of each object where the API server gives them in protobuf. */
  readonly protobuf?: Message;
  readonly labelSelector?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A whole list, page by page; rejects with ApiError when it can't be read. The first page is asked
 * for once, as a right may be missing; later pages are retried, so that what was read is not lost.
 */
export async function* pagesOf<T>(
  api: ApiServer,
  { path, accept, protobuf, labelSelector, signal }: ListQuery,
): AsyncGenerator<readonly T[]> {
  const limit = String(protobuf ? PROTOBUF_PAGE_SIZE : PAGE_SIZE);
  const query = { limit, ...(labelSelector !== undefined && { labelSelector }) };
  // The signal is not passed on to calls: it lives as long as the guard, and the signals joined to it,
  // thousands for a list, would stay in memory as long.
  const ask = async (more: object) => {
    if (signal?.aborted) throw new ApiError(undefined, 'Aborted', 'called off');
    return api.call<Page<T>>({
      method: 'GET',
      path,
      query: { ...query, ...more },
      ...(accept !== undefined && { accept }),
      ...(protobuf && { protobuf: listOf(protobuf) }),
    });
  };
  let page = await ask({});
  for (;;) {
    yield page.items ?? [];
    const token = page.metadata.continue ?? '';
    if (token === '') return;
    page = await retryPage((from) => ask({ continue: from }), token, signal);
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
