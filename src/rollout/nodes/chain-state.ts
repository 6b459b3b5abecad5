import type { ChainState } from '../../engine/core/node-chains.ts';
import { type ChainPast, type ChainPeriod, periodsWithin } from './chain-periods.ts';
import type { InitRun, TerwayPod } from '../../facts/terway-pods.ts';

/** What the node of a Terway pod runs. */

export interface NodeChain {
  readonly state: ChainState;
  /** Why it is not sure or not known, as the end of a sentence about the node. */
  readonly why?: string;
  /** What it runs, where that is one known revision. */
  readonly period?: ChainPeriod;
}

/**
 * How old what a container reads of a mounted ConfigMap may be, in milliseconds: kubelets bring it up to
 * date at each look at a pod, once a minute or somewhat later. Source: Kubernetes, "Mounted ConfigMaps
 * are updated automatically".
 */
const MOUNT_MAY_LAG_MS = 90_000;
/** How far the clocks of nodes, guards and API server may be apart, and a version be seen late. */
const CLOCKS_MAY_DIFFER_MS = 5_000;

/** From when on an init container that starts has surely read what has been stored since `since`. */
export const readSurelyFrom = (since: number): number =>
  since + MOUNT_MAY_LAG_MS + CLOCKS_MAY_DIFFER_MS;

/**
 * What the node of this Terway pod runs: what eni-config held when the init container last ran,
 * provided the daemon became ready since. Pure.
 */
export function chainOf(pod: TerwayPod | undefined, past: ChainPast): NodeChain {
  if (!pod) return { state: 'unknown', why: 'it has no Terway pod' };
  if (!pod.init) {
    return { state: 'unknown', why: `the init container of its Terway pod ${pod.obstacle ?? ''}` };
  }
  const ran = chainReadBy(pod.init, past);
  if (pod.isDaemonReady || ran.state !== 'current') return ran;
  const why =
    "Terway's daemon is not ready since its init container ran, so a former chain may be there";
  return { state: 'unsure', why };
}

/** What the init container read in this run. */
function chainReadBy(run: InitRun, past: ChainPast): NodeChain {
  const from = Math.min(run.startedAt - MOUNT_MAY_LAG_MS, run.sandboxAt ?? Infinity);
  const periods = periodsWithin(past, from, run.endedAt + CLOCKS_MAY_DIFFER_MS);
  const states = new Set(periods.map((period) => period?.chain ?? 'unknown'));
  const [state = 'unknown', ...others] = states;
  if (others.length > 0) {
    const changedAt = periods.at(-1)?.since ?? run.endedAt;
    return {
      state: 'unsure',
      why: `the chain changed at ${timestamp(changedAt)}, about when Terway's init container read it`,
    };
  }
  if (state === 'unknown') return { state, why: whyUnknown(periods, past) };
  const [period] = periods;
  return { state, ...(periods.length === 1 && period && { period }) };
}

function whyUnknown(periods: readonly (ChainPeriod | undefined)[], { origin }: ChainPast): string {
  if (periods.some((period) => period)) {
    return 'what was stored when its init container ran is missing in the history';
  }
  switch (origin) {
    case 'history':
      return 'its init container ran before the history begins';
    case 'managed-fields':
      return 'its init container ran before the last write of eni-config, and there is no history';
    case 'nothing':
      return 'when eni-config was last changed is not known';
  }
}

const timestamp = (ms: number) => new Date(ms).toISOString().replace('.000', '');
