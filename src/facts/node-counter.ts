import { MAX_NODE_NAMES, type NodeGroup, type VersionSpread } from '../engine/core/facts.ts';
import { type Version, isNewer } from '../engine/core/version.ts';

export const NO_NODES: NodeGroup = { count: 0, names: [] };

/** Counts nodes and keeps the first few names of them, by the alphabet, in whatever order they come. */
export class NodeCounter {
  #count = 0;
  #names: string[] = [];

  add(name: string): void {
    this.#count += 1;
    const last = this.#names.at(-1);
    if (this.#names.length === MAX_NODE_NAMES && last !== undefined && name > last) return;
    this.#names = [...this.#names, name].sort().slice(0, MAX_NODE_NAMES);
  }

  group(): NodeGroup {
    return { count: this.#count, names: this.#names };
  }
}

/** Groups without a node in common, as one. */
export function together(groups: readonly NodeGroup[]): NodeGroup {
  return {
    count: groups.reduce((sum, { count }) => sum + count, 0),
    names: groups
      .flatMap(({ names }) => names)
      .sort()
      .slice(0, MAX_NODE_NAMES),
  };
}

/** Some nodes and the version they run; undefined where that could not be learnt. */
export type VersionGroup = readonly [version: Version | undefined, nodes: NodeGroup];

/** Groups put together by version. */
export function spreadOf(groups: readonly VersionGroup[]): VersionSpread {
  const unknown = together(
    groups.filter(([version]) => version === undefined).map(([, nodes]) => nodes),
  );
  const byVersion = new Map<string, { version: Version; nodes: NodeGroup[] }>();
  for (const [version, nodes] of groups) {
    if (!version) continue;
    const same = byVersion.get(version.normal) ?? { version, nodes: [] };
    same.nodes.push(nodes);
    byVersion.set(version.normal, same);
  }
  const versions = Array.from(byVersion.values(), ({ version, nodes }) => ({
    version,
    nodes: together(nodes),
  }));
  return {
    total: together(groups.map(([, nodes]) => nodes)).count,
    versions: versions.sort((a, b) => byAge(a.version, b.version)),
    unknown,
  };
}

export function oldestOf(versions: readonly Version[]): Version | undefined {
  return [...versions].sort(byAge)[0];
}

function byAge(a: Version, b: Version): number {
  if (isNewer(a, b.normal)) return 1;
  return isNewer(b, a.normal) ? -1 : 0;
}
