import type { Facts, NodeGroup } from '../core/facts.ts';

const NO_NODES: NodeGroup = { count: 0, names: [] };

/** The nodes known to lack a binary of this name; undefined when that is known of no node. */
export function nodesWithout({ binaries }: Facts, name: string): NodeGroup | undefined {
  if (!binaries) return undefined;
  const { probed, truncatedOn = NO_NODES, present, missing } = binaries.value;
  const countable = probed - truncatedOn.count;
  if (countable === 0) return undefined;
  return present.has(name) ? (missing.get(name) ?? NO_NODES) : { count: countable, names: [] };
}
