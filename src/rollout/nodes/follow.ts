import type { NodeChains } from '../../engine/core/node-chains.ts';
import { type Known, type Reading, readEvery, readOnce } from '../../facts/lists.ts';
import { Health, type SourceStatus } from '../../facts/source.ts';
import type { NodeLists } from '../../facts/store.ts';
import type { ApiServer } from '../../kube/api.ts';
import { readStoredObject } from '../../kube/eni-config.ts';
import type { Logger } from '../../log.ts';
import { summaryOf } from './attention.ts';
import { chainOfNode } from './node-chain.ts';
import { readPast } from './past.ts';

export interface FollowNodesOptions {
  readonly api: ApiServer;
  /** What is listed for the facts: lists of thousands are asked for once. */
  readonly lists: () => NodeLists;
  readonly log: Logger;
  /** Between two looks at whether there are new lists, in milliseconds. */
  readonly lookMs: number;
  /** From when on what was listed last counts no more, in milliseconds. */
  readonly staleAfterMs: number;
  readonly signal: AbortSignal;
}

/** What nodes run, as it was seen last. */
export interface FollowedNodes {
  /** Undefined before the first lists have come, when the last ones are stale, and without Terway. */
  readonly chains: () => NodeChains | undefined;
  readonly status: () => SourceStatus;
}

const SOURCE = 'node-chains';

/** Counts what the nodes run from now on, each time both lists are new, until the signal. */
export function followNodes(options: FollowNodesOptions): FollowedNodes {
  const { api, lists, log, lookMs, staleAfterMs, signal } = options;
  const health = new Health(SOURCE, [SOURCE], log);
  let nodesAt = 0;
  let known: Known<NodeChains> | undefined;
  const look = async (): Promise<Reading> => {
    const { nodes, pods, letGoOfPods } = lists();
    if (!nodes || !pods || nodes.at <= nodesAt) return { isWhole: true };
    return readOnce(health, SOURCE, signal, async () => {
      const stored = await readStoredObject(api);
      const past = await readPast(api, stored, () => undefined);
      const running = nodes.value.map((node) => ({
        chain: chainOfNode(node, pods.value.get(node.name), stored?.configMap, past),
      }));
      nodesAt = nodes.at;
      letGoOfPods();
      known = { value: summaryOf(running, past), at: Math.min(nodes.at, pods.at) };
      health.confirmed(SOURCE, known.at);
    });
  };
  void readEvery(lookMs, look, signal);
  return {
    chains: () =>
      known && lists().hasTerway && Date.now() - known.at < staleAfterMs ? known.value : undefined,
    status() {
      const { error } = lists();
      return { ...(error && { lastError: error }), ...health.status() };
    },
  };
}
