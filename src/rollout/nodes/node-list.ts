import { type NetworkMode, networkModeOf } from '../../facts/network-mode.ts';
import type { ApiServer } from '../../kube/api.ts';
import { overlayNameIn } from '../../kube/overlays.ts';
import { METADATA_ONLY, pagesOf } from '../../kube/pages.ts';

/** What is kept of a node. */
export interface ListedNode {
  readonly name: string;
  readonly mode: NetworkMode;
  /** The ConfigMap that its label names to be merged over eni-config; undefined: none. */
  readonly overlay?: string;
}

interface NodeMetadata {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** A node's metadata has some 2 KB, a fifth of the whole. */
const PAGE_SIZE = 40;

/** Which nodes, and until when they are asked for. */
export interface NodeQuery {
  /** As kubectl takes it; undefined: all of them. */
  readonly labelSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The nodes with these labels, all of them without a selector; `seen` is told how many came. Rejects
 * with ApiError. Needs the right to list nodes.
 */
export async function listNodes(
  api: ApiServer,
  { labelSelector, signal }: NodeQuery,
  seen: (nodes: number) => void,
): Promise<readonly ListedNode[]> {
  const nodes: ListedNode[] = [];
  const pages = pagesOf<NodeMetadata>(api, {
    path: '/api/v1/nodes',
    accept: METADATA_ONLY,
    pageSize: PAGE_SIZE,
    signal,
    ...(labelSelector !== undefined && { labelSelector }),
  });
  for await (const page of pages) {
    for (const { metadata } of page) {
      const { name, labels = {} } = metadata;
      const overlay = overlayNameIn(labels);
      nodes.push({ name, mode: networkModeOf(labels), ...(overlay !== undefined && { overlay }) });
    }
    seen(page.length);
  }
  return nodes;
}
