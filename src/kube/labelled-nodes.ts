import { type LabelledNodes, OVERLAY_LABEL } from '../engine/core/eni-config.ts';
import type { ApiServer } from './api.ts';
import { METADATA_MESSAGE, listOf } from './messages.ts';
import { METADATA_ONLY, PAGE_SIZE } from './pages.ts';

/** For a webhook call that waits for it; see readStoredConfig. */
const TIMEOUT_MS = 1000;

/** What a label can hold, and so the names of overlays. Source: Kubernetes' validation. */
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

interface Page {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items?: readonly unknown[];
}

/**
 * Counts the nodes whose label names this ConfigMap, as they are at this moment. With a selector the
 * API server does not say how many a page leaves out, so pages are counted for a second, and then
 * the number is one that is reached or passed. Rejects with ApiError when no page came in that time. Needs the
 * right to list nodes.
 */
export async function countLabelled(api: ApiServer, name: string): Promise<LabelledNodes> {
  if (!LABEL_VALUE.test(name)) return { count: 0, isOpen: false };
  const until = performance.now() + TIMEOUT_MS;
  const query = { labelSelector: `${OVERLAY_LABEL}=${name}`, limit: String(PAGE_SIZE) };
  let count = 0;
  let token: string | undefined;
  for (;;) {
    const timeoutMs = Math.ceil(until - performance.now());
    if (timeoutMs <= 0) return { count, isOpen: true };
    let page: Page;
    try {
      page = await api.call<Page>({
        method: 'GET',
        path: '/api/v1/nodes',
        accept: METADATA_ONLY,
        protobuf: listOf(METADATA_MESSAGE),
        query: { ...query, ...(token === undefined ? {} : { continue: token }) },
        timeoutMs,
      });
    } catch (error) {
      if (count > 0) return { count, isOpen: true };
      throw error;
    }
    const { continue: more = '', remainingItemCount } = page.metadata;
    count += page.items?.length ?? 0;
    if (more === '') return { count, isOpen: false };
    if (remainingItemCount !== undefined)
      return { count: count + remainingItemCount, isOpen: false };
    token = more;
  }
}
