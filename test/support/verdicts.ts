import { type Verdict, decide } from '../../src/engine/core/decide.ts';
import { exemptionOf } from '../../src/engine/core/exemption.ts';
import { type Facts, NO_FACTS } from '../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../src/engine/core/policy.ts';
import type { Review } from '../../src/engine/core/review.ts';
import { BREAK_GLASS_RULES } from '../../src/engine/rules/break-glass.ts';
import { review as ownReview } from '../../src/engine/rules/index.ts';
import { ALICE, type Write } from './changes.ts';

/** The verdict on a write, as `/validate` comes to it; `review` may be one of fake rules. */
export function verdictOn(
  { user = ALICE, breakGlass, ...change }: Write,
  facts: Facts = NO_FACTS,
  policy = DEFAULT_POLICY,
  review: Review = ownReview,
): Verdict {
  const { rules, mode } = policy;
  return decide(review(change, facts, policy), {
    rules,
    mode,
    exemption: exemptionOf(user, policy),
    breakGlass: breakGlass && { answer: breakGlass, rules: BREAK_GLASS_RULES },
  });
}
