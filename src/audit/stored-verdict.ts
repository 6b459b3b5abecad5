import type { ConfigMap } from '../core/config-map.ts';
import type { Facts } from '../core/facts.ts';
import type { Policy } from '../core/policy.ts';
import type { StoredReview } from '../core/review-stored.ts';
import type { Verdict } from '../core/review.ts';

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
