import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { type DatapathAnswer, storedDatapath } from '../../engine/reading/datapath.ts';
import type { ClusterNode, ClusterNodes } from './cluster-nodes.ts';
import { factsOf } from './node-chain.ts';

/** What follows for a node from the chain that it runs. */

/**
 * The datapath of nodes by the chain that each runs and by its release of Terway; undefined where that
 * chain is not known, or is not read. A node that has another one since before keeps it, which only
 * its init container tells.
 */
export function datapaths({
  stored,
}: ClusterNodes): (node: ClusterNode) => DatapathAnswer | undefined {
  const known = new Map<ConfigMap, Map<string, DatapathAnswer>>();
  return ({ chain, pod }) => {
    const object =
      chain.period?.object ?? (chain.state === 'current' ? stored?.configMap : undefined);
    if (!object || chain.state === 'ignored') return undefined;
    const byRelease = known.get(object) ?? new Map<string, DatapathAnswer>();
    known.set(object, byRelease);
    const release = pod?.version?.normal ?? '';
    const answer = byRelease.get(release) ?? storedDatapath(object, factsOf(pod?.version));
    byRelease.set(release, answer);
    return answer;
  };
}

/** Versions of the CNI plugins of a node by their names; null: the file does not tell. */
export type PluginVersions = Readonly<Record<string, string | null>>;

/** What the node probe found; undefined where it has no result. Nodes of one image share one. */
export function pluginVersions(): (node: ClusterNode) => PluginVersions | undefined {
  const known = new Map<object, PluginVersions>();
  return ({ probe }) => {
    if (!probe?.result) return undefined;
    const versions =
      known.get(probe.result) ??
      Object.fromEntries(
        [...probe.result.binaries].map(([name, { version }]) => [name, version ?? null]),
      );
    known.set(probe.result, versions);
    return versions;
  };
}
