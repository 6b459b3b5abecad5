import type { Bypass } from './break-glass.ts';
import { type Change, type ConfigMap, DOCUMENT_KEYS, type User, touches } from './eni-config.ts';
import { createContext } from './context.ts';
import { errorName } from '../text/error-name.ts';
import type { Exemption } from './exemption.ts';
import type { Facts } from './facts.ts';
import type { Finding, Problem, Severity } from './finding.ts';
import type { Policy } from './policy.ts';
import type { ReviewContext, Rule, RuleInfo } from './rule.ts';
import { type StoredFindings, storedFindings } from './stored-findings.ts';
import { withOrigin } from './origin.ts';
import { printable } from '../text/text.ts';

/** The answer to a change, as values; renderers make text of it. */
export interface Verdict {
  readonly allowed: boolean;
  /** Refusing findings first, then by key and place in the text. */
  readonly findings: readonly Finding[];
  /** Why nothing was refused; absent when the rules had their way. */
  readonly exemption?: Exemption;
  /** The object that was judged; renderers quote its lines. Absent for a DELETE. */
  readonly object?: ConfigMap;
}

/** The findings for which a write is refused. */
export const denialsIn = ({ findings }: Verdict): Finding[] =>
  findings.filter(({ severity }) => severity === 'deny');

/** Judges a change. Pure, synchronous and total: never throws, does no I/O. */
export type Review = (change: Change, facts: Facts, policy: Policy) => Verdict;

/** Findings kept of one rule; a hostile document could otherwise yield one for every few bytes. */
const MAX_PROBLEMS_PER_RULE = 100;

/**
 * Builds `review()` from a list of rules. `internalError` describes the finding that stands for a
 * rule that threw: in enforce mode the write is refused as the guard's fault; no call ever fails.
 */
export function createReview(rules: readonly Rule[], internalError: RuleInfo): Review {
  const remarks = new Set(rules.filter((r) => r.info.advisory).map((r) => r.info.id));
  return (change, facts, policy) => {
    const context = createContext(change, facts, policy);
    const exemption = exemptionOf(change.user, policy) ?? breakGlassOf(change.bypass);
    const findings: Finding[] = [];
    const before = storedFindings(context);
    const report: Report = (info, problem, isStored) => {
      const finding = judge(info, withOrigin(problem, context), context, exemption, isStored);
      if (finding) findings.push(finding);
    };
    for (const rule of rules) {
      if (policy.rules.get(rule.info.id) === 'off') continue;
      run(rule, context, before, internalError, report);
    }
    const denied = findings.some((finding) => finding.severity === 'deny');
    return {
      allowed: !denied,
      findings: findings
        .filter(({ rule, severity }) => !denied || severity === 'deny' || !remarks.has(rule))
        .sort(bySeverityThenPlace),
      ...(exemption === undefined ? {} : { exemption }),
      ...(change.new ? { object: change.new } : {}),
    };
  };
}

/** The weakest first. */
export const SEVERITIES: readonly Severity[] = ['audit', 'warn', 'deny'];

export const weaker = (a: Severity, b: Severity): Severity =>
  SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b) ? a : b;

const stronger = (a: Severity, b: Severity): Severity => (weaker(a, b) === a ? b : a);

/** By code units: the order must not depend on where the guard runs. */
const compareTexts = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

/**
 * A reader mends a text from its top; findings without a place come before it, and what is about the
 * object as a whole before all. Of warnings, those that are only let through come first: an answer
 * holds a limited number.
 */
function bySeverityThenPlace(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    Number(a.key !== undefined) - Number(b.key !== undefined) ||
    Number(b.exempted ?? false) - Number(a.exempted ?? false) ||
    compareTexts(a.key ?? '', b.key ?? '') ||
    (a.at?.offset ?? -1) - (b.at?.offset ?? -1)
  );
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
  const kept = { refusals: 0, others: 0 };
  try {
    for (const problem of rule.check(context)) {
      const isFull = kept.others >= MAX_PROBLEMS_PER_RULE;
      if (isFull && !mayRefuse(rule.info, problem, context.policy)) continue;
      const isStored = before.has(rule, problem);
      const kind =
        isStored || !mayRefuse(rule.info, problem, context.policy) ? 'others' : 'refusals';
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
    };
    report(internalError, problem, !DOCUMENT_KEYS.some((key) => touches(context.change, key)));
  }
}

const mayRefuse = (info: RuleInfo, problem: Problem, { rules }: Policy) =>
  !problem.isGuess && (rules.get(info.id) ?? problem.severity ?? info.severity) === 'deny';

/** Applies policy, stored state or guess, mode and exemption, in this order; undefined when switched off. */
function judge(
  info: RuleInfo,
  { isGuess, isInherited, ...problem }: Problem,
  { policy }: ReviewContext,
  exemption: Exemption | undefined,
  stored: boolean,
): Finding | undefined {
  const override = policy.rules.get(info.id);
  if (override === 'off') return undefined;
  const isMild = stored || (isGuess ?? isInherited ?? false);
  const own = isMild ? 'warn' : (problem.severity ?? info.severity);
  let ruled: Severity = override ?? own;
  if (isMild) ruled = weaker(ruled, 'warn');
  // A rule that the policy raises would refuse too, once the mode lets it.
  const unmodified = stronger(own, ruled);
  if (policy.mode !== 'enforce') ruled = weaker(ruled, policy.mode);
  const isExempted = ruled === 'deny' && exemption !== undefined;
  return {
    ...problem,
    rule: info.id,
    reason: info.reason,
    impact: problem.impact ?? info.impact,
    severity: isExempted ? 'warn' : ruled,
    unmodified,
    ...(isExempted ? { exempted: true } : {}),
    fix: problem.fix ?? info.fix,
    stored,
  };
}

/** Why nothing is refused to this user by name or group. */
export function exemptionOf({ name, groups }: User, { exempt }: Policy): Exemption | undefined {
  if (exempt.users.has(name)) return { source: 'user', name: printable(name) };
  const group = groups.find((member) => exempt.groups.has(member));
  return group === undefined ? undefined : { source: 'group', name: printable(group) };
}

/** Why nothing is refused where break-glass was used; undefined where it was not. */
export function breakGlassOf(bypass: Bypass | undefined): Exemption | undefined {
  if (bypass?.standing !== 'used') return undefined;
  return { source: 'break-glass', reason: bypass.reason, until: bypass.until };
}
