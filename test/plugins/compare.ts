import type { Finding } from '../../src/engine/core/finding.ts';
import type { Case } from './cases.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { denials } from './guard.ts';
import { type Reasons, reasonsOf } from './reasons.ts';

/** A case, and the findings for which the guard denies it. */
export interface Disagreement {
  readonly one: Case;
  readonly findings: readonly Finding[];
}

/** The guard's verdict on each case, on a cluster that runs the case's release. */
export const withGuard = (cases: readonly Case[]): Disagreement[] =>
  cases.map((one) => ({ one, findings: denials(one, one.release) }));

/** What a binary refuses and the guard admits. */
export const falseAdmissions = (judged: readonly Disagreement[]): Disagreement[] =>
  judged.filter(({ one, findings }) => one.outcome === 'refused' && findings.length === 0);

/** What a binary accepts and the guard denies, by the reasons of it. */
export function falseDenials(judged: readonly Disagreement[]): Reasons<Disagreement> {
  const denied = judged.filter(
    ({ one, findings }) => one.outcome === 'accepted' && findings.length > 0,
  );
  return reasonsOf(denied, ({ one, findings }) =>
    findings.map(
      (finding) => EXCEPTIONS.find(({ covers }) => covers(finding, one, findings))?.name,
    ),
  );
}
