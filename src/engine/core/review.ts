import { type Change, DOCUMENT_KEYS, touches } from './eni-config.ts';
import { withAgent } from './agent.ts';
import { withTime } from './central-ipam.ts';
import { createContext } from './context.ts';
import { errorName } from '../text/error-name.ts';
import type { Facts } from './facts.ts';
import type { Finding, Problem } from './finding.ts';
import { withWays } from './fix.ts';
import { type DocumentReader, createDocumentReader } from '../json/document-reader.ts';
import type { ReviewSettings } from './policy.ts';
import { NO_PROBLEMS, type ReviewContext, type Rule, type RuleInfo, findingOf } from './rule.ts';
import { type StoredFindings, beforeOf, storedFindings } from './stored-findings.ts';
import { inNotation } from './notation.ts';
import { selection } from './selection.ts';
import { printable } from '../text/text.ts';
import { withOrigin } from './origin.ts';
import { withoutCredentials } from './without-credentials.ts';
import { withTriedFixes } from './tried-fixes.ts';

/**
 * Finds what is wrong with a change, without regard to its author or the mode; `decide` says what
 * follows from that. Pure, synchronous and total: never throws, does no I/O. `read` is shared by the reviews of one call.
 */
export type Review = (
  change: Change,
  facts: Facts,
  settings: ReviewSettings,
  read?: DocumentReader,
) => readonly Finding[];

/** Findings kept of one rule; a hostile document could otherwise yield one for every few bytes. */
const MAX_PROBLEMS_PER_RULE = 100;

/**
 * Builds `review()` from a list of rules. `internalError` describes the finding that stands for a
 * rule that threw: in enforce mode the write is refused as the guard's fault; no call ever fails.
 */
export function createReview(rules: readonly Rule[], internalError: RuleInfo): Review {
  const concernedBy = selection(rules);
  return (change, facts, settings, read = createDocumentReader()) => {
    const stored = beforeOf(change, facts, settings, read);
    const { rules: ruleSettings } = settings;
    const find = (judged: Change): readonly Finding[] => {
      const context = createContext(judged, facts, settings, read);
      const before = storedFindings(context, stored);
      const findings: Finding[] = [];
      const report: Report = (info, problem, isStored) => {
        const timed = withTime(problem, info, context);
        const written = inNotation(withOrigin(timed, info, context), context);
        const told = withAgent(withoutCredentials(written, info, context), info, context);
        findings.push(findingOf(info, told, isStored));
      };
      for (const rule of concernedBy(context)) {
        const isOn = ruleSettings.size === 0 || ruleSettings.get(rule.info.id) !== 'off';
        if (isOn) run(rule, context, before, internalError, report);
      }
      return findings;
    };
    return withTriedFixes(find(change), change, find, read);
  };
}

type Report = (info: RuleInfo, problem: Problem, isStored: boolean) => void;

/** The limit bounds what is told, not what is judged: a problem that refuses is looked for to the end. */
function run(
  rule: Rule,
  context: ReviewContext,
  before: StoredFindings,
  internalError: RuleInfo,
  report: Report,
): void {
  try {
    const problems = rule.check(context);
    if (problems === NO_PROBLEMS) return;
    const kept = { refusals: 0, others: 0 };
    for (const problem of problems) {
      const isFull = kept.others >= MAX_PROBLEMS_PER_RULE;
      const refuses = mayRefuse(rule.info, problem, context.policy);
      if (isFull && !refuses) continue;
      const isStored = before.has(rule, problem);
      const kind = refuses && !isStored ? 'refusals' : 'others';
      if (isFull && kind === 'others') continue;
      report(rule.info, problem, isStored);
      kept[kind] += 1;
      if (kept.refusals === MAX_PROBLEMS_PER_RULE) return;
    }
  } catch (error) {
    const problem = {
      dependsOn: DOCUMENT_KEYS,
      message:
        `eni-config-guard itself failed while checking rule ${rule.info.id} ` +
        `(${printable(errorName(error), 40)}); your change may be fine`,
      fix: withWays(internalError.fix, {
        kind: 'settings',
        settings: { rules: new Map([[rule.info.id, 'off']]) },
      }),
    } satisfies Problem;
    report(internalError, problem, !DOCUMENT_KEYS.some((key) => touches(context.change, key)));
  }
}

const mayRefuse = (info: RuleInfo, problem: Problem, { rules }: ReviewSettings) =>
  !problem.isGuess && (rules.get(info.id) ?? problem.severity ?? info.severity) === 'deny';
