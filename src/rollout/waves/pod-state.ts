import { printable } from '../../engine/text/text.ts';
import type { ContainerStatus, EventJson, NodeJson, PodJson } from '../../kube/pod-json.ts';

/** What pods, nodes and their events say about a check. */

/**
 * How a pod stands: `fails` and `unfit` come with what the kubelet says, printable. Kubelets try again, so
 * that counts at the end of the time that a check has; `isFinal`: at once.
 */
export type PodState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'well' }
  | { readonly kind: 'fails'; readonly sentence: string; readonly isFinal?: true }
  /** It could not be tried at all, which says nothing of the chain. */
  | { readonly kind: 'unfit'; readonly why: string; readonly isFinal?: true };

const WAITING = { kind: 'waiting' } as const;
const WELL = { kind: 'well' } as const;

const MAX_SENTENCE = 600;
const sentence = (text: string) => printable(text.trim(), MAX_SENTENCE);

const holds = ({ status }: PodJson | NodeJson, condition: string) =>
  status?.conditions?.some(({ type, status: is }) => type === condition && is === 'True') === true;

/** A container that has ended with an error as often as this does not mend itself. */
const FAILED_STARTS = 3;

/**
 * How Terway's new pod stands on a node where `formerUid` was the one before; undefined: none is there. A
 * pod that does not go, is not made, or has no image has read nothing of the chain.
 */
export function terwayState(pod: PodJson | undefined, formerUid: string): PodState {
  if (!pod) return { kind: 'unfit', why: 'its DaemonSet has made no new Terway pod' };
  const { name, uid, deletionTimestamp } = pod.metadata;
  if (uid === formerUid || deletionTimestamp !== undefined) {
    const why = `its former Terway pod ${name} does not go: its kubelet has not ended it, or a finalizer holds it`;
    return { kind: 'unfit', why: sentence(why) };
  }
  if (holds(pod, 'Ready')) return WELL;
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const all = [...initContainerStatuses, ...containerStatuses];
  const failed = all.find(hasFailedOften);
  if (failed) return { kind: 'fails', sentence: wordsOf(failed), isFinal: true };
  return missingImage(all) ?? WAITING;
}

const hasFailedOften = ({ restartCount = 0, state, lastState }: ContainerStatus) => {
  const { exitCode = 0 } = state?.terminated ?? lastState?.terminated ?? {};
  return exitCode !== 0 && restartCount + (state?.terminated ? 1 : 0) >= FAILED_STARTS;
};

function wordsOf({ name, state, lastState }: ContainerStatus): string {
  const end = state?.terminated ?? lastState?.terminated;
  const told = end?.message ?? end?.reason ?? state?.waiting?.message ?? '';
  const code = end === undefined ? '' : ` ended with ${end.exitCode}`;
  return sentence(`container ${name}${code}${told === '' ? '' : `: ${told}`}`);
}

/** Why an image can't be had. Source: the kubelet's pkg/kubelet/images and its names for it. */
const IMAGE_PROBLEMS = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
];

/** What plugins say when there is no address to be had: Terway, the vendor's API, host-local. */
const NO_ADDRESS =
  /no (?:more |free |available |idle )*(?:IP|ENI)s?\b.*(?:available|left|free)|no (?:available|free|idle) (?:IP|ENI)|IP addresses available in range|IpNotEnough|QuotaExceeded|(?:ip|eni) (?:is |are )?(?:exhausted|insufficient)|(?:exhausted|insufficient) (?:ip|eni)/i;

/**
 * How a pod of a check stands that is to run. `events` are the pod's; without a word of the kubelet's it
 * is waited for.
 */
export function listenerState(pod: PodJson, events: readonly EventJson[]): PodState {
  const { phase, podIP = '', containerStatuses = [] } = pod.status ?? {};
  const unfit = unfitness(pod);
  if (unfit) return unfit;
  if (phase === 'Running' && podIP !== '' && holds(pod, 'Ready')) return WELL;
  const end = containerStatuses[0]?.state?.terminated;
  if (end) {
    const why = sentence(`the image can't do it: ${end.message ?? end.reason ?? 'it ended'}`);
    return { kind: 'unfit', why, isFinal: true };
  }
  const told = lastWarning(events);
  if (told !== undefined && NO_ADDRESS.test(told)) {
    return { kind: 'unfit', why: sentence(`no address is left: ${told}`) };
  }
  return told === undefined ? WAITING : { kind: 'fails', sentence: sentence(told) };
}

/** How a pod of a check stands that is to connect and to end. */
export function connectorState(pod: PodJson): PodState {
  const { phase, containerStatuses = [] } = pod.status ?? {};
  const end = containerStatuses[0]?.state?.terminated;
  // A kubelet may tell of the container's end before the pod's phase says so.
  if (phase === 'Succeeded' || end?.exitCode === 0) return WELL;
  const unfit = unfitness(pod);
  if (unfit) return unfit;
  if (end === undefined) return WAITING;
  const told = sentence(end.message ?? end.reason ?? 'it ended');
  return { kind: 'fails', sentence: told, isFinal: true };
}

/** Why a pod can't be tried: no room on the node, a port that is taken, an image that is missing. */
function unfitness({ status = {} }: PodJson): PodState | undefined {
  const { phase, reason = '', message = '', containerStatuses = [] } = status;
  const { waiting, terminated } = containerStatuses[0]?.state ?? {};
  // A kubelet that does not take a pod says so before any container of it exists.
  if (phase === 'Failed' && !terminated) {
    const why = sentence(`the kubelet does not take the pod: ${reason} ${message}`);
    return { kind: 'unfit', why, isFinal: true };
  }
  const imageless = missingImage(containerStatuses);
  if (imageless) return imageless;
  const notStarted = [waiting, terminated].find((state) =>
    START_PROBLEMS.includes(state?.reason ?? ''),
  );
  if (!notStarted) return undefined;
  const why = sentence(
    `the image can't be started: ${notStarted.message ?? notStarted.reason ?? ''}`,
  );
  return { kind: 'unfit', why, isFinal: true };
}

function missingImage(containers: readonly ContainerStatus[]): PodState | undefined {
  const waiting = containers
    .map(({ state }) => state?.waiting)
    .find((of) => IMAGE_PROBLEMS.includes(of?.reason ?? ''));
  if (!waiting) return undefined;
  const why = sentence(`the image is missing: ${waiting.message ?? waiting.reason ?? ''}`);
  return { kind: 'unfit', why };
}

/** A container without its program is no matter of the network. Source: kubelet and containerd. */
const START_PROBLEMS = [
  'RunContainerError',
  'CreateContainerError',
  'CreateContainerConfigError',
  'StartError',
  'ContainerCannotRun',
];

/** The latest warning that is about the network or the sandbox; undefined: none. */
function lastWarning(events: readonly EventJson[]): string | undefined {
  const warnings = events.filter(({ type, reason = '' }) => {
    return type === 'Warning' && NETWORK_REASONS.includes(reason);
  });
  const told = warnings.sort((a, b) => timeOf(a) - timeOf(b)).at(-1)?.message;
  return told?.replace(COMBINED, '');
}

/** What clients put before the text of one Event for many. Source: client-go's tools/record. */
const COMBINED = /^\(combined from similar events\): /;

/** Source: the kubelet's pkg/kubelet/events. */
const NETWORK_REASONS = ['FailedCreatePodSandBox', 'NetworkNotReady', 'FailedPodSandBoxStatus'];

const timeOf = ({ lastTimestamp, eventTime }: EventJson) =>
  Date.parse(lastTimestamp ?? eventTime ?? '') || 0;

/** Whether a node is Ready; otherwise with what its kubelet says. */
export function nodeState(node: NodeJson | undefined): PodState {
  if (!node) return { kind: 'fails', sentence: 'the node does not exist any more', isFinal: true };
  if (holds(node, 'Ready')) return WELL;
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return { kind: 'fails', sentence: sentence(ready?.message ?? 'it says nothing of being Ready') };
}

/** The node's own address; undefined where it tells none. */
export const addressOf = ({ status }: NodeJson): string | undefined =>
  status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;

/** The port of the kubelet's refusal is taken by another pod. Source: scheduler plugin NodePorts. */
export const isPortTaken = ({ status }: PodJson): boolean =>
  status?.phase === 'Failed' &&
  /NodePorts|HostPort|host port/i.test(`${status.reason} ${status.message}`);
