import { type ConfigMap, NO_CONTENT } from './eni-config.ts';
import { type Verdict, decide } from './decide.ts';
import type { Facts } from './facts.ts';
import type { DocumentReader } from '../json/document-reader.ts';
import type { ReviewSettings } from './policy.ts';
import { createReview } from './review.ts';
import type { Rule, RuleInfo } from './rule.ts';

/**
 * Whether Terway pods can restart on what is stored: the object is reviewed whole, every document of
 * it, as if it were created. No mode and no exemption changes that, as nodes go down all the same;
 * the settings of single rules hold. An object that does not exist (undefined) lacks every key.
 * Pure, synchronous and total, like `Review`.
 */
export type StoredReview = (
  object: ConfigMap | undefined,
  facts: Facts,
  settings: ReviewSettings,
  read?: DocumentReader,
) => Verdict;

/** Builds `reviewStored()` from the same rules as `review()`, without remarks about a write. */
export function createStoredReview(rules: readonly Rule[], internalError: RuleInfo): StoredReview {
  const review = createReview(
    rules.filter(({ info }) => !info.advisory),
    internalError,
  );
  return (object = NO_CONTENT, facts, settings, read) =>
    decide(review({ operation: 'CREATE', old: undefined, new: object }, facts, settings, read), {
      rules: settings.rules,
    });
}
