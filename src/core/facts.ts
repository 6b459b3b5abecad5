import type { Version } from './version.ts';

/** Something learnt about the cluster. `origin` says where from, in words for a message. */
export interface Fact<T> {
  readonly value: T;
  readonly origin: string;
}

export type KubeProxyMode = 'iptables' | 'ipvs' | 'nftables' | 'none';
export type Datapath = 'veth' | 'datapathv2' | 'mixed';

/** What is known of the cluster. Absent means unknown, and unknown never denies by itself. */
export interface Facts {
  readonly terway?: Fact<Version>;
  /** By plugin type; the oldest version on any node counts. */
  readonly plugins: ReadonlyMap<string, Fact<Version>>;
  readonly kubeProxyMode?: Fact<KubeProxyMode>;
  readonly datapath?: Fact<Datapath>;
  /** Nodes in exclusive-ENI mode; they ignore the chain. */
  readonly exclusiveEniNodes?: Fact<number>;
}

export const NO_FACTS: Facts = { plugins: new Map() };

/** The usual Terway DaemonSet. Source: shared-ENI mode of ACK; Terway's tests look for it first. */
export const TERWAY_DAEMONSET = 'terway-eniip';
