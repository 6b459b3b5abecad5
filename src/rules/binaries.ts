import type { Facts, NodeGroup } from '../core/facts.ts';

const NO_NODES: NodeGroup = { count: 0, names: [] };

/** The nodes without a binary of this name; undefined when no node has been looked at. */
export function nodesWithout({ binaries }: Facts, name: string): NodeGroup | undefined {
  if (!binaries || binaries.value.probed === 0) return undefined;
  const { probed, present, missing } = binaries.value;
  return present.has(name) ? (missing.get(name) ?? NO_NODES) : { count: probed, names: [] };
}
