import type { BreakGlassAnswer } from './break-glass.ts';
import { type Exemption, exemptionBy } from './exemption.ts';
import {
  type DecidedFinding,
  type Finding,
  SEVERITIES,
  type Severity,
  stronger,
  weaker,
} from './finding.ts';
import { withWays } from './fix.ts';
import type { Policy } from './policy.ts';
import { type BreakGlassRule, findingOf } from './rule.ts';

/** What decides on findings. */
export interface DecisionInput {
  /** The settings of single rules. */
  readonly rules: Policy['rules'];
  /** A ceiling for every finding; without one it is as with `enforce`. */
  readonly mode?: Policy['mode'];
  /** That of the author, by name or group. */
  readonly exemption?: Exemption | undefined;
  /** What came of a break-glass request that mattered, and the rules about it. */
  readonly breakGlass?:
    { readonly answer: BreakGlassAnswer; readonly rules: readonly BreakGlassRule[] } | undefined;
}

/** The answer to a change, as values; renderers make text of it. */
export interface Verdict {
  readonly allowed: boolean;
  /** Refusing findings first, then by key and place in the text. */
  readonly findings: readonly DecidedFinding[];
  /** Why nothing was refused; absent when no exemption applies. */
  readonly exemption?: Exemption | undefined;
}

/** Decides what follows from the findings of a review. Pure, synchronous and total. */
export function decide(
  findings: readonly Finding[],
  { rules, mode = 'enforce', exemption: ofAuthor, breakGlass }: DecisionInput,
): Verdict {
  const exemption = ofAuthor ?? exemptionBy(breakGlass?.answer);
  const decided: DecidedFinding[] = [];
  for (const finding of withBreakGlass(findings, breakGlass)) {
    const setting = rules.get(finding.rule);
    if (setting !== 'off') decided.push(decideOn(finding, setting, mode, exemption));
  }
  const told = withoutFollowing(decided);
  const allowed = told.every(({ severity }) => severity !== 'deny');
  return {
    allowed,
    findings: told
      .filter(({ advisory, severity }) => allowed || severity === 'deny' || !advisory)
      .sort(bySeverityThenPlace),
    ...(exemption === undefined ? {} : { exemption }),
  };
}

/**
 * Without what follows from a refusal: what is refused as a whole is not gone into. Of several rules
 * that refuse one whole, the first one speaks. A write that is let through all the same is told how
 * the whole and the rest of the object differ, and when it acts.
 */
function withoutFollowing(findings: readonly DecidedFinding[]): readonly DecidedFinding[] {
  const wholes: DecidedFinding[] = [];
  for (const finding of findings) {
    const isWhole = finding.whole !== undefined && finding.enforced === 'deny';
    if (isWhole && !wholes.some((whole) => isAbout(finding, whole))) wholes.push(finding);
  }
  return findings.filter(
    (finding) => finding.advisory === true || !wholes.some((whole) => isAbout(finding, whole)),
  );
}

/** Whether a finding of another rule is about what `whole` refuses, or about a comparison with it. */
function isAbout(
  finding: DecidedFinding,
  { key, rule, severity, whole = [] }: DecidedFinding,
): boolean {
  if (finding.rule === rule || key === undefined) return false;
  if (whole.length === 0) {
    const isComparison = finding.dependsOn?.includes(key) ?? false;
    return finding.key === key || (severity === 'deny' && isComparison);
  }
  const path = finding.path ?? [];
  return finding.key === key && whole.every((step, index) => path[index] === step);
}

/** The findings for which a write is refused. */
export const denialsIn = ({ findings }: Verdict): DecidedFinding[] =>
  findings.filter(({ severity }) => severity === 'deny');

/**
 * The findings in a stored object that take nodes, or new pods, down at the next restart of Terway:
 * those that would refuse the write, but for what is merely ignored there.
 */
export const outagesIn = (verdict: Verdict): DecidedFinding[] =>
  denialsIn(verdict).filter(({ impact }) => impact === 'outage');

/** A request without effect is told before what it does not exempt from; a remark comes last. */
function withBreakGlass(
  findings: readonly Finding[],
  breakGlass: DecisionInput['breakGlass'],
): readonly Finding[] {
  if (!breakGlass) return findings;
  const { answer, rules } = breakGlass;
  const told = rules.flatMap((rule) =>
    [...rule.check(answer)].map((problem) => findingOf(rule.info, problem, false)),
  );
  return answer.status === 'rejected' ? [...told, ...findings] : [...findings, ...told];
}

/** Applies the rule's setting, then the mode, then the exemption. */
function decideOn(
  finding: Finding,
  setting: Severity | undefined,
  mode: Policy['mode'],
  exemption: Exemption | undefined,
): DecidedFinding {
  // What is stored already, only guessed, or taken over from 10-terway.conf never refuses.
  const isMild = finding.stored || (finding.isGuess ?? false) || (finding.isInherited ?? false);
  const most = isMild ? 'warn' : 'deny';
  const own = isMild ? 'warn' : finding.severity;
  const ruled = weaker(setting ?? own, most);
  const applied = mode === 'enforce' ? ruled : weaker(ruled, mode);
  const isExempted = applied === 'deny' && exemption !== undefined;
  return {
    ...(ruled === 'deny' && own !== 'deny' ? raised(finding) : finding),
    severity: isExempted ? 'warn' : applied,
    // A rule that its setting raises would refuse too, once the mode lets it.
    baseSeverity: stronger(own, ruled),
    enforced: ruled,
    ...(isExempted ? { exempted: true } : {}),
  };
}

/** A warning that the guard's configuration makes a refusal says so: that is where it is let through. */
function raised(finding: Finding): Finding {
  const { rule, message, fix } = finding;
  return {
    ...finding,
    message: `${message}; rules: {${rule}: deny} in the guard's configuration refuses it`,
    fix: withWays(fix, { kind: 'settings', settings: { rules: new Map([[rule, 'warn']]) } }),
  };
}

/** By code units: the order must not depend on where the guard runs. */
const compareTexts = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

/**
 * A reader mends a text from its top; findings without a place come before it, and what is about the
 * object as a whole before all. Of warnings, those that are only let through come first: an answer
 * holds a limited number.
 */
function bySeverityThenPlace(a: DecidedFinding, b: DecidedFinding): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    Number(a.key !== undefined) - Number(b.key !== undefined) ||
    Number(b.enforced === 'deny') - Number(a.enforced === 'deny') ||
    compareTexts(a.key ?? '', b.key ?? '') ||
    (a.at?.offset ?? -1) - (b.at?.offset ?? -1)
  );
}
