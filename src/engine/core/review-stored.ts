import type { ConfigMap, User } from './eni-config.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { type Verdict, createReview, denialsIn } from './review.ts';
import type { Rule, RuleInfo } from './rule.ts';

/**
 * Judges an object as it is stored, every document of it, as if somebody wrote it anew. Pure,
 * synchronous and total, like `Review`.
 */
export type StoredReview = (object: ConfigMap, facts: Facts, policy: Policy) => Verdict;

/**
 * The findings in a stored object that take nodes, or new pods, down at the next restart of Terway:
 * those that would refuse the write, but for what is merely ignored there.
 */
export const outagesIn = (verdict: Verdict): Finding[] =>
  denialsIn(verdict).filter(({ impact }) => impact === 'outage');

const NOTHING: ConfigMap = { data: new Map(), binaryData: new Map(), immutable: false };

/**
 * Whether Terway pods can restart on what is stored, which no mode changes: `mode: warn` lets a
 * write through, and the nodes go down all the same. What the operator said of single rules holds.
 * An object that does not exist lacks every key. Pure and total.
 */
export function judgeStored(
  review: StoredReview,
  object: ConfigMap | undefined,
  facts: Facts,
  policy: Policy,
): Verdict {
  return review(object ?? NOTHING, facts, { ...policy, mode: 'enforce' });
}

/** Nobody is writing, so nobody is exempt either. */
const NOBODY: User = { name: '', groups: [] };

/** Builds `reviewStored()` from the same rules as `review()`, without remarks about a write. */
export function createStoredReview(rules: readonly Rule[], internalError: RuleInfo): StoredReview {
  const review = createReview(
    rules.filter(({ info }) => !info.advisory),
    internalError,
  );
  return (object, facts, policy) =>
    review({ operation: 'CREATE', old: undefined, new: object, user: NOBODY }, facts, {
      ...policy,
      exempt: DEFAULT_POLICY.exempt,
    });
}
