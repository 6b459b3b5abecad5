import { isObject } from '../engine/text/is-object.ts';
import type { ApiServer } from '../kube/api.ts';
import { pagesOf } from '../kube/pages.ts';

/**
 * What a pod must be like for its result to count. Being owned by the DaemonSet proves nothing, as the
 * controller adopts any pod with the labels; running what it runs does, where the kubelet is honest.
 */

export const PROBE_LABELS =
  'app.kubernetes.io/name=eni-config-guard,app.kubernetes.io/component=node-probe';
export const PROBE_DAEMON_SET = 'eni-config-guard-node-probe';

/**
 * What of a pod decides what its containers do. The rest is placement, or what the DaemonSet
 * controller, admission plugins and the scheduler fill in: node, affinity, tolerations, priority,
 * service account, pull secrets.
 */
const DECISIVE = [
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostUsers',
  'hostAliases',
  'shareProcessNamespace',
  'runtimeClassName',
  'securityContext',
  'volumes',
  'initContainers',
  'containers',
  'ephemeralContainers',
] as const;

/** Of a container, what LimitRanger and AlwaysPullImages change. */
const INDIFFERENT: readonly string[] = ['resources', 'imagePullPolicy'];

/** A pod's spec as a text that is the same for pods that do the same. */
export function specText(spec: object): string {
  const fields = spec as Readonly<Record<string, unknown>>;
  return JSON.stringify(
    DECISIVE.map((name) =>
      name.endsWith('ontainers') ? containersOf(fields[name]) : canonical(fields[name]),
    ),
  );
}

/** Texts that are remembered; a cluster has one of them, and two while its probe is being updated. */
const MAX_REMEMBERED = 20;

/**
 * Whether a spec is one of these, by its text. Pods of one DaemonSet have their members in one order, so
 * that thousands of them are looked at as they come and put in order once.
 */
export function specsAmong(specs: ReadonlySet<string>): (spec: object) => boolean {
  const known = new Map<string, boolean>();
  return (spec) => {
    const fields = spec as Readonly<Record<string, unknown>>;
    const asItCame = JSON.stringify(DECISIVE.map((name) => fields[name]));
    const remembered = known.get(asItCame);
    if (remembered !== undefined) return remembered;
    const answer = specs.has(specText(spec));
    // Pods of strangers may each have a text of its own.
    if (known.size === MAX_REMEMBERED) known.clear();
    known.set(asItCame, answer);
    return answer;
  };
}

const containersOf = (containers: unknown) =>
  Array.isArray(containers) ? containers.map((one) => canonical(one, INDIFFERENT)) : null;

/** The value with members in the order of their names. */
function canonical(value: unknown, without: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item));
  if (!isObject(value)) return value ?? null;
  return Object.entries(value)
    .filter(([name, member]) => member !== undefined && !without.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, canonical(member)]);
}

interface Template {
  readonly spec?: { readonly template?: { readonly spec?: object } };
}

interface DaemonSet extends Template {
  readonly metadata: { readonly uid: string };
}

interface Revision {
  readonly metadata: { readonly ownerReferences?: readonly { readonly uid: string }[] };
  readonly revision: number;
  readonly data?: Template;
}

/**
 * The specs of the probe's pods: that of its DaemonSet and that of the revision before it, whose pods
 * remain until they are replaced. Empty where there is no such DaemonSet; rejects with ApiError.
 */
export async function readProbeSpecs(
  api: ApiServer,
  namespace: string,
): Promise<ReadonlySet<string>> {
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const { items } = await api.call<{ readonly items: readonly DaemonSet[] }>({
    method: 'GET',
    path: `${apps}/daemonsets`,
    query: { fieldSelector: `metadata.name=${PROBE_DAEMON_SET}` },
  });
  const [daemonSet] = items;
  if (!daemonSet) return new Set();
  const { uid } = daemonSet.metadata;
  const revisions: Revision[] = [];
  const query = { path: `${apps}/controllerrevisions`, labelSelector: PROBE_LABELS };
  for await (const page of pagesOf<Revision>(api, query)) {
    for (const one of page) {
      if (one.metadata.ownerReferences?.some((owner) => owner.uid === uid)) revisions.push(one);
    }
  }
  const current = textOf(daemonSet);
  const [newest, ...older] = revisions
    .sort((a, b) => b.revision - a.revision)
    .map(({ data }) => textOf(data));
  // Right after a change the controller has not written it down yet.
  const former = newest === current ? older[0] : newest;
  return new Set([current, former].filter((text) => text !== undefined));
}

function textOf(template: Template | undefined): string | undefined {
  const spec = template?.spec?.template?.spec;
  return spec && specText(spec);
}
