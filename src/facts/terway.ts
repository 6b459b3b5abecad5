import { TERWAY_DAEMONSETS } from '../engine/core/facts.ts';
import { listed } from '../engine/text/text.ts';
import {
  type DaemonSet,
  type DaemonSetState,
  PodCounter,
  readDaemonSet,
} from './daemon-set-state.ts';
import { type Follower, followObject, readObject } from '../kube/follow.ts';
import { POD_MESSAGE } from '../kube/messages.ts';
import { pagesOf } from '../kube/pages.ts';
import type { PodJson } from '../kube/pod-json.ts';
import { type Known, type Reading, counted, readEvery, readOnce } from './lists.ts';
import { type PodsByNode, type SeenPod, TerwayPods, seePods } from './terway-pods.ts';
import { type TerwayVersions, factOf, withPods, withRollout } from './terway-versions.ts';
import { Health, type Learnt, type Source, type SourceOptions } from './source.ts';

const DAEMON_SETS = '/apis/apps/v1/namespaces/kube-system/daemonsets';
const PODS = '/api/v1/namespaces/kube-system/pods';
/** How soon the pods of a rollout that has begun are listed, in milliseconds. */
const LOOK_MS = 1000;

interface Seen {
  readonly running: TerwayVersions | undefined;
  readonly at: number;
}

export interface TerwaySource extends Source {
  /** Whether it is known to be in the cluster. */
  isThere(): boolean;
  /** Its pods, as they were listed last; undefined once they are let go. */
  pods(): Known<PodsByNode> | undefined;
  readonly letGoOfPods: () => void;
}

/**
 * Terway's version, from its DaemonSet and, in the midst of a rollout, from its pods. These are listed
 * anyway while it is followed, for what the nodes run.
 */
export function terwaySource(options: SourceOptions): TerwaySource {
  const { api, log, now, refreshMs, staleAfterMs, changed } = options;
  const health = new Health('terway', TERWAY_DAEMONSETS, log);
  const seen = new Map<string, Seen>();
  let listed: Known<PodsByNode> | undefined;
  let last = { daemonSet: '', at: -Infinity };
  /** When they were last listed in the midst of a rollout. */
  let countedAt = -Infinity;
  const see = (name: string, running: TerwayVersions | undefined) => {
    seen.set(name, { running, at: now() });
    health.confirmed(name, now());
    changed();
  };
  const followerOf = (name: string): Follower<DaemonSet> => ({
    seen: (object) =>
      see(name, object && withRollout(seen.get(name)?.running, readDaemonSet(object))),
    confirmed: () => see(name, seen.get(name)?.running),
    recovered: () => health.recovered(name),
    failed: (error) => health.failed(name, error),
  });

  /** Lists the pods: only in the midst of a rollout they say which versions there are. */
  const readPods = async (
    { name, labelSelector }: DaemonSetState,
    atStart: TerwayVersions,
    signal?: AbortSignal,
  ): Promise<Reading> => {
    if (labelSelector === undefined) return { isWhole: true };
    return readOnce(health, PODS, signal, async (begun) => {
      const counter = atStart.isSettled ? undefined : new PodCounter();
      const pods = new TerwayPods();
      const pages = pagesOf<PodJson, SeenPod>(api, {
        path: PODS,
        protobuf: POD_MESSAGE,
        keep: seePods(),
        labelSelector,
        signal,
      });
      for await (const page of counted(pages, begun)) {
        counter?.add(page);
        pods.add(page);
      }
      const at = now();
      listed = { value: pods.byNode, at };
      last = { daemonSet: name, at };
      if (!counter) return;
      countedAt = at;
      const known = seen.get(name);
      if (known?.running) {
        const running = withPods(known.running, atStart, counter.census, at);
        seen.set(name, { ...known, running });
      }
      changed();
    });
  };

  /** Lists them once in a while, and soon when a rollout has begun. */
  const keepReadingPods = async (signal: AbortSignal): Promise<Reading> => {
    const atStart = currentOf(seen)?.running;
    if (!atStart) {
      health.recovered(PODS);
      return { isWhole: true };
    }
    const { rollout, isSettled } = atStart;
    const listedAt = last.daemonSet === rollout.name ? last.at : -Infinity;
    const isDue = now() - (isSettled ? listedAt : countedAt) >= refreshMs;
    return isDue ? readPods(rollout, atStart, signal) : { isWhole: true };
  };

  return {
    async read() {
      await Promise.all(
        TERWAY_DAEMONSETS.map((name) =>
          readObject(api, { path: DAEMON_SETS, name }, followerOf(name)),
        ),
      );
      const atStart = currentOf(seen)?.running;
      if (atStart && !atStart.isSettled) await readPods(atStart.rollout, atStart);
    },
    async follow(signal) {
      await Promise.all([
        ...TERWAY_DAEMONSETS.map((name) =>
          followObject(api, { path: DAEMON_SETS, name }, staleAfterMs, followerOf(name), signal),
        ),
        readEvery(refreshMs, keepReadingPods, signal, LOOK_MS),
      ]);
    },
    learnt: () => learntFrom(seen, now() - staleAfterMs),
    status: () => health.status(),
    answered: health.answered,
    isThere: () => currentOf(seen) !== undefined,
    pods: () => listed,
    letGoOfPods: () => (listed = undefined),
  };
}

/** The first that exists, as known since all before it are missing; undefined while one may exist. */
function currentOf(seen: ReadonlyMap<string, Seen>): Seen | undefined {
  let at = Infinity;
  for (const name of TERWAY_DAEMONSETS) {
    const known = seen.get(name);
    if (!known) return undefined;
    at = Math.min(at, known.at);
    if (known.running) return { ...known, at };
  }
  return undefined;
}

/** `staleAt`: what was learnt by then is too old. */
function learntFrom(seen: ReadonlyMap<string, Seen>, staleAt: number): Learnt | undefined {
  const current = currentOf(seen);
  if (!current) {
    if (seen.size < TERWAY_DAEMONSETS.length) return undefined;
    const confirmedAt = Math.min(...[...seen.values()].map(({ at }) => at));
    const gaps = [`there is no DaemonSet ${listed(TERWAY_DAEMONSETS)} in kube-system`];
    return { facts: {}, gaps, confirmedAt };
  }
  const { running, at } = current;
  if (!running) return undefined;
  const { name, isOnDelete } = running.rollout;
  const known = factOf(running, at);
  const { learntAt = at } = known ?? {};
  // Pods may have been listed long before the DaemonSet was last seen.
  const terway = learntAt > staleAt ? known : undefined;
  const source = { kind: 'namespace', name: 'kube-system' } as const;
  return {
    facts: {
      terwayDaemonSet: { value: name, source, learntAt: at },
      ...(isOnDelete && { terwayUpdates: { value: 'OnDelete', source, learntAt: at } }),
      ...(terway && { terway }),
    },
    gaps: terway ? [] : [`DaemonSet kube-system/${name} tells no version: ${whyUnknown(running)}`],
    confirmedAt: terway ? learntAt : at,
  };
}

function whyUnknown({ rollout: { image, target } }: TerwayVersions): string {
  if (image === undefined) return 'it has no container of Terway';
  return target
    ? 'its rollout is half done, and what its pods run is not known'
    : `its image ${image} has no version for a tag`;
}
