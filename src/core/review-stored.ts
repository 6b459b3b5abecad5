import type { ConfigMap, User } from './config-map.ts';
import type { Facts } from './facts.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { type Verdict, createReview } from './review.ts';
import type { Rule, RuleInfo } from './rule.ts';

/**
 * Judges an object as it is stored, every document of it, as if somebody wrote it anew. Findings
 * that would refuse that write are those that take nodes down at the next restart of Terway. Pure,
 * synchronous and total, like `Review`.
 */
export type StoredReview = (object: ConfigMap, facts: Facts, policy: Policy) => Verdict;

/** Nobody is writing, so nobody is exempt either. */
const NOBODY: User = { name: '', groups: [] };

/** Builds `reviewStored()` from the same rules as `review()`, without remarks about a write. */
export function createStoredReview(rules: readonly Rule[], internalError: RuleInfo): StoredReview {
  const review = createReview(
    rules.filter(({ info }) => !info.onlyWhenAllowed),
    internalError,
  );
  return (object, facts, policy) =>
    review({ operation: 'CREATE', old: undefined, new: object, user: NOBODY }, facts, {
      ...policy,
      exempt: DEFAULT_POLICY.exempt,
    });
}
