import type { Problem } from '../../src/engine/core/finding.ts';
import { prose } from '../../src/engine/core/fix.ts';
import { NO_FACTS } from '../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/engine/core/policy.ts';
import type { Verdict } from '../../src/engine/core/decide.ts';
import { createReview } from '../../src/engine/core/review.ts';
import type { Rule, RuleInfo } from '../../src/engine/core/rule.ts';
import { update } from './changes.ts';
import { verdictOn } from './verdicts.ts';

/** Rules made for one test, to try the engine alone. */

export function info(id: string, more: Partial<RuleInfo> = {}): RuleInfo {
  return {
    id,
    title: 'A fake rule',
    why: 'For tests.',
    fix: prose('the general remedy'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
    ...more,
  };
}

/** A fake rule that always finds the given problems. */
export function fakeRule(
  id: string,
  problems: readonly Problem[],
  more: Partial<RuleInfo> = {},
): Rule {
  return { info: info(id, more), check: () => problems };
}

const GUARD_ERROR = info('guard-error', {
  reason: 'InternalError',
  fix: prose('please report it'),
});

export const OLD = {
  '10-terway.conf': 'old conf',
  '10-terway.conflist': 'old chain',
  eni_conf: 'old',
};
export const NEW = { ...OLD, '10-terway.conflist': 'new chain' };
export const CHANGE = update(OLD, NEW);

export const policyWith = (policy: Partial<Policy>): Policy => ({ ...DEFAULT_POLICY, ...policy });

export function review(rules: readonly Rule[], policy = DEFAULT_POLICY, change = CHANGE): Verdict {
  return verdictOn(change, NO_FACTS, policy, createReview(rules, GUARD_ERROR));
}

export const IN_CHAIN: Problem = { key: '10-terway.conflist', message: 'a problem in the chain' };
