import { printable } from '../../engine/text/text.ts';
import { ApiError } from '../../kube/api.ts';
import { type CheckImage, type Target, connectingPod, listeningPod } from './check-pods.ts';
import type { CheckPodManifest, Cluster } from './cluster.ts';
import type { Check, Outcome } from './outcome.ts';
import type { PodJson } from '../../kube/pod-json.ts';
import {
  type PodState,
  addressOf,
  connectorState,
  isPortTaken,
  listenerState,
  nodeState,
  terwayState,
} from './pod-state.ts';

/** What the checks of a node need. */
export interface CheckParts {
  readonly cluster: Cluster;
  readonly image: CheckImage;
  /** Whether the chain has portmap, so that a host port must answer. */
  readonly hasHostPorts: boolean;
  /** Another node, which connects to a host port of this one; undefined: there is none. */
  readonly neighbourOf: (node: string) => string | undefined;
  /** A name for a pod that no other pod has. */
  readonly newName: () => string;
  /** A port of a node that is likely to be free. */
  readonly newPort: () => number;
  readonly clock: Clock;
  /** Told the name of a pod that could not be removed. */
  readonly left: (pod: string) => void;
  /** Ends everything at once; pods of checks are still removed. */
  readonly signal: AbortSignal;
}

export interface Clock {
  /** In milliseconds. */
  now(): number;
  pause(ms: number): Promise<void>;
}

/** How long each check may take, in milliseconds. */
const LONGEST_MS: Readonly<Record<Check, number>> = {
  // Its init container alone may take a minute on a busy node.
  terway: 180_000,
  address: 60_000,
  'host-port': 60_000,
  node: 30_000,
};
const LOOK_MS = 1000;
/** As long as an API server may be away while it is replaced, in milliseconds. */
const PATIENCE_MS = 60_000;
/** The same for the removal of pods, once the program was told to end at once. */
const LAST_PATIENCE_MS = 5_000;
/** Ports of a node that are tried before it is said that they are taken. */
const PORTS_TRIED = 3;

/** The checks were broken off by the signal; nothing of them is left. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
}

const WELL: Outcome = { kind: 'well' };
const NO_NODE: PodState = { kind: 'unfit', why: 'the node does not exist any more', isFinal: true };

/** Deletes the Terway pod of a node and looks at what its successor makes of the node. */
export async function restartAndCheck(node: string, parts: CheckParts): Promise<Outcome> {
  const { cluster } = parts;
  const unchecked = (why: string) => ({ kind: 'unchecked', check: 'terway', why }) as const;
  let formerUid: string;
  try {
    const former = await persist(parts, async () => cluster.terwayPod(node));
    if (!former) return await unlessGone(node, parts, unchecked('it has no Terway pod any more'));
    formerUid = former.metadata.uid;
    await persist(parts, async () => cluster.deleteTerwayPod(former));
  } catch (error) {
    return unchecked(`its Terway pod can't be deleted: ${messageOf(error)}`);
  }
  return checkNode(node, formerUid, parts);
}

/**
 * Looks at a node as it is; `formerUid` is the Terway pod that has to be gone. Resolves with the first
 * check that does not succeed. Rejects with AbortedError alone.
 */
export async function checkNode(
  node: string,
  formerUid: string,
  parts: CheckParts,
): Promise<Outcome> {
  return unlessGone(node, parts, await checksOf(node, formerUid, parts));
}

/** What was found, unless the node has been deleted: then that is why. */
async function unlessGone(node: string, parts: CheckParts, found: Outcome): Promise<Outcome> {
  return found.kind !== 'well' && (await isGone(node, parts)) ? { kind: 'gone' } : found;
}

/** Whether the node is known not to exist any more. */
async function isGone(node: string, { cluster }: CheckParts): Promise<boolean> {
  return cluster.node(node).then(
    (json) => json === undefined,
    () => false,
  );
}

async function checksOf(node: string, formerUid: string, parts: CheckParts): Promise<Outcome> {
  const { cluster } = parts;
  const terway = await settle('terway', parts, async () => {
    const pod = await cluster.terwayPod(node);
    if (!pod && (await isGone(node, parts))) return NO_NODE;
    return terwayState(pod, formerUid);
  });
  if (terway.kind !== 'well') return terway;
  const pods = await checkPods(node, parts);
  if (pods.kind !== 'well') return pods;
  return settle('node', parts, async () => nodeState(await cluster.node(node)));
}

/** A new pod on the node, and with host ports one on another node that asks it. */
async function checkPods(node: string, parts: CheckParts): Promise<Outcome> {
  for (let tried = 1; ; tried += 1) {
    const name = parts.newName();
    const hostPort = parts.hasHostPorts ? parts.newPort() : undefined;
    const listening = listeningPod({ name, node, hostPort }, parts.image);
    const result = await withPod('address', listening, parts, async (created) => {
      let isTaken = false;
      const outcome = await settle('address', parts, async () => {
        const pod = await existing(created, parts);
        isTaken = isPortTaken(pod);
        return listenerState(pod, await parts.cluster.eventsOf(pod));
      });
      if (outcome.kind !== 'well' || hostPort === undefined) return { outcome, isTaken };
      return { outcome: await checkHostPort(node, hostPort, name, parts), isTaken };
    });
    if ('kind' in result) return result;
    if (!result.isTaken || tried === PORTS_TRIED) return result.outcome;
  }
}

async function checkHostPort(
  node: string,
  port: number,
  answer: string,
  parts: CheckParts,
): Promise<Outcome> {
  const unchecked = (why: string) => ({ kind: 'unchecked', check: 'host-port', why }) as const;
  const neighbour = parts.neighbourOf(node);
  if (neighbour === undefined) return unchecked('there is no other node to connect from');
  const json = await parts.cluster.node(node).catch(() => undefined);
  const address = json && addressOf(json);
  if (address === undefined) return unchecked('the node tells no address of its own');
  const target: Target = { address, port, answer };
  const connecting = connectingPod({ name: parts.newName(), node: neighbour, target }, parts.image);
  const result = await withPod('host-port', connecting, parts, async (created) => ({
    outcome: await settle('host-port', parts, async () =>
      connectorState(await existing(created, parts)),
    ),
  }));
  if ('kind' in result) return result;
  const { outcome } = result;
  if (outcome.kind !== 'harmed') return outcome;
  const where = `${address}:${port} of ${node}, asked from ${neighbour}`;
  return { ...outcome, sentence: `${outcome.sentence} (${where})` };
}

/** Makes a pod, works with it and removes it whatever happens; an outcome where it can't be made. */
async function withPod<T extends object>(
  check: Check,
  manifest: CheckPodManifest,
  parts: CheckParts,
  work: (pod: PodJson) => Promise<T>,
): Promise<T | Outcome> {
  const { cluster, left, signal } = parts;
  const { name } = manifest.metadata;
  if (signal.aborted) throw new AbortedError();
  try {
    let pod: PodJson;
    try {
      pod = await persist(parts, async () => cluster.createCheckPod(manifest));
    } catch (error) {
      return { kind: 'unchecked', check, why: `its pod can't be made: ${messageOf(error)}` };
    }
    return await work(pod);
  } finally {
    // Also when the answer to the creation was lost: the pod may exist.
    const removal = persist(parts, async () => cluster.removeCheckPod(name), LAST_PATIENCE_MS);
    await removal.catch(() => left(name));
  }
}

/** Calls again while the API server may only be away; rejects with what it said last. */
async function persist<T>(
  { clock, signal }: CheckParts,
  call: () => Promise<T>,
  patienceOnceAborted = 0,
): Promise<T> {
  const from = clock.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const patience = signal.aborted ? patienceOnceAborted : PATIENCE_MS;
      if (!mayPass(error) || clock.now() - from >= patience) throw error;
      await clock.pause(LOOK_MS);
    }
  }
}

/** No answer, too many calls, a fault of the server; and 401, after which credentials are read anew. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status = 500 } = error;
  return status >= 500 || status === 429 || status === 401;
}

async function existing({ metadata }: PodJson, { cluster }: CheckParts): Promise<PodJson> {
  const pod = await cluster.checkPod(metadata.name);
  if (!pod) throw new Error('the pod of the check was deleted');
  return pod;
}

/** Looks again and again until a check is decided or its time is up; an API server may be away meanwhile. */
async function settle(
  check: Check,
  { clock, signal }: CheckParts,
  look: () => Promise<PodState>,
): Promise<Outcome> {
  const until = clock.now() + LONGEST_MS[check];
  for (;;) {
    if (signal.aborted) throw new AbortedError();
    const state = await look().catch((error: unknown): PodState => ({
      kind: 'unfit',
      why: messageOf(error),
    }));
    if (state.kind === 'well') return WELL;
    const isOver = clock.now() >= until;
    if (isOver || 'isFinal' in state) return outcomeOf(check, state);
    await clock.pause(LOOK_MS);
  }
}

function outcomeOf(check: Check, state: Exclude<PodState, { kind: 'well' }>): Outcome {
  switch (state.kind) {
    case 'unfit':
      return { kind: 'unchecked', check, why: state.why };
    case 'fails':
      return { kind: 'harmed', check, sentence: state.sentence };
    case 'waiting': {
      const seconds = LONGEST_MS[check] / 1000;
      return {
        kind: 'harmed',
        check,
        sentence: `not within ${seconds} s, and no word of the kubelet`,
      };
    }
  }
}

const messageOf = (error: unknown) => printable((error as Error).message, 600);
