import { type PodContainers, terwayImage } from '../engine/core/terway-image.ts';
import { printable } from '../engine/text/text.ts';
import { type Version, parseVersion } from '../engine/core/version.ts';
import { oldestOf } from './node-counter.ts';
import type { SeenPod } from './terway-pods.ts';

/** Terway's DaemonSet and its pods, as far as the guard looks at them. */

/** As the API server has it. */
export interface DaemonSet {
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly spec: {
    readonly updateStrategy?: { readonly type?: string };
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template: { readonly spec: PodContainers };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

/** What a DaemonSet says of a version. */
export interface DaemonSetState {
  readonly name: string;
  /** Counts changes of its `spec`. */
  readonly generation: number | undefined;
  /** Undefined when the image's tag is no version. */
  readonly target: Version | undefined;
  /** The image that is to run, safe to show; undefined when no container is Terway's. */
  readonly image: string | undefined;
  /** Whether every node that should has a pod of it; the pod may not have started. */
  readonly isUpdated: boolean;
  /** Whether every node that should has a pod that works, be it of this version or not. */
  readonly isAvailable: boolean;
  /** Pods are replaced only when they are deleted by hand (updateStrategy OnDelete). */
  readonly isOnDelete: boolean;
  /** Nodes that should. */
  readonly nodes: number;
  /** Selects its pods; undefined when it names no labels. */
  readonly labelSelector: string | undefined;
}

export function readDaemonSet({ metadata, spec, status = {} }: DaemonSet): DaemonSetState {
  const { desiredNumberScheduled: nodes = 0, updatedNumberScheduled = 0 } = status;
  const { numberAvailable = 0 } = status;
  const labels = Object.entries(spec.selector?.matchLabels ?? {});
  const image = terwayImage(spec.template.spec);
  return {
    name: metadata.name,
    generation: metadata.generation,
    target: image === undefined ? undefined : parseVersion(image),
    image: image === undefined ? undefined : printable(image),
    isUpdated: status.observedGeneration === metadata.generation && updatedNumberScheduled >= nodes,
    isAvailable: numberAvailable >= nodes,
    isOnDelete: spec.updateStrategy?.type === 'OnDelete',
    nodes,
    labelSelector:
      labels.length === 0 ? undefined : labels.map((label) => label.join('=')).join(','),
  };
}

/** The oldest version of each node, undefined where a pod does not tell. */
export type PodVersions = ReadonlyMap<string, Version | undefined>;

export interface PodCensus {
  readonly versions: PodVersions;
  /** Nodes that have no pod but one that has not started: they are as they were before it. */
  readonly waiting: ReadonlySet<string>;
}

/** Reduces pods as their pages come. Pods that have ended, evicted ones, run nothing any more. */
export class PodCounter {
  readonly #versions = new Map<string, Version | undefined>();
  readonly #waiting = new Set<string>();

  add(page: readonly SeenPod[]): void {
    for (const { node, phase, pod } of page) {
      if (node === undefined || phase === 'Failed' || phase === 'Succeeded') continue;
      // Until its init containers have ended a pod is pending; afterwards never again.
      if (phase !== 'Pending') this.#waiting.delete(node);
      else if (!this.#versions.has(node)) this.#waiting.add(node);
      const { version } = pod;
      // While one pod makes room for the next, a node has two of them.
      const other = this.#versions.get(node);
      const oldest = version && other ? oldestOf([version, other]) : version;
      this.#versions.set(node, this.#versions.has(node) && !other ? undefined : oldest);
    }
  }

  get census(): PodCensus {
    return { versions: this.#versions, waiting: this.#waiting };
  }
}
