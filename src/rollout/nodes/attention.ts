import { CHAIN_STATES, type ChainState, type NodeChains } from '../../engine/core/node-chains.ts';
import { type ChainPast, currentSince } from './chain-periods.ts';
import type { ClusterNode } from './cluster-nodes.ts';

/** Nodes by what needs attention: Terway that is not ready, then the chain, then names. */
export function byAttention(a: ClusterNode, b: ClusterNode): number {
  const urgency = urgencyOf(a) - urgencyOf(b);
  if (urgency !== 0) return urgency;
  return a.name < b.name ? -1 : 1;
}

const urgencyOf = ({ chain, pod }: ClusterNode) =>
  chain.state === 'ignored' || pod?.isReady ? CHAIN_STATES.indexOf(chain.state) + 1 : 0;

/** What these nodes run, in figures. */
export function summaryOf(
  nodes: readonly Pick<ClusterNode, 'chain'>[],
  past: ChainPast,
): NodeChains {
  const counts: Record<ChainState, number> = {
    former: 0,
    unknown: 0,
    unsure: 0,
    current: 0,
    ignored: 0,
  };
  for (const { chain } of nodes) counts[chain.state] += 1;
  const since = counts.former > 0 ? currentSince(past) : undefined;
  return { counts, ...(since !== undefined && { restartDueSince: since }) };
}
