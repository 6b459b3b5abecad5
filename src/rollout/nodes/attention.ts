import type { ClusterNode } from './cluster-nodes.ts';
import type { ChainState } from './chain-state.ts';

/** The states, what needs attention first. */
export const CHAIN_STATES = [
  'former',
  'unknown',
  'unsure',
  'current',
  'ignored',
] as const satisfies readonly ChainState[];

/** Nodes by what needs attention: Terway that is not ready, then the chain, then names. */
export function byAttention(a: ClusterNode, b: ClusterNode): number {
  const urgency = urgencyOf(a) - urgencyOf(b);
  if (urgency !== 0) return urgency;
  return a.name < b.name ? -1 : 1;
}

const urgencyOf = ({ chain, pod }: ClusterNode) =>
  chain.state === 'ignored' || pod?.isReady ? CHAIN_STATES.indexOf(chain.state) + 1 : 0;

/** How many nodes are in which state. */
export type NodeCounts = Readonly<Record<ChainState, number>>;

export function countStates(nodes: readonly ClusterNode[]): NodeCounts {
  const counts = { former: 0, unknown: 0, unsure: 0, current: 0, ignored: 0 };
  for (const { chain } of nodes) counts[chain.state] += 1;
  return counts;
}

/** Whether every node that reads the chain is known to run the current one. */
export const isAllCurrent = ({ former, unknown, unsure }: NodeCounts) =>
  former + unknown + unsure === 0;
