import { GUARDED_NAMESPACE } from '../../engine/core/eni-config.ts';
import type { StoredObject } from '../../engine/core/stored-object.ts';
import { printable } from '../../engine/text/text.ts';
import type { DaemonSetState } from '../../facts/daemon-set-state.ts';
import type { ListedNode } from '../../facts/listed-node.ts';
import type { ProbeReport } from '../../facts/probe-facts.ts';
import { type ProbePod, type SeenProbe, probeList, probeReader } from '../../facts/probe-pods.ts';
import { collectReports } from '../../facts/probes.ts';
import type { Listed } from '../../facts/store.ts';
import { readTerwayDaemonSets } from '../../facts/terway-daemon-set.ts';
import {
  type PodsByNode,
  type SeenPod,
  type TerwayPod,
  TerwayPods,
  seePods,
} from '../../facts/terway-pods.ts';
import type { ApiServer } from '../../kube/api.ts';
import { readStoredObject } from '../../kube/eni-config.ts';
import { POD_MESSAGE } from '../../kube/messages.ts';
import { pagesOf } from '../../kube/pages.ts';
import type { PodJson } from '../../kube/pod-json.ts';
import type { ChainPast } from './chain-periods.ts';
import type { NodeChain } from './chain-state.ts';
import { chainOfNode } from './node-chain.ts';
import { listNodes } from './node-list.ts';
import { readPast } from './past.ts';
import type { Verification } from './verification.ts';

/** The nodes of a cluster with their Terway pods, and what they run. */

export interface ClusterNode extends ListedNode {
  readonly pod: TerwayPod | undefined;
  readonly chain: NodeChain;
  /** What the node probe found; undefined where it did not, or was not asked. */
  readonly probe: ProbeReport | undefined;
  /** What its init container printed; absent where that was not asked for. */
  readonly verification?: Verification;
}

export interface ClusterNodes {
  readonly nodes: readonly ClusterNode[];
  readonly stored: StoredObject | undefined;
  readonly past: ChainPast;
  /** Undefined where there is no Terway. */
  readonly daemonSet: DaemonSetState | undefined;
  /** What could not be learnt, and why; one printable line each. */
  readonly unknown: readonly string[];
}

export interface ReadNodesOptions {
  /** Of nodes, as kubectl takes it; undefined: all of them. */
  readonly labelSelector?: string | undefined;
  /** What was listed a moment ago, all of it. */
  readonly listed?: Listed;
  /** Where the pods of the node probe are; undefined: the probe is not asked. */
  readonly probeNamespace?: string | undefined;
  /** Told how many objects more have come. */
  readonly seen?: (kind: 'nodes' | 'pods', objects: number) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Reads every node and what it runs, once, in pages, of which only little is kept. Rejects with
 * ApiError where eni-config, the nodes or Terway's pods can't be read; without history and probe it
 * does what it can. Needs the rights to list nodes and pods of kube-system, to list Terway's DaemonSets
 * and to get eni-config.
 */
export async function readClusterNodes(
  api: ApiServer,
  options: ReadNodesOptions = {},
): Promise<ClusterNodes> {
  const { labelSelector, listed = {}, probeNamespace } = options;
  const { seen = () => undefined, now = Date.now } = options;
  const [stored, [daemonSet, ...others]] = await Promise.all([
    readStoredObject(api),
    readTerwayDaemonSets(api),
  ]);
  const unknown = others.map(
    ({ name }) => `what Terway's pods of DaemonSet ${name} read: ${daemonSet?.name} is there, too`,
  );
  const gap = (what: string) => (error: unknown) => {
    unknown.push(`${what}: ${printable((error as Error).message, 600)}`);
    return undefined;
  };
  const [past, nodes, pods, probes] = await Promise.all([
    readPast(api, stored, gap('history')),
    listed.nodes ?? listNodes(api, labelSelector, (count) => seen('nodes', count)),
    listed.pods ?? listTerwayPods(api, daemonSet, (count) => seen('pods', count)),
    probeNamespace === undefined
      ? undefined
      : listProbes(api, probeNamespace, now()).catch(gap('node probe')),
  ]);
  return {
    stored,
    daemonSet,
    past,
    unknown,
    nodes: nodes.map((node) => {
      const pod = pods.get(node.name);
      const chain = chainOfNode(node, pod, stored?.configMap, past);
      return { ...node, pod, chain, probe: probes?.get(node.name) };
    }),
  };
}

const PODS = `/api/v1/namespaces/${GUARDED_NAMESPACE}/pods`;

/** Terway's pods, by node; none where there is no DaemonSet, or where it selects by no labels. */
async function listTerwayPods(
  api: ApiServer,
  daemonSet: DaemonSetState | undefined,
  seen: (pods: number) => void,
): Promise<PodsByNode> {
  const pods = new TerwayPods();
  const labelSelector = daemonSet?.labelSelector;
  if (labelSelector === undefined) return pods.byNode;
  for await (const page of pagesOf<PodJson, SeenPod>(api, {
    path: PODS,
    labelSelector,
    protobuf: POD_MESSAGE,
    keep: seePods(),
  })) {
    pods.add(page);
    seen(page.length);
  }
  return pods.byNode;
}

async function listProbes(
  api: ApiServer,
  namespace: string,
  now: number,
): Promise<ReadonlyMap<string, ProbeReport>> {
  const pages = pagesOf<ProbePod, SeenProbe>(api, probeList(namespace));
  const { reports } = await collectReports(pages, probeReader(api, namespace), now);
  return reports;
}
