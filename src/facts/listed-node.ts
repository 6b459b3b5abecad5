import { overlayNameIn } from '../kube/overlays.ts';
import { type NetworkMode, networkModeOf } from './network-mode.ts';

/** What is kept of a node. */
export interface ListedNode {
  readonly name: string;
  readonly mode: NetworkMode;
  /** The ConfigMap that its label names to be merged over eni-config; undefined: none. */
  readonly overlay?: string;
}

export interface NodeMetadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export function listedNode({ name, labels = {} }: NodeMetadata): ListedNode {
  const overlay = overlayNameIn(labels);
  return { name, mode: networkModeOf(labels), ...(overlay !== undefined && { overlay }) };
}
