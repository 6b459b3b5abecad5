import { printable } from '../../core/text.ts';
import { type Version, parseVersion } from '../../core/version.ts';
import { oldestOf } from './tally.ts';

/** Terway's DaemonSet and its pods, as far as the guard looks at them. */

interface Container {
  readonly name?: string;
  readonly image?: string;
}

interface PodSpec {
  readonly nodeName?: string;
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
}

/** As the API server has it. */
export interface DaemonSet {
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly spec: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template: { readonly spec: PodSpec };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
  };
}

export interface Pod {
  readonly spec?: PodSpec;
  readonly status?: { readonly phase?: string };
}

/** What a DaemonSet says of a version. */
export interface Rollout {
  readonly name: string;
  /** Undefined when the image's tag is no version. */
  readonly target: Version | undefined;
  /** The image that is to run, safe to show; undefined when no container is Terway's. */
  readonly image: string | undefined;
  /** Whether every node that should runs it. */
  readonly isSettled: boolean;
  /** Nodes that should. */
  readonly nodes: number;
  /** Selects its pods; undefined when it names no labels. */
  readonly labelSelector: string | undefined;
}

export function readDaemonSet({ metadata, spec, status = {} }: DaemonSet): Rollout {
  const { desiredNumberScheduled: nodes = 0, updatedNumberScheduled = 0 } = status;
  const labels = Object.entries(spec.selector?.matchLabels ?? {});
  const image = imageOf(spec.template.spec);
  return {
    name: metadata.name,
    target: image === undefined ? undefined : parseVersion(image),
    image: image === undefined ? undefined : printable(image),
    isSettled: status.observedGeneration === metadata.generation && updatedNumberScheduled >= nodes,
    nodes,
    labelSelector:
      labels.length === 0 ? undefined : labels.map((label) => label.join('=')).join(','),
  };
}

/** The oldest version of each node, undefined where a pod does not tell. */
export type PodVersions = ReadonlyMap<string, Version | undefined>;

/** Reduces pods as their pages come. Pods that have ended, evicted ones, run nothing any more. */
export async function collectVersions(pages: AsyncIterable<readonly Pod[]>): Promise<PodVersions> {
  const versions = new Map<string, Version | undefined>();
  for await (const page of pages) {
    for (const { spec = {}, status } of page) {
      const node = spec.nodeName;
      if (node === undefined || status?.phase === 'Failed' || status?.phase === 'Succeeded')
        continue;
      const version = parseVersion(imageOf(spec) ?? '');
      // While one pod makes room for the next, a node has two of them.
      const other = versions.get(node);
      const oldest = version && other ? oldestOf([version, other]) : version;
      versions.set(node, versions.has(node) && !other ? undefined : oldest);
    }
  }
  return versions;
}

/** Names of its containers, all of one image; the first reads the chain. Source: Terway's chart. */
const NAMES = ['terway-init', 'terway'];

/** Terway's image: others may have put containers of their own in front. */
function imageOf({ initContainers = [], containers = [] }: PodSpec): string | undefined {
  const all = [...initContainers, ...containers];
  const named = NAMES.map((name) => all.find((container) => container.name === name));
  return (named.find((found) => found) ?? all.find(({ image = '' }) => TERWAY.test(image)))?.image;
}

/** A reference whose last part is `terway`, whatever its tag and digest. */
const TERWAY = /(^|\/)terway(:[^/@]*)?(@[^/]*)?$/;
