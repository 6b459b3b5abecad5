import { CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import type { ReviewContext, Rule } from '../core/rule.ts';
import { confChanged } from './conf.ts';

/**
 * What a rule finds in the text of 10-terway.conf follows from its change: a text that is refused as
 * a whole is not gone into, and one that is let through is judged like any other.
 */
export function quietInRefusedConf(rule: Rule): Rule {
  if (rule === confChanged) return rule;
  return {
    ...rule,
    *check(context: ReviewContext): Generator<Problem> {
      for (const problem of rule.check(context)) {
        const isInside = problem.key === CONF_KEY && problem.at !== undefined;
        yield isInside ? { follows: confChanged.info.id, ...problem } : problem;
      }
    },
  };
}
