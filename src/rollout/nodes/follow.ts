import type { NodeChains } from '../../engine/core/node-chains.ts';
import { readEvery, readOnce } from '../../facts/lists.ts';
import { Health, type SourceStatus } from '../../facts/source.ts';
import type { ApiServer } from '../../kube/api.ts';
import type { Logger } from '../../log.ts';
import { summaryOf } from './attention.ts';
import { readClusterNodes } from './cluster-nodes.ts';

export interface FollowNodesOptions {
  readonly api: ApiServer;
  readonly log: Logger;
  /** Between two looks, in milliseconds. */
  readonly refreshMs: number;
  /** From when on what was seen last counts no more, in milliseconds. */
  readonly staleAfterMs: number;
  readonly signal: AbortSignal;
}

/** What nodes run, as it was seen last. */
export interface FollowedNodes {
  /** Undefined before the first look has ended, when the last one is stale, and without Terway. */
  readonly chains: () => NodeChains | undefined;
  readonly status: () => SourceStatus;
}

const SOURCE = 'node-chains';

/** Looks at what the nodes run from now on, until the signal; only counts are kept. */
export function followNodes(options: FollowNodesOptions): FollowedNodes {
  const { api, log, refreshMs, staleAfterMs, signal } = options;
  const health = new Health(SOURCE, [SOURCE], log);
  let known: { readonly chains: NodeChains | undefined; readonly at: number } | undefined;
  const look = async () =>
    readOnce(health, SOURCE, signal, async (begun) => {
      const { daemonSet, nodes, past } = await readClusterNodes(api, { seen: begun, signal });
      known = { chains: daemonSet && summaryOf(nodes, past), at: Date.now() };
      health.confirmed(SOURCE, known.at);
    });
  void readEvery(refreshMs, look, signal);
  return {
    chains: () => (known && Date.now() - known.at < staleAfterMs ? known.chains : undefined),
    status: () => health.status(),
  };
}
