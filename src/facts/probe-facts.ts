import { RELEASED_TOGETHER } from '../engine/catalogue/releases.ts';
import type { BinaryInventory, Fact, Facts, NodeGroup, VersionFact } from '../engine/core/facts.ts';
import { parseVersion } from '../engine/core/version.ts';
import type { ProbeResult } from '../probe/result.ts';
import { NodeCounter, type VersionGroup, spreadOf, together } from './node-counter.ts';

/** Older than any probe. */
export const UNFINISHED = 0;

/** The newest probe of a node. */
export interface ProbeReport {
  /** Milliseconds since 1970; UNFINISHED while none has. */
  readonly finishedAt: number;
  /** Undefined when there is none yet, it failed, or said nothing readable. */
  readonly result: ProbeResult | undefined;
}

/** Nodes on which the probe found the same. */
interface SameNodes {
  readonly result: ProbeResult;
  readonly nodes: NodeGroup;
  /** Of their probes, when the oldest finished. */
  readonly finishedAt: number;
}

const SOURCE = { kind: 'node-probe' } as const;

/**
 * Versions and binaries over all of `nodes`; those without a report are unknown. Nodes that are
 * not in `nodes` don't count. Without `nodes`, those with a report do, and there may be others.
 * Undefined when there is no result at all.
 */
export function factsOfProbes(
  reports: ReadonlyMap<string, ProbeReport>,
  nodes?: ReadonlySet<string>,
): Pick<Facts, 'plugins' | 'binaries'> | undefined {
  const unread = new NodeCounter();
  const found = new Map<ProbeResult, { counter: NodeCounter; finishedAt: number }>();
  for (const node of nodes ?? reports.keys()) {
    const { result, finishedAt = UNFINISHED } = reports.get(node) ?? {};
    if (!result) {
      unread.add(node);
      continue;
    }
    const same = found.get(result) ?? { counter: new NodeCounter(), finishedAt };
    same.counter.add(node);
    same.finishedAt = Math.min(same.finishedAt, finishedAt);
    found.set(result, same);
  }
  if (found.size === 0) return undefined;
  const groups = [...found].map(([result, { counter, finishedAt }]) => {
    return { result, nodes: counter.group(), finishedAt };
  });
  const plugins = RELEASED_TOGETHER.flatMap((type) => {
    const fact = pluginFact(type, groups, unread.group(), nodes === undefined);
    return fact ? [[type, fact] as const] : [];
  });
  return { plugins: new Map(plugins), binaries: binariesFact(groups) };
}

/** None when no node tells a version. A node without the binary has no version that is known. */
function pluginFact(
  type: string,
  groups: readonly SameNodes[],
  unread: NodeGroup,
  isOpen: boolean,
): VersionFact | undefined {
  const versions = groups.map(({ result, nodes }): VersionGroup => {
    const text = result.binaries.get(type)?.version;
    return [text === undefined ? undefined : parseVersion(text), nodes];
  });
  const counted = spreadOf([...versions, [undefined, unread]]);
  const spread = isOpen ? { ...counted, isOpen } : counted;
  const value = spread.versions[0]?.version;
  if (!value) return undefined;
  const holdBack = groups.filter((_, index) => versions[index]?.[0]?.normal === value.normal);
  return { value, source: SOURCE, learntAt: oldest(holdBack), spread };
}

function binariesFact(groups: readonly SameNodes[]): Fact<BinaryInventory> {
  const present = new Set(groups.flatMap(({ result }) => [...result.binaries.keys()]));
  const missing = new Map<string, NodeGroup>();
  for (const name of present) {
    // A result that had to leave names out may have left out this one.
    const lacking = groups.filter(
      ({ result }) => !result.binaries.has(name) && result.leftOut === undefined,
    );
    if (lacking.length > 0) missing.set(name, together(lacking.map(({ nodes }) => nodes)));
  }
  const probed = together(groups.map(({ nodes }) => nodes)).count;
  const truncatedOn = together(
    groups.filter(({ result }) => result.leftOut !== undefined).map(({ nodes }) => nodes),
  );
  return {
    value: { probed, ...(truncatedOn.count > 0 && { truncatedOn }), present, missing },
    source: SOURCE,
    learntAt: oldest(groups),
  };
}

const oldest = (groups: readonly SameNodes[]) =>
  Math.min(...groups.map(({ finishedAt }) => finishedAt));
