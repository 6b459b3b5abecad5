import type { Version } from './version.ts';

/**
 * Something learnt about the cluster. `origin` says where from, for the end of a sentence, and no
 * more: age, estimate and nodes are told beside it. It has one of two forms: `from <a source>`
 * ("from DaemonSet terway-eniip", told as "from DaemonSet terway-eniip, seen 10 s ago"), or
 * `as <a participle>` ("as probed", told as "as probed 4 min ago").
 */
export interface Fact<T> {
  readonly value: T;
  readonly origin: string;
  /** When it was learnt, in milliseconds since 1970; absent for what stands in the configuration. */
  readonly learntAt?: number;
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
  /**
   * Guessed from something else, the kubelet's version: it may warn and never denies. `origin` names
   * that: "from kubelet v1.33.3" is told as "estimated from kubelet v1.33.3, seen 10 s ago".
   */
  readonly isEstimate?: boolean;
  /** Which nodes run what, where that is known node by node. */
  readonly spread?: VersionSpread;
}

export interface VersionSpread {
  /** Nodes altogether, those without an answer included. */
  readonly total: number;
  /** The cluster may have nodes beside these: nobody has counted them. */
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
  /** Of those, the ones that have more binaries than could be named: what they lack is not known. */
  readonly cut?: NodeGroup;
  /** File names found on at least one of them. */
  readonly present: ReadonlySet<string>;
  /** Of those, what some of the nodes lack. A name that is not `present` is lacking on all but `cut`. */
  readonly missing: ReadonlyMap<string, NodeGroup>;
}

export type KubeProxyMode = 'iptables' | 'ipvs' | 'nftables' | 'none';
export type Datapath = 'veth' | 'datapathv2' | 'mixed';

/** What is known of the cluster. Absent means unknown, and unknown never denies by itself. */
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
 * What the Terway DaemonSet may be called: shared ENI, exclusive ENI, one VPC route a node; a cluster
 * has exactly one. Source: GetTerwayDaemonSetName of Terway's own tests.
 */
export const TERWAY_DAEMONSETS = [TERWAY_DAEMONSET, 'terway-eni', 'terway'] as const;
