import type { VersionFact } from '../../core/facts.ts';
import type { Version } from '../../core/version.ts';
import type { PodVersions, Rollout } from './daemon-set.ts';
import { NO_NODES, Tally, type VersionGroup, oldestOf, spreadOf } from './tally.ts';

/**
 * Which versions of Terway the nodes may run, from what its DaemonSet has asked for so far and,
 * while a rollout is half done, from its pods. A value; each step makes a new one.
 */
export interface Running {
  readonly rollout: Rollout;
  /**
   * What was asked for since `pods` were listed, or since every node was known to run the same;
   * the last one is asked for now.
   */
  readonly targets: readonly (Version | undefined)[];
  /** As the nodes were before all of `targets`; undefined when that is not known. */
  readonly pods: PodVersions | undefined;
}

const NO_PODS: PodVersions = new Map();

/** The DaemonSet is seen, or seen again. */
export function withRollout(before: Running | undefined, rollout: Rollout): Running {
  const { target } = rollout;
  if (rollout.isSettled) return { rollout, targets: [target], pods: NO_PODS };
  if (before?.rollout.name !== rollout.name) return { rollout, targets: [target], pods: undefined };
  const isSame = before.targets.at(-1)?.normal === target?.normal;
  return { ...before, rollout, targets: isSame ? before.targets : [...before.targets, target] };
}

/** The pods are listed; when that began, the last of `atStart.targets` was asked for. */
export function withPods(now: Running, atStart: Running, pods: PodVersions): Running {
  // It has settled meanwhile, or become another one: then it knows better.
  if (now.rollout.isSettled || now.rollout.name !== atStart.rollout.name) return now;
  const isGrown = now.targets
    .slice(0, atStart.targets.length)
    .every((t, i) => t === atStart.targets[i]);
  return isGrown ? { ...now, pods, targets: now.targets.slice(atStart.targets.length - 1) } : now;
}

/** The version that counts, the oldest; `at` is when the DaemonSet was confirmed. */
export function factOf({ rollout, targets, pods }: Running, at: number): VersionFact | undefined {
  if (!pods) return undefined;
  const { name, isSettled, nodes } = rollout;
  const value = oldestOf([...targets, ...pods.values()].flatMap((version) => version ?? []));
  // A settled one may ask for what can't be read as a version: then none is known.
  if (!value || (isSettled && !rollout.target)) return undefined;
  const spread = podSpread(pods, nodes);
  // While nodes are going back to a release that none of them runs yet, that one counts.
  const isOnPods = spread.versions[0]?.version.normal === value.normal;
  return isOnPods
    ? { value, origin: `from the pods of DaemonSet ${name}`, learntAt: at, spread }
    : { value, origin: `from DaemonSet ${name}`, learntAt: at };
}

function podSpread(pods: PodVersions, nodes: number) {
  const tallies = new Map<string | undefined, { version: Version | undefined; tally: Tally }>();
  for (const [node, version] of pods) {
    const key = version?.normal;
    const same = tallies.get(key) ?? { version, tally: new Tally() };
    tallies.set(key, same);
    same.tally.add(node);
  }
  const groups = [...tallies.values()].map(({ version, tally }): VersionGroup => [
    version,
    tally.group(),
  ]);
  // Nodes whose pod is just being replaced; which ones, only the scheduler knows.
  const podless = { ...NO_NODES, count: Math.max(0, nodes - pods.size) };
  return spreadOf([...groups, [undefined, podless]]);
}
