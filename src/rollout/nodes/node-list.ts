import { type ListedNode, type NodeMetadata, listedNode } from '../../facts/listed-node.ts';
import type { ApiServer } from '../../kube/api.ts';
import { METADATA_MESSAGE } from '../../kube/messages.ts';
import { METADATA_ONLY, pagesOf } from '../../kube/pages.ts';

/**
 * The nodes with these labels, all of them without a selector; `seen` is told how many came. Rejects
 * with ApiError. Needs the right to list nodes.
 */
export async function listNodes(
  api: ApiServer,
  labelSelector: string | undefined,
  seen: (nodes: number) => void,
): Promise<readonly ListedNode[]> {
  const nodes: ListedNode[] = [];
  const pages = pagesOf<{ readonly metadata: NodeMetadata }, ListedNode>(api, {
    path: '/api/v1/nodes',
    accept: METADATA_ONLY,
    protobuf: METADATA_MESSAGE,
    keep: ({ metadata }) => listedNode(metadata),
    ...(labelSelector !== undefined && { labelSelector }),
  });
  for await (const page of pages) {
    nodes.push(...page);
    seen(page.length);
  }
  return nodes;
}
