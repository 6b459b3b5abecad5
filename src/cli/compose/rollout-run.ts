import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiServer } from '../../kube/api.ts';
import {
  type CheckParts,
  type Clock,
  checkNode,
  restartAndCheck,
} from '../../rollout/waves/check-node.ts';
import { CheckNames } from '../../rollout/waves/check-names.ts';
import type { Cluster } from '../../rollout/waves/cluster.ts';
import type { End } from '../../rollout/waves/event.ts';
import { type Subject, changedSince } from '../../rollout/waves/objection.ts';
import type { NodeState, Plan } from '../../rollout/waves/plan.ts';
import { runRollout } from '../../rollout/waves/run.ts';
import { confirm } from '../frame/confirm.ts';
import { note } from '../frame/print.ts';
import type { RolloutReport } from './rollout-report.ts';
import type { RolloutCall } from './rollout-situation.ts';
import { type Signals, catchSignals } from './signals.ts';

const CLOCK: Clock = {
  now: () => performance.now(),
  pause: async (ms) => delay(ms),
};

/** Works under signals and with progress on a terminal. */
export async function underSignals(
  report: RolloutReport,
  work: (signals: Signals) => Promise<End>,
): Promise<End> {
  const signals = catchSignals(() => report.tell({ kind: 'signal', underWay: report.underWay }));
  const done = report.showProgress();
  try {
    return await work(signals);
  } finally {
    done();
    signals.release();
  }
}

/** Resolves after so long, or with the signal. */
export async function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** What a run works with. */
export interface RunWith {
  readonly api: ApiServer;
  readonly call: RolloutCall;
  readonly subject: Subject;
  readonly cluster: Cluster;
  readonly names: CheckNames;
  readonly image: CheckParts['image'];
  readonly hasHostPorts: boolean;
  /** All nodes, among which those are that connect. */
  readonly nodes: readonly NodeState[];
  readonly report: RolloutReport;
  readonly signals: Signals;
}

/** What the checks of nodes are made with. */
export function checksOf(parts: RunWith) {
  const { call, cluster, names, image, hasHostPorts, nodes, report, signals } = parts;
  return {
    cluster,
    image,
    hasHostPorts,
    neighbourOf: neighboursAmong(nodes, report),
    newName: () => names.next(),
    newPort: () => randomInt(...CHECK_PORTS),
    clock: CLOCK,
    left: (pod) => note(`pod ${call.namespace}/${pod} can't be removed: rollout --clean-up does`),
    signal: signals.second,
  } satisfies CheckParts;
}

/** Goes through a plan with the cluster's own nodes. */
export async function runPlan(plan: Plan, parts: RunWith): Promise<End> {
  const { api, call, subject, cluster, names, report, signals } = parts;
  const checks = checksOf(parts);
  return runRollout(plan, {
    rules: {
      pausesAfterCanary: call.pauseMs !== undefined,
      allowsUnchecked: call.allowsUnchecked,
    },
    restart: async (node) => restartAndCheck(node, checks),
    look: async (node) => checkNode(node, '', checks),
    objection: async () =>
      changedSince(api, subject, async () => names.foreign(await cluster.checkPods()), CLOCK),
    pause: async () => pauseFor(call.pauseMs ?? 0, report, signals),
    isInterrupted: () => signals.first.aborted,
    tell: (event) => report.tell(event),
  });
}

/** Above the ports that Linux and Kubernetes hand out. Source: ip_local_port_range, service-node-port-range. */
const CHECK_PORTS = [61_000, 65_000] as const;

/** For a node another one that connects to it: well, not being restarted, and not always the same. */
function neighboursAmong(nodes: readonly NodeState[], report: RolloutReport) {
  const fit = nodes.filter(({ isReady, isTerwayReady }) => isReady && isTerwayReady);
  let next = 0;
  return (node: string): string | undefined => {
    const busy = new Set([node, ...report.underWay]);
    next += 1;
    const turned = [...fit.slice(next % fit.length), ...fit.slice(0, next % fit.length)];
    const free = turned.find(({ name }) => !busy.has(name));
    // Where all others are being restarted, one of them has to do.
    return (free ?? fit.find(({ name }) => name !== node))?.name;
  };
}

/** Resolves with whether to go on. */
async function pauseFor(ms: number, report: RolloutReport, { first }: Signals): Promise<boolean> {
  if (ms === Infinity) return confirm('The first node is well. Go on with the others?', first);
  const why = 'the first node is watched before others follow';
  report.tell({ kind: 'wait', seconds: Math.ceil(ms / 1000), why });
  await pauseUnless(first, ms);
  return !first.aborted;
}
