import type { VersionFact } from '../engine/core/facts.ts';
import type { Version } from '../engine/core/version.ts';
import type { PodCensus, PodVersions, DaemonSetState } from './daemon-set-state.ts';
import { NO_NODES, NodeCounter, type VersionGroup, oldestOf, spreadOf } from './node-counter.ts';

/**
 * Which versions of Terway the nodes may run, from what its DaemonSet has asked for so far and,
 * while a rollout is half done, from its pods. A value; each step makes a new one.
 */
export interface TerwayVersions {
  readonly rollout: DaemonSetState;
  /** Whether every node is known to run what is asked for. */
  readonly isSettled: boolean;
  /**
   * What was asked for since `pods` were listed, or since every node was known to run the same;
   * the last one is asked for now.
   */
  readonly targets: readonly (Version | undefined)[];
  /** As the nodes were before all of `targets`; undefined when that is not known. */
  readonly pods: PodVersions | undefined;
  /** When `pods` were listed, in milliseconds since 1970. */
  readonly podsAt?: number;
}

const settled = (rollout: DaemonSetState): TerwayVersions => {
  return { rollout, isSettled: true, targets: [rollout.target], pods: new Map() };
};

/** The DaemonSet is seen, or seen again. */
export function withRollout(
  before: TerwayVersions | undefined,
  rollout: DaemonSetState,
): TerwayVersions {
  const known = before?.rollout.name === rollout.name ? before : undefined;
  const isSame = known !== undefined && known.targets.at(-1)?.normal === rollout.target?.normal;
  // A node that fails later has been brought to the version all the same.
  const isStillSettled = isSame && known.isSettled;
  if (rollout.isUpdated && (rollout.isAvailable || isStillSettled)) return settled(rollout);
  if (!known) return { rollout, isSettled: false, targets: [rollout.target], pods: undefined };
  const targets = isSame ? known.targets : [...known.targets, rollout.target];
  return { ...known, rollout, isSettled: false, targets };
}

/** The pods are listed, `at` the end; at the beginning all was as `atStart`. */
export function withPods(
  now: TerwayVersions,
  atStart: TerwayVersions,
  pods: PodCensus,
  at: number,
): TerwayVersions {
  const { rollout, targets } = now;
  // It has settled meanwhile, or become another one: then it knows better.
  if (now.isSettled || rollout.name !== atStart.rollout.name) return now;
  const isGrown = targets
    .slice(0, atStart.targets.length)
    .every((t, i) => t === atStart.targets[i]);
  if (!isGrown) return now;
  const isSame = targets.length === atStart.targets.length;
  if (isSame && rollout.isUpdated && allRun(rollout, pods)) return settled(rollout);
  const versions = new Map(pods.versions);
  for (const node of pods.waiting) versions.set(node, versionBefore(node, atStart, pods));
  return { ...now, pods: versions, podsAt: at, targets: targets.slice(atStart.targets.length - 1) };
}

/** Whether all pods have started that should, on what is asked for; some may fail since. */
function allRun({ target, nodes }: DaemonSetState, { versions, waiting }: PodCensus): boolean {
  return (
    waiting.size === 0 &&
    versions.size >= nodes &&
    [...versions.values()].every((version) => version?.normal === target?.normal)
  );
}

/** What counts on a node whose pod has not started: the oldest it may run, or is about to. */
function versionBefore(node: string, { pods, targets }: TerwayVersions, { versions }: PodCensus) {
  if (!pods) return undefined;
  const possible = [
    ...(pods.has(node) ? [pods.get(node)] : []),
    ...targets.slice(0, -1),
    versions.get(node),
  ];
  const known = possible.flatMap((version) => version ?? []);
  return known.length === possible.length ? oldestOf(known) : undefined;
}

/** The version that counts, the oldest; `at` is when the DaemonSet was confirmed. */
export function factOf(running: TerwayVersions, at: number): VersionFact | undefined {
  const { rollout, isSettled, targets, pods, podsAt = at } = running;
  if (!pods) return undefined;
  const { name, nodes } = rollout;
  const value = oldestOf([...targets, ...pods.values()].flatMap((version) => version ?? []));
  // A settled one may ask for what can't be read as a version: then none is known.
  if (!value || (isSettled && !rollout.target)) return undefined;
  const spread = podSpread(pods, nodes);
  const learntAt = Math.min(at, podsAt);
  // While nodes are going back to a release that none of them runs yet, that one counts.
  const isOnPods = spread.versions[0]?.version.normal === value.normal;
  if (isOnPods) return { value, source: { kind: 'daemon-set-pods', name }, learntAt, spread };
  // Only of pods that tell is it known that they run nothing older.
  const doTell = [...pods.values()].every((version) => version);
  return doTell ? { value, source: { kind: 'daemon-set', name }, learntAt } : undefined;
}

function podSpread(pods: PodVersions, nodes: number) {
  const counters = new Map<
    string | undefined,
    { version: Version | undefined; counter: NodeCounter }
  >();
  for (const [node, version] of pods) {
    const key = version?.normal;
    const same = counters.get(key) ?? { version, counter: new NodeCounter() };
    counters.set(key, same);
    same.counter.add(node);
  }
  const groups = [...counters.values()].map(({ version, counter }): VersionGroup => [
    version,
    counter.group(),
  ]);
  // Nodes whose pod is just being replaced; which ones, only the scheduler knows.
  const podless = { ...NO_NODES, count: Math.max(0, nodes - pods.size) };
  return spreadOf([...groups, [undefined, podless]]);
}
