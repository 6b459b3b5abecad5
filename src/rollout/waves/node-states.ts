import { type ApiServer, unlessMissing } from '../../kube/api.ts';
import type { ClusterNode } from '../nodes/cluster-nodes.ts';
import type { NodeState } from './plan.ts';
import type { NodeJson } from '../../kube/pod-json.ts';
import { nodeState } from './pod-state.ts';

/** Calls at once: many nodes of a large cluster may be down. */
const AT_ONCE = 20;

/**
 * What a plan needs to know of nodes. Of those whose Terway pod is not ready it is asked whether they are
 * Ready themselves. Rejects with ApiError. Needs the right to get nodes.
 */
export async function nodeStatesOf(
  api: ApiServer,
  nodes: readonly ClusterNode[],
): Promise<NodeState[]> {
  const doubtful = nodes.filter(({ chain, pod }) => chain.state !== 'ignored' && !pod?.isReady);
  const down = new Set<string>();
  for (let from = 0; from < doubtful.length; from += AT_ONCE) {
    const some = doubtful.slice(from, from + AT_ONCE);
    const ready = await Promise.all(some.map(async ({ name }) => isNodeReady(api, name)));
    for (const [index, { name }] of some.entries()) if (!ready[index]) down.add(name);
  }
  return nodes.map(({ name, chain, pod }) => ({
    name,
    chain: chain.state,
    isReady: !down.has(name),
    isTerwayReady: pod?.isReady === true,
    isExposed:
      chain.state === 'current' || chain.state === 'unsure' || (pod !== undefined && !pod.init),
    since: pod?.init?.endedAt,
  }));
}

async function isNodeReady(api: ApiServer, name: string): Promise<boolean> {
  const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
  return (
    nodeState(await unlessMissing(api.call<NodeJson>({ method: 'GET', path }))).kind === 'well'
  );
}
