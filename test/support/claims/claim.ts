import type { Data } from '../config-maps.ts';
import type { PluginRelease, PluginType } from '../plugin-releases.ts';

/**
 * What rules say of outages ("every new pod fails", "every Terway pod fails to start"), and how each
 * is shown: by a released plugin in a network namespace as terway leaves it, by Terway's own code, on
 * a node of the lab, by another test, or by the source that it was read in. What the first two show is
 * shown on a node as well, see node-showings.ts. A claim that does not happen is not made.
 */

/** A plugin's binary is asked for an ADD with this entry, and refuses. */
export interface PluginShowing {
  readonly plugin: PluginType;
  readonly entry: string;
  readonly message: RegExp;
  /** The newest of the tests without it. */
  readonly release?: PluginRelease;
  /** It stands first in the chain, so no result comes before it. */
  readonly isFirst?: true;
}

/**
 * A step of Terway's start: `cni` and `nodeconfig` are terway-cli in the init container, `daemon` is
 * terwayd, `policy` the policy container, `runtime` libcni over the list that terway-cli wrote,
 * `plugin` terway's own decoding of its entry, `pod` libcni that adds a pod by that list.
 */
export type TerwayStage = 'cni' | 'nodeconfig' | 'daemon' | 'policy' | 'runtime' | 'plugin' | 'pod';

/** How a node differs from one with default gateways of both families. */
export interface JudgedNode {
  readonly lacksIPv6Gateway?: true;
  /** The plugins that have an executable. A pod is added where it names any. */
  readonly plugins?: readonly string[];
}

/** Terway's own code is given this object, and a step of its start fails. */
export interface TerwayShowing {
  readonly data: Data;
  readonly node?: JudgedNode;
  readonly stage: TerwayStage;
  readonly message: RegExp;
}

/** Terway's daemon has this text to merge over eni_conf of {@link BASE_VETH}, and does not start. */
export interface OverlayShowing {
  readonly overlay: string;
  readonly message: RegExp;
}

export type Showing = PluginShowing | TerwayShowing | OverlayShowing;

/**
 * What fails on a node: the kubelet can't mount a volume of Terway's pod, Terway's init container ends
 * with an error, the node goes NotReady, no sandbox is made for a new pod, or a pod runs and its host
 * port is dead.
 */
export type NodeFailure = 'mount' | 'init' | 'not-ready' | 'sandbox' | 'host-port';

/** On a node of the lab Terway starts with this object, and something fails. */
export interface NodeShowing {
  /** Without it the object is deleted. */
  readonly data?: Data;
  /** In base64. */
  readonly binaryData?: Data;
  readonly fails: NodeFailure;
  /** What a program says of it, in part. */
  readonly message: RegExp;
  /** The new pod asks for a port of the node. */
  readonly hasHostPort?: true;
  /** Of the node's plugins; the lab's own without it. */
  readonly release?: PluginRelease;
  /** A plugin that the node lacks. */
  readonly without?: PluginType;
  /** No kube-proxy runs there, and none of its chains is left. */
  readonly hasNoProxy?: true;
}

/** How the claim of a rule is shown; at least one of the four. */
export interface Claim {
  /** The consequence, as the rule says it. */
  readonly claim: string;
  readonly runs?: readonly Showing[];
  /** What only a node can show. */
  readonly nodes?: readonly NodeShowing[];
  /** A test that shows it in another way. */
  readonly test?: string;
  /** Where it was read, for what is not run. */
  readonly source?: string;
}
