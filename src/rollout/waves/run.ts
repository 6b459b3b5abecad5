import { AbortedError } from './check-node.ts';
import { type End, type RolloutEvent, failureOf } from './event.ts';
import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';
import {
  type Progress,
  type Rules,
  afterChecks,
  afterPause,
  afterRestart,
  afterSignal,
  nextStep,
  startOf,
} from './progress.ts';

/** What a rollout is done with. */
export interface RunParts {
  readonly rules: Rules;
  /** Restarts Terway on a node and checks the node; rejects with AbortedError alone. */
  readonly restart: (node: string) => Promise<Outcome>;
  /** Checks a node as it is; rejects with AbortedError alone. */
  readonly look: (node: string) => Promise<Outcome>;
  /** What has changed since the rollout began and forbids to go on; one printable line. */
  readonly objection: () => Promise<string | undefined>;
  /** Resolves when it may go on after the canary, with false when it may not. */
  readonly pause: () => Promise<boolean>;
  /** Whether a signal has asked for the end. */
  readonly isInterrupted: () => boolean;
  readonly tell: (event: RolloutEvent) => void;
}

/** Goes through the waves of a plan, and resolves with how that ended. */
export async function runRollout(plan: Plan, parts: RunParts): Promise<End> {
  const { tell } = parts;
  let progress = startOf(plan.waves, parts.rules, plan.looksFirstAt);
  const judge = async (node: string, judging: Promise<Outcome>) => {
    const outcome = await judging;
    progress = afterChecks(progress, node, outcome);
    tell({ kind: 'node', node, outcome });
  };
  try {
    for (;;) {
      if (parts.isInterrupted()) progress = afterSignal(progress);
      const step = nextStep(progress);
      switch (step.kind) {
        case 'end': {
          const end = endOf(plan, progress, step.how);
          if (step.how !== 'done' || progress.begun === 0) return { ...end, ...whyOf(step.why) };
          // Of what the last wave was given, too.
          const why = await parts.objection();
          return why === undefined ? end : { ...end, how: 'stopped', why };
        }
        case 'pause': {
          const goesOn = await parts.pause();
          if (!goesOn) return endOf(plan, progress, 'interrupted');
          progress = afterPause(progress);
          break;
        }
        case 'look':
          await judge(step.node, parts.look(step.node));
          break;
        case 'restart': {
          const why = await parts.objection();
          if (why !== undefined) return { ...endOf(plan, progress, 'stopped'), why };
          if (parts.isInterrupted()) break;
          tell({ kind: 'wave', number: progress.begun + 1, nodes: step.nodes });
          progress = afterRestart(progress);
          // Each of them ends, so that none is left half judged when one is broken off.
          const judged = await Promise.allSettled(
            step.nodes.map(async (node) => judge(node, parts.restart(node))),
          );
          for (const result of judged) if (result.status === 'rejected') throw result.reason;
          break;
        }
        case 'wait':
          throw new Error('a wave is judged as a whole');
      }
    }
  } catch (error) {
    if (error instanceof AbortedError) return endOf(plan, progress, 'aborted');
    throw error;
  }
}

const whyOf = (why: string | undefined) => (why === undefined ? {} : { why });

function endOf(plan: Plan, progress: Progress, how: End['how']): End {
  const { outcomes, underWay } = progress;
  const nodes = plan.waves.flat();
  const restarted = nodes.filter((node) => outcomes.has(node) || underWay.has(node));
  return {
    how,
    well: nodes.filter((node) => outcomes.get(node)?.kind === 'well').length,
    failures: [...outcomes].flatMap(([node, outcome]) => failureOf(node, outcome)),
    gone: nodes.filter((node) => outcomes.get(node)?.kind === 'gone').length,
    unjudged: [...underWay],
    untouched: nodes.length - restarted.length,
    leftOut: plan.leftOut.length,
  };
}

/** The end of a rollout that did not begin. */
export const refusedEnd = (plan: Plan | undefined, why: string): End => ({
  how: 'refused',
  why,
  well: 0,
  failures: [],
  gone: 0,
  unjudged: [],
  untouched: plan?.waves.flat().length ?? 0,
  leftOut: plan?.leftOut.length ?? 0,
});
