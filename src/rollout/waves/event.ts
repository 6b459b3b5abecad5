import type { Check, Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';

/** What a rollout tells while it goes on; text.ts and json.ts have the words and the fields. */
export type RolloutEvent =
  | { readonly kind: 'plan'; readonly plan: Plan }
  /** Nothing happens for so long, for this reason. */
  | { readonly kind: 'wait'; readonly seconds: number; readonly why: string }
  | { readonly kind: 'wave'; readonly number: number; readonly nodes: readonly string[] }
  | { readonly kind: 'node'; readonly node: string; readonly outcome: Outcome }
  /** eni-config holds the texts of this revision again. */
  | { readonly kind: 'back'; readonly revision: number; readonly at: string }
  /** Nodes are looked at as they are, for harm. */
  | { readonly kind: 'search'; readonly nodes: readonly string[] }
  /** What is under way is brought to its end. */
  | { readonly kind: 'signal'; readonly underWay: readonly string[] }
  | { readonly kind: 'end'; readonly end: End };

/** How a rollout ended. */
export interface End {
  /**
   * `refused`: it did not begin; `stopped`: by a check or an objection; `interrupted`: by a signal, after
   * what was under way; `aborted`: by a second one, in the midst of it.
   */
  readonly how: 'done' | 'refused' | 'stopped' | 'interrupted' | 'aborted';
  /** Why it was refused or stopped, where no check says it; one printable line. */
  readonly why?: string;
  /** Nodes that were restarted and are well. */
  readonly well: number;
  readonly failures: readonly Failure[];
  /** Nodes that were restarted and not judged. */
  readonly unjudged: readonly string[];
  /** Nodes that were deleted meanwhile. */
  readonly gone: number;
  /** Nodes of the plan that were not restarted. */
  readonly untouched: number;
  readonly leftOut: number;
  /** After a rollback: nodes that are well and run the texts that were taken back. */
  readonly behind?: number;
}

/** A node that a check did not succeed on. */
export interface Failure {
  readonly node: string;
  readonly kind: 'harmed' | 'unchecked';
  readonly check: Check;
  /** What the kubelet says, or why the check could not be made; printable. */
  readonly said: string;
}

export const failureOf = (node: string, outcome: Outcome): readonly Failure[] => {
  if (outcome.kind === 'well' || outcome.kind === 'gone') return [];
  const { kind, check } = outcome;
  return [{ node, kind, check, said: kind === 'harmed' ? outcome.sentence : outcome.why }];
};
