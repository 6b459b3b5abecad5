import type { ApiServer } from '../../kube/api.ts';
import { AbortedError, type CheckParts, checkNode } from '../../rollout/waves/check-node.ts';
import { CheckNames } from '../../rollout/waves/check-names.ts';
import { type End, failureOf } from '../../rollout/waves/event.ts';
import { exposedNodes } from '../../rollout/waves/harm.ts';
import { hasHostPorts } from '../../rollout/waves/host-ports.ts';
import { foreignRollout, otherChecks } from '../../rollout/waves/objection.ts';
import type { Outcome } from '../../rollout/waves/outcome.ts';
import { planOf } from '../../rollout/waves/plan.ts';
import { refusedEnd } from '../../rollout/waves/run.ts';
import { putFormerBack } from './former-texts.ts';
import type { RolloutReport } from './rollout-report.ts';
import { refuseWithoutRights } from './rollout-rights.ts';
import { type RunWith, checksOf, runPlan, underSignals } from './rollout-run.ts';
import {
  NO_TERWAY,
  type RolloutCall,
  clusterFor,
  findWayBack,
  imageOf,
  look,
  subjectOf,
} from './rollout-situation.ts';

/**
 * Puts the texts back that eni-config held before today's chain, through the guard, and restarts Terway on
 * the nodes that are harmed now, on no others. Rejects with ApiError and UsageError.
 */
export async function rollBack(
  api: ApiServer,
  call: RolloutCall,
  report: RolloutReport,
): Promise<End> {
  const before = await look(api, call);
  const way = await findWayBack(api, before);
  const subject = subjectOf(before);
  if (!subject) return refusedEnd(undefined, NO_TERWAY);
  if (!way) return refusedEnd(undefined, NO_HISTORY);
  const objection = foreignRollout(subject.daemonSet);
  if (objection !== undefined) return refusedEnd(undefined, objection);
  await refuseWithoutRights(api, call);
  const image = await imageOf(api, call);
  const cluster = clusterFor(api, subject, call);
  const others = otherChecks(await cluster.checkPods());
  if (others !== undefined) return refusedEnd(undefined, others);
  const refusal = way.isBack
    ? undefined
    : await putFormerBack(api, call, way.former, before.status.facts);
  if (refusal !== undefined) return refusedEnd(undefined, refusal);
  const { number: revision, at } = way.former;
  if (!way.isBack) report.tell({ kind: 'back', revision, at });

  const after = await look(api, call);
  const stored = subjectOf(after);
  if (!stored) return refusedEnd(undefined, NO_TERWAY);
  const exposed = exposedNodes(after.nodes).filter((name) => call.nodes?.includes(name) ?? true);
  return underSignals(report, async (signals) =>
    mend(exposed, {
      api,
      call: { ...call, pauseMs: undefined },
      subject: stored,
      cluster,
      names: new CheckNames(),
      image,
      hasHostPorts: hasHostPorts(stored.object, after.status.facts),
      nodes: after.nodes,
      report,
      signals,
    }),
  );
}

const NO_HISTORY =
  'the history holds no texts with another chain than today; put the former ones back by hand, then call ' +
  'rollout';

/** Finds out which of the nodes are harmed, and restarts those. */
async function mend(exposed: readonly string[], parts: RunWith): Promise<End> {
  const { report, nodes, call } = parts;
  report.tell({ kind: 'search', nodes: exposed });
  const all = planOf(nodes, { only: exposed, maxUnavailable: call.maxUnavailable, isRepair: true });
  const outcomes = new Map<string, Outcome>();
  try {
    for (let from = 0; from < exposed.length; from += all.maxUnavailable) {
      if (parts.signals.first.aborted) break;
      const some = exposed.slice(from, from + all.maxUnavailable);
      await lookAt(some, checksOf(parts), (node, outcome) => {
        outcomes.set(node, outcome);
        report.tell({ kind: 'node', node, outcome });
      });
    }
  } catch (error) {
    if (!(error instanceof AbortedError)) throw error;
  }
  const of = (kind: Outcome['kind']) => exposed.filter((node) => outcomes.get(node)?.kind === kind);
  const plan = planOf(nodes, {
    only: of('harmed'),
    maxUnavailable: call.maxUnavailable,
    isRepair: true,
  });
  report.tell({ kind: 'plan', plan });
  const end = await runPlan(plan, parts);
  const unchecked = of('unchecked').flatMap((node) => failureOf(node, outcomes.get(node) ?? WELL));
  const isWhole = outcomes.size === exposed.length;
  return {
    ...end,
    how: end.how === 'done' && !isWhole ? 'interrupted' : end.how,
    failures: [...end.failures, ...unchecked],
    unjudged: [...end.unjudged, ...exposed.filter((node) => !outcomes.has(node))],
    behind: of('well').length,
  };
}

const WELL: Outcome = { kind: 'well' };

async function lookAt(
  nodes: readonly string[],
  checks: CheckParts,
  seen: (node: string, outcome: Outcome) => void,
): Promise<void> {
  const looked = await Promise.allSettled(
    nodes.map(async (node) => seen(node, await checkNode(node, '', checks))),
  );
  for (const result of looked) if (result.status === 'rejected') throw result.reason;
}
