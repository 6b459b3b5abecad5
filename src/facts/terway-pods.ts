import { terwayImage } from '../engine/core/terway-image.ts';
import type { Version } from '../engine/core/version.ts';
import { printable } from '../engine/text/text.ts';
import { ImageVersions } from './image-versions.ts';
import type { Condition, ContainerState, ContainerStatus, PodJson } from '../kube/pod-json.ts';

/** Terway's pods, as far as they tell what their nodes run. */

/** The container that writes the chain of a node. Source: the DaemonSet of Terway's chart. */
export const INIT_CONTAINER = 'terway-init';
/** The daemon, which puts that chain where the container runtime reads it when it has come up. */
const DAEMON_CONTAINER = 'terway';

/** One run of the init container that has ended well, in milliseconds since 1970. */
export interface InitRun {
  /** When the sandbox was made, where that is told: what was mounted may be as old. */
  readonly sandboxAt?: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What is kept of a pod. */
export interface TerwayPod {
  readonly name: string;
  readonly version: Version | undefined;
  readonly isTerminating: boolean;
  readonly isReady: boolean;
  /** The daemon is ready, so that the node has the chain of `init`. */
  readonly isDaemonReady: boolean;
  readonly init: InitRun | undefined;
  /** Without `init`: what its init container does instead, printable. */
  readonly obstacle?: string;
}

/** What counts of a pod as it is listed. */
export interface SeenPod {
  /** Where it runs. */
  readonly node: string | undefined;
  readonly phase: string;
  readonly pod: TerwayPod;
}

/** Reads pods one by one: of the few versions that there are each is kept once. */
export function seePods(): (json: PodJson) => SeenPod {
  const versions = new ImageVersions();
  return (json) => ({
    node: json.spec?.nodeName,
    phase: json.status?.phase ?? 'Pending',
    pod: terwayPodOf(json, versions),
  });
}

/** What Terway's pods say, by node. */
export type PodsByNode = ReadonlyMap<string, TerwayPod>;

/**
 * Reduces pods as their pages come, to one for each node. Where a node has several, as while one makes
 * room for the next, that counts of which the init container ended last: nodes run what it wrote.
 * Pods that have ended, evicted ones, don't count.
 */
export class TerwayPods {
  readonly #pods = new Map<string, TerwayPod>();

  add(page: readonly SeenPod[]): void {
    for (const { node, phase, pod } of page) {
      if (node === undefined || phase === 'Failed' || phase === 'Succeeded') continue;
      const other = this.#pods.get(node);
      if (!other || isLater(pod, other)) this.#pods.set(node, pod);
    }
  }

  get byNode(): PodsByNode {
    return this.#pods;
  }
}

const isLater = (pod: TerwayPod, other: TerwayPod) =>
  pod.init && other.init
    ? pod.init.endedAt > other.init.endedAt
    : pod.init !== undefined || (!other.init && other.isTerminating);

export function terwayPodOf(
  { metadata, spec = {}, status = {} }: PodJson,
  versions = new ImageVersions(),
): TerwayPod {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
  const init = initContainerStatuses.find(({ name }) => name === INIT_CONTAINER);
  const daemon = containerStatuses.find(({ name }) => name === DAEMON_CONTAINER);
  const run = init?.state && endOf(init.state, conditions);
  return {
    name: metadata.name,
    version: versions.of(terwayImage(spec)),
    isTerminating: metadata.deletionTimestamp !== undefined,
    isReady: conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    isDaemonReady: daemon?.ready === true,
    init: run,
    ...(!run && { obstacle: obstacleOf(init) }),
  };
}

function endOf({ terminated }: ContainerState, conditions: readonly Condition[]) {
  if (terminated?.exitCode !== 0) return undefined;
  const [startedAt, endedAt] = [timeOf(terminated.startedAt), timeOf(terminated.finishedAt)];
  if (endedAt === undefined) return undefined;
  const sandbox = conditions.find(({ type }) => type === 'PodReadyToStartContainers');
  const sandboxAt = sandbox?.status === 'True' ? timeOf(sandbox.lastTransitionTime) : undefined;
  return {
    startedAt: startedAt ?? endedAt,
    endedAt,
    ...(sandboxAt !== undefined && { sandboxAt }),
  };
}

function timeOf(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}

function obstacleOf(status: ContainerStatus | undefined): string {
  const { waiting, running, terminated } = status?.state ?? {};
  if (running) return 'is running';
  if (terminated && terminated.exitCode !== 0) return `failed with ${terminated.exitCode}`;
  const reason = waiting?.reason ?? '';
  // The kubelet's word for what has not begun, which says less than these.
  if (reason === '' || reason === 'PodInitializing') return 'has not run yet';
  return `waits: ${printable(reason, 80)}`;
}
