import type { Version } from './version.ts';

/** Something known about the cluster. */
export interface Fact<T> {
  readonly value: T;
  readonly source: FactSource;
  /** When it was learnt, in milliseconds since 1970; absent for what stands in the configuration. */
  readonly learntAt?: number;
  /** Guessed from its source: it may warn and never denies. */
  readonly isEstimate?: boolean;
}

/** Where a fact is known from; fact-text.ts has the words for it. */
export type FactSource =
  /** The guard's configuration; with `overrides`, what was learnt and does not count. */
  | { readonly kind: 'configuration'; readonly overrides?: Overridden }
  /** Which DaemonSets the namespace has. */
  | { readonly kind: 'namespace'; readonly name: string }
  /** The pod template of a DaemonSet, and how many nodes have it. */
  | { readonly kind: 'daemon-set'; readonly name: string }
  /** The pods of a DaemonSet, node by node. */
  | { readonly kind: 'daemon-set-pods'; readonly name: string }
  | { readonly kind: 'config-map'; readonly name: string }
  /** The status of the nodes. */
  | { readonly kind: 'nodes' }
  | { readonly kind: 'node-labels' }
  /** The oldest kubelet, by its version as the node tells it. */
  | { readonly kind: 'kubelet'; readonly version: string }
  | { readonly kind: 'node-probe' }
  /** Computed from eni-config as it is stored; what in it decides, printable. */
  | { readonly kind: 'eni-config'; readonly reason: string }
  /** The pod template that a write under review sets. */
  | { readonly kind: 'pod-template' };

/** What was learnt and yields to the configuration. */
export interface Overridden {
  readonly value: string;
  readonly source: FactSource;
}

/** Some nodes: how many, and a handful of their names. */
export interface NodeGroup {
  readonly count: number;
  /** At most MAX_NODE_NAMES. */
  readonly names: readonly string[];
}

export const MAX_NODE_NAMES = 5;

/** A version that nodes may differ in; `value` is the oldest one. */
export interface VersionFact extends Fact<Version> {
  /** Which nodes run what, where that is known node by node. */
  readonly spread?: VersionSpread;
}

export interface VersionSpread {
  /** Nodes altogether, those without an answer included. */
  readonly total: number;
  /** The cluster may have more nodes: they have not been listed. */
  readonly isOpen?: boolean;
  /** Every version found, at least one, oldest first, and where it runs. */
  readonly versions: readonly { readonly version: Version; readonly nodes: NodeGroup }[];
  /** Nodes of which the version could not be learnt. */
  readonly unknown: NodeGroup;
}

/** Which plugin binaries lie on the nodes. */
export interface BinaryInventory {
  /** Nodes that were looked at. */
  readonly probed: number;
  /** Nodes whose probe result was truncated: which binaries they lack is not known. */
  readonly truncatedOn?: NodeGroup;
  /** File names found on at least one of them. */
  readonly present: ReadonlySet<string>;
  /** Of those, what some nodes lack. A name that is not `present` is missing on all but `truncatedOn`. */
  readonly missing: ReadonlyMap<string, NodeGroup>;
}

export const KUBE_PROXY_MODES = ['iptables', 'ipvs', 'nftables', 'none'] as const;
export type KubeProxyMode = (typeof KUBE_PROXY_MODES)[number];

export const DATAPATHS = ['veth', 'datapathv2', 'mixed'] as const;
export type Datapath = (typeof DATAPATHS)[number];

/**
 * What is known of the cluster. Absent means unknown, and unknown never denies by itself. Each fact
 * has its row in fact-table.ts, by which it is logged, shown, configured and documented.
 */
export interface Facts {
  /** The moment these facts are read for one review, in milliseconds since 1970: ages count from it. */
  readonly asOf?: number;
  readonly terway?: VersionFact;
  /** Name of the Terway DaemonSet, which the advice to restart it names. */
  readonly terwayDaemonSet?: Fact<string>;
  /** How its pods are replaced, where a rollout does not do it. */
  readonly terwayUpdates?: Fact<'OnDelete'>;
  /** By plugin type; the oldest version on any node counts. */
  readonly plugins: ReadonlyMap<string, VersionFact>;
  readonly binaries?: Fact<BinaryInventory>;
  /** Namespace of the node probe that `plugins` and `binaries` come from. */
  readonly probeNamespace?: string;
  readonly kubeProxyMode?: Fact<KubeProxyMode>;
  /** Nodes that run without kube-proxy, beside those where `kubeProxyMode` holds. */
  readonly nodesWithoutKubeProxy?: Fact<NodeGroup>;
  readonly datapath?: Fact<Datapath>;
  /** Nodes in exclusive-ENI mode; they ignore the chain. */
  readonly exclusiveEniNodes?: Fact<NodeGroup>;
  /** The oldest kubelet. */
  readonly kubelet?: Fact<Version>;
}

export const NO_FACTS: Facts = { plugins: new Map() };

/** The usual Terway DaemonSet. Source: shared-ENI mode of ACK; Terway's tests look for it first. */
export const TERWAY_DAEMONSET = 'terway-eniip';

/**
 * What the Terway DaemonSet may be called: shared ENI, exclusive ENI, one VPC route a node. A cluster
 * has exactly one; if it has more, the first of these counts. The chart's rights and webhooks name
 * the same. Source: GetTerwayDaemonSetName of Terway's own tests.
 */
export const TERWAY_DAEMONSETS = [TERWAY_DAEMONSET, 'terway-eni', 'terway'] as const;
