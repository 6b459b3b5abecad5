import type { ApiServer } from '../kube/api.ts';
import { DIGESTED_POD_MESSAGE } from '../kube/messages.ts';
import type { ListQuery } from '../kube/pages.ts';
import type { SpecDigest } from '../kube/spec-digest.ts';
import { UNFINISHED } from './probe-facts.ts';
import { PROBE_LABELS, readProbeSpecs, specsAmong } from './probe-specs.ts';

/** A pod with the labels of the probe as the API server has it, as far as it is looked at. */
export interface ProbePod {
  readonly metadata?: { readonly name: string; readonly resourceVersion: string };
  /** In JSON the whole spec. */
  readonly spec?: Partial<SpecDigest>;
  readonly status?: {
    readonly initContainerStatuses?: readonly {
      readonly name: string;
      readonly state?: {
        readonly terminated?: {
          readonly exitCode: number;
          readonly finishedAt?: string | null;
          readonly message?: string;
        };
      };
    }[];
  };
}

const CONTAINER = 'probe';

/** What counts of such a pod. */
export interface SeenProbe extends Pick<ProbePod, 'metadata' | 'spec'> {
  /** When its probe ended, in milliseconds since 1970; UNFINISHED before. */
  readonly finishedAt: number;
  /** What it said; undefined while it has not ended, and when it failed. */
  readonly text: string | undefined;
}

/** Reads pods one by one; each text is kept once, however many nodes answer it. */
export function seeProbes(): (pod: ProbePod) => SeenProbe {
  const texts = new Map<string, string>();
  return ({ metadata, spec, status }) => {
    const container = status?.initContainerStatuses?.find(({ name }) => name === CONTAINER);
    const { exitCode, finishedAt, message = '' } = container?.state?.terminated ?? {};
    const at = Date.parse(finishedAt ?? '') || UNFINISHED;
    if (!texts.has(message)) texts.set(message, message);
    const text = exitCode === 0 && at > UNFINISHED ? texts.get(message) : undefined;
    return { ...(metadata && { metadata }), ...(spec && { spec }), finishedAt: at, text };
  };
}

const podsIn = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`;

/** The pods with the labels of the probe in the guard's namespace. */
export const probeList = (namespace: string) =>
  ({
    path: podsIn(namespace),
    labelSelector: PROBE_LABELS,
    protobuf: DIGESTED_POD_MESSAGE,
    keep: seeProbes(),
  }) satisfies ListQuery<ProbePod, SeenProbe>;

/** What it takes to tell the pods of the probe from others with its labels. Both reject with ApiError. */
export interface ProbeReader {
  /** The specs of the probe's pods. */
  readonly readSpecs: () => Promise<ReadonlySet<string>>;
  /** This pod in JSON, as it is by now; undefined where it is gone. */
  readonly readPod: (name: string) => Promise<SeenProbe | undefined>;
}

/** Needs the rights to list pods, the probe's DaemonSet and ControllerRevisions in the namespace. */
export const probeReader = (api: ApiServer, namespace: string): ProbeReader => ({
  readSpecs: () => readProbeSpecs(api, namespace),
  async readPod(name) {
    const list = await api.call<{ readonly items?: readonly ProbePod[] | null }>({
      method: 'GET',
      path: podsIn(namespace),
      query: { labelSelector: PROBE_LABELS, fieldSelector: `metadata.name=${name}` },
    });
    return list.items?.map(seeProbes())[0];
  },
});

/** Digests that are remembered; a cluster has a few, unless its pods are made by strangers. */
const MAX_REMEMBERED = 1000;

/** A pod on a node, and whether it runs what the probe runs. */
export interface Recognized {
  readonly node: string;
  readonly pod: SeenProbe;
  readonly isProbe: boolean;
}

/**
 * Tells the pods of the probe. Specs are compared in JSON, which DaemonSet and ControllerRevisions are
 * compared in: of pods in protobuf with one digest the first is read again, and what is found holds for
 * the others. Where that one has changed since it was listed, it is taken as it is by then.
 */
export function recognizer({
  readSpecs,
  readPod,
}: ProbeReader): (pod: SeenProbe) => Promise<Recognized | undefined> {
  const known = new Map<string, boolean>();
  let isAmong: ((spec: object) => boolean) | undefined;
  const recognize = async (pod: SeenProbe): Promise<Recognized | undefined> => {
    const { metadata, spec } = pod;
    const { nodeName: node, digest } = spec ?? {};
    if (!spec || node === undefined) return undefined;
    if (digest === undefined) {
      isAmong ??= specsAmong(await readSpecs());
      return { node, pod, isProbe: isAmong(spec) };
    }
    const remembered = known.get(digest);
    if (remembered !== undefined) return { node, pod, isProbe: remembered };
    const asJson = await readPod(metadata?.name ?? '');
    const found = asJson && (await recognize(asJson));
    if (found && asJson.metadata?.resourceVersion === metadata?.resourceVersion) {
      if (known.size === MAX_REMEMBERED) known.clear();
      known.set(digest, found.isProbe);
    }
    return found;
  };
  return recognize;
}
