import { printable } from '../../engine/text/text.ts';
import { type CheckImage, type Target, connectingPod, listeningPod } from './check-pods.ts';
import type { Cluster } from './cluster.ts';
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
/** Ports of a node that are tried before it is said that they are taken. */
const PORTS_TRIED = 3;

/** The checks were broken off by the signal; nothing of them is left. */
export class AbortedError extends Error {
  override readonly name = 'AbortedError';
}

const WELL: Outcome = { kind: 'well' };

/** Deletes the Terway pod of a node and looks at what its successor makes of the node. */
export async function restartAndCheck(node: string, parts: CheckParts): Promise<Outcome> {
  const { cluster } = parts;
  let formerUid: string;
  try {
    const former = await cluster.terwayPod(node);
    if (!former)
      return { kind: 'unchecked', check: 'terway', why: 'it has no Terway pod any more' };
    formerUid = former.metadata.uid;
    await cluster.deleteTerwayPod(former);
  } catch (error) {
    const why = `its Terway pod can't be deleted: ${messageOf(error)}`;
    return { kind: 'unchecked', check: 'terway', why };
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
  const { cluster } = parts;
  const terway = await settle('terway', parts, async () =>
    terwayState(await cluster.terwayPod(node), formerUid),
  );
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
  manifest: { readonly metadata: { readonly name: string } },
  { cluster, clock, left, signal }: CheckParts,
  work: (pod: PodJson) => Promise<T>,
): Promise<T | Outcome> {
  const { name } = manifest.metadata;
  if (signal.aborted) throw new AbortedError();
  try {
    let pod: PodJson;
    try {
      pod = await cluster.createCheckPod(manifest);
    } catch (error) {
      return { kind: 'unchecked', check, why: `its pod can't be made: ${messageOf(error)}` };
    }
    return await work(pod);
  } finally {
    // Also when the answer to the creation was lost: the pod may exist.
    await remove(name, cluster, clock).catch(() => left(name));
  }
}

const REMOVALS_TRIED = 5;

async function remove(name: string, cluster: Cluster, clock: Clock): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await cluster.removeCheckPod(name);
      return;
    } catch (error) {
      if (tried === REMOVALS_TRIED) throw error;
      await clock.pause(LOOK_MS);
    }
  }
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
