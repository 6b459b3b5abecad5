import { RELEASED_TOGETHER, pluginsOfKubelet } from '../engine/catalogue/releases.ts';
import type { Fact, Facts, NodeGroup, VersionFact } from '../engine/core/facts.ts';
import { type Version, parseVersion } from '../engine/core/version.ts';
import { type ListedNode, type NodeMetadata, listedNode } from './listed-node.ts';
import { NODE_MESSAGE } from '../kube/messages.ts';
import { type Known, listing, readEvery } from './lists.ts';
import { Health, type Source, type SourceOptions } from './source.ts';
import { NodeCounter, type VersionGroup, oldestOf, spreadOf } from './node-counter.ts';

/** A Node as the API server has it, as far as it is looked at. */
export interface Node {
  readonly metadata: NodeMetadata;
  readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } };
}

/** What counts of a node. */
export interface SeenNode {
  readonly listed: ListedNode;
  readonly isWithoutKubeProxy: boolean;
  /** The kubelet's version as it stands there; empty where it does not tell. */
  readonly kubelet: string;
}

/** What a list of all nodes comes to. */
export interface NodeCensus {
  /** All of them. */
  readonly listed: readonly ListedNode[];
  /** Nodes whose pods get their network from the chain, by name. */
  readonly inChain: ReadonlySet<string>;
  /** Nodes in exclusive-ENI mode, which ignore the chain. */
  readonly exclusiveEni: NodeGroup;
  /** Of those in the chain, the ones without kube-proxy. */
  readonly withoutKubeProxy: NodeGroup;
  /** Of those in the chain, by the kubelet's version as it stands there. */
  readonly kubelets: ReadonlyMap<string, NodeGroup>;
}

/** Sources: Terway's tests, Kubernetes' well-known labels. */
const NO_KUBE_PROXY = 'k8s.aliyun.com/no-kube-proxy';

export const seenNode = ({ metadata, status }: Node): SeenNode => ({
  listed: listedNode(metadata),
  isWithoutKubeProxy: metadata.labels?.[NO_KUBE_PROXY] === 'true',
  kubelet: status?.nodeInfo?.kubeletVersion ?? '',
});

/** Reduces nodes as their pages come; nothing of a page is kept but names and modes. */
export async function countNodes(pages: AsyncIterable<readonly SeenNode[]>): Promise<NodeCensus> {
  const listed: ListedNode[] = [];
  const inChain = new Set<string>();
  const exclusiveEni = new NodeCounter();
  const withoutKubeProxy = new NodeCounter();
  const kubelets = new Map<string, NodeCounter>();
  for await (const page of pages) {
    for (const { listed: node, isWithoutKubeProxy, kubelet } of page) {
      listed.push(node);
      const { name, mode } = node;
      if (mode === 'windows' || mode === 'virtual') continue;
      if (mode === 'exclusive-eni') {
        exclusiveEni.add(name);
        continue;
      }
      inChain.add(name);
      if (isWithoutKubeProxy) withoutKubeProxy.add(name);
      const counter = kubelets.get(kubelet) ?? new NodeCounter();
      kubelets.set(kubelet, counter);
      counter.add(name);
    }
  }
  return {
    listed,
    inChain,
    exclusiveEni: exclusiveEni.group(),
    withoutKubeProxy: withoutKubeProxy.group(),
    kubelets: new Map([...kubelets].map(([kubelet, counter]) => [kubelet, counter.group()])),
  };
}

/** The facts of a census; `at` is when the list was whole. */
export function factsOfNodes(census: Omit<NodeCensus, 'listed'>, at: number): Partial<Facts> {
  const counted = (value: NodeGroup): Fact<NodeGroup> => ({
    value,
    source: { kind: 'node-labels' },
    learntAt: at,
  });
  const groups = [...census.kubelets].map(([kubelet, nodes]): VersionGroup => [
    parseVersion(kubelet),
    nodes,
  ]);
  const kubelet = oldestOf(groups.flatMap(([version]) => version ?? []));
  const estimate = kubelet && estimateOf(kubelet, groups, at);
  return {
    exclusiveEniNodes: counted(census.exclusiveEni),
    nodesWithoutKubeProxy: counted(census.withoutKubeProxy),
    ...(kubelet && {
      kubelet: { value: kubelet, source: { kind: 'nodes' }, learntAt: at },
    }),
    ...(estimate && { plugins: new Map(RELEASED_TOGETHER.map((type) => [type, estimate])) }),
  };
}

/** None when a node's plugins may be older than any that is known. */
function estimateOf(
  oldestKubelet: Version,
  kubelets: readonly VersionGroup[],
  at: number,
): VersionFact | undefined {
  const groups = kubelets.map(([kubelet, nodes]): VersionGroup => [
    kubelet && pluginsOfKubelet(kubelet),
    nodes,
  ]);
  const spread = spreadOf(groups);
  const oldest = spread.versions[0];
  if (!oldest || spread.unknown.count > 0) return undefined;
  const source = { kind: 'kubelet', version: oldestKubelet.raw } as const;
  return { value: oldest.version, source, learntAt: at, isEstimate: true, spread };
}

export interface NodesSource extends Source {
  /** Nodes in the chain; undefined while they are not known, and when what is known is stale. */
  inChain(): ReadonlySet<string> | undefined;
  /** All nodes, as they were listed last. */
  listed(): Known<readonly ListedNode[]> | undefined;
}

/** The nodes themselves: modes by label, versions of the kubelet. */
export function nodesSource(options: SourceOptions): NodesSource {
  const { log, now, refreshMs, staleAfterMs } = options;
  const path = '/api/v1/nodes';
  const health = new Health('nodes', [path], log);
  const query = { path, protobuf: NODE_MESSAGE, keep: seenNode };
  const nodes = listing(health, () => query, options, countNodes);
  return {
    read: () => nodes.read(),
    follow: (signal) => readEvery(refreshMs, nodes.read, signal),
    learnt() {
      const known = nodes.known();
      if (!known) return undefined;
      return { facts: factsOfNodes(known.value, known.at), gaps: [], confirmedAt: known.at };
    },
    status: () => health.status(),
    answered: health.answered,
    inChain() {
      const known = nodes.known();
      return known && now() - known.at < staleAfterMs ? known.value.inChain : undefined;
    },
    listed() {
      const known = nodes.known();
      return known && { value: known.value.listed, at: known.at };
    },
  };
}
