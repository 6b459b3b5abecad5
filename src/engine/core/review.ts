import { type Change, DOCUMENT_KEYS, touches } from './eni-config.ts';
import { createContext } from './context.ts';
import { errorName } from '../text/error-name.ts';
import type { Facts } from './facts.ts';
import type { Finding, Problem } from './finding.ts';
import type { readJson } from '../json/document.ts';
import type { ReviewSettings } from './policy.ts';
import { type ReviewContext, type Rule, type RuleInfo, findingOf } from './rule.ts';
import { printable } from '../text/text.ts';

/**
 * Finds what is wrong with a change, without regard to its author or the mode; `decide` says what
 * follows from that. Pure,
 * synchronous and total: never throws, does no I/O. `read` is shared by the reviews of one call.
 */
export type Review = (
  change: Change,
  facts: Facts,
  settings: ReviewSettings,
  read?: typeof readJson,
) => readonly Finding[];

/** Findings kept of one rule; a hostile document could otherwise yield one for every few bytes. */
const MAX_PROBLEMS_PER_RULE = 100;

/**
 * Builds `review()` from a list of rules. `internalError` describes the finding that stands for a
 * rule that threw: in enforce mode the write is refused as the guard's fault; no call ever fails.
 */
export function createReview(rules: readonly Rule[], internalError: RuleInfo): Review {
  return (change, facts, settings, read) => {
    const context = createContext(change, facts, settings, read);
    const findings: Finding[] = [];
    const report = (info: RuleInfo, problem: Problem) => {
      findings.push(findingOf(info, problem, isStored(change, problem)));
    };
    for (const rule of rules) {
      if (settings.rules.get(rule.info.id) !== 'off') run(rule, context, internalError, report);
    }
    return findings;
  };
}

function run(
  rule: Rule,
  context: ReviewContext,
  internalError: RuleInfo,
  report: (info: RuleInfo, problem: Problem) => void,
): void {
  let kept = 0;
  try {
    for (const problem of rule.check(context)) {
      report(rule.info, problem);
      kept += 1;
      if (kept === MAX_PROBLEMS_PER_RULE) return;
    }
  } catch (error) {
    report(internalError, {
      dependsOn: DOCUMENT_KEYS,
      message:
        `eni-config-guard itself failed while checking rule ${rule.info.id} ` +
        `(${printable(errorName(error), 40)}); your change may be fine`,
    });
  }
}

/** Whether a problem was there before the change, in texts that the change leaves alone. */
function isStored(change: Change, { key, dependsOn }: Problem): boolean {
  const keys = dependsOn ?? (key === undefined ? [] : [key]);
  return (
    change.operation === 'UPDATE' && keys.length > 0 && !keys.some((name) => touches(change, name))
  );
}
