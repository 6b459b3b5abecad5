import { denialsIn } from '../../engine/core/decide.ts';
import { type StatusReport, isAllWell } from '../../engine/report/status-text.ts';
import { printable, shortened } from '../../engine/text/text.ts';
import type { ApiServer } from '../../kube/api.ts';
import { currentSince } from '../../rollout/nodes/chain-periods.ts';
import { readSurelyFrom } from '../../rollout/nodes/chain-state.ts';
import type { ClusterNodes } from '../../rollout/nodes/cluster-nodes.ts';
import { CheckNames } from '../../rollout/waves/check-names.ts';
import { trialPods } from '../../rollout/waves/check-pods.ts';
import type { End } from '../../rollout/waves/event.ts';
import { formerTextOf } from '../../rollout/waves/former.ts';
import { hasHostPorts } from '../../rollout/waves/host-ports.ts';
import { type Subject, foreignRollout, otherChecks } from '../../rollout/waves/objection.ts';
import { type Plan, planOf, sizeOf } from '../../rollout/waves/plan.ts';
import { refusedEnd } from '../../rollout/waves/run.ts';
import { confirm } from '../frame/confirm.ts';
import type { RolloutReport } from './rollout-report.ts';
import { refuseWithoutPods, refuseWithoutRights } from './rollout-rights.ts';
import { pauseUnless, runPlan, underSignals } from './rollout-run.ts';
import {
  NO_TERWAY,
  type RolloutCall,
  type Situation,
  clusterFor,
  findWayBack,
  imageOf,
  look,
  subjectOf,
} from './rollout-situation.ts';
import type { Signals } from './signals.ts';

/**
 * Rolls out what is stored; undefined where only the plan was to be told. Rejects with ApiError and
 * UsageError.
 */
export async function rollOut(
  api: ApiServer,
  call: RolloutCall,
  report: RolloutReport,
): Promise<End | undefined> {
  const situation = await look(api, call);
  const back = await findWayBack(api, situation).catch(() => undefined);
  report.former = back && !back.isBack ? formerTextOf(back.former) : undefined;
  const { nodes, status } = situation;
  const plan = planOf(nodes, { only: call.nodes, maxUnavailable: call.maxUnavailable });
  const subject = subjectOf(situation);
  if (!subject) return refusedEnd(plan, NO_TERWAY);
  const objection = objectionTo(situation, subject, plan);
  if (objection !== undefined) return refusedEnd(plan, objection);
  report.tell({ kind: 'plan', plan });
  if (call.isDryRun) return undefined;
  await refuseWithoutRights(api, call);
  const size = sizeOf(plan);
  const image = await imageOf(api, call);
  const cluster = clusterFor(api, subject, call);
  const others = otherChecks(await cluster.checkPods());
  if (others !== undefined) return refusedEnd(plan, others);
  const names = new CheckNames();
  const parts = { names, image, hasHostPorts: hasHostPorts(subject.object, status.facts) };
  const [first] = plan.waves.flat();
  if (first !== undefined) {
    const pods = trialPods({ ...parts, name: names.next(), node: first }, image);
    await refuseWithoutPods(cluster, pods, call);
  }
  await report.printed();
  const question = `Restart Terway on ${size} of ${nodes.length} nodes?`;
  if (size > 0 && !call.isConfirmed && !(await confirm(question))) {
    return refusedEnd(plan, 'not confirmed');
  }
  return underSignals(report, async (signals) => {
    if (size > 0) await waitForMounts(situation.cluster, report, signals);
    return runPlan(plan, { api, call, subject, cluster, ...parts, nodes, report, signals });
  });
}

/** Why nothing may begin; one printable line. */
function objectionTo(
  { status }: Situation,
  { daemonSet }: Subject,
  { suspects }: Plan,
): string | undefined {
  if (!isAllWell(status)) return redText(status);
  const foreign = foreignRollout(daemonSet);
  if (foreign !== undefined) return foreign;
  const [suspect] = suspects;
  if (suspect === undefined) return undefined;
  return (
    `${printable(suspect, 253)} runs the stored chain or tries to, and its Terway pod is not ready: it may be harmed. ` +
    'Mend it, or go back with --rollback'
  );
}

function redText({ verdict, overlays }: StatusReport): string {
  const [denial] = denialsIn(verdict);
  const told = denial
    ? `${denial.rule}: ${shortened(denial.message.split('\n')[0] ?? '', 400)}`
    : `ConfigMaps that nodes name: ${String(overlays?.length ?? 0)}`;
  return `eni-config is not safe to restart on (${told}); eni-config-guard status tells all`;
}

/** What a new Terway pod reads may be as old as that; before then a restart might bring the former text. */
async function waitForMounts(
  { past }: ClusterNodes,
  report: RolloutReport,
  { first }: Signals,
): Promise<void> {
  const since = currentSince(past);
  const ms = since === undefined ? 0 : readSurelyFrom(since) - Date.now();
  if (ms <= 0) return;
  const why = 'eni-config has just changed, and kubelets may still hand out the former text';
  report.tell({ kind: 'wait', seconds: Math.ceil(ms / 1000), why });
  await pauseUnless(first, ms);
}
