import type { Verdict } from '../../src/engine/core/decide.ts';
import type { DecidedFinding } from '../../src/engine/core/finding.ts';
import { prose } from '../../src/engine/core/fix.ts';

/** Findings and verdicts as values, for tests of how they are told. */

/** A refusal for what stands in plugins[1], but for `members`. */
export function finding(members: Partial<DecidedFinding> = {}): DecidedFinding {
  return {
    key: '10-terway.conflist',
    path: ['plugins', 1],
    message: 'this is wrong',
    rule: 'plugin-typo',
    reason: 'FieldValueInvalid',
    severity: 'deny',
    baseSeverity: 'deny',
    enforced: members.severity ?? 'deny',
    impact: 'outage',
    fix: prose('mend it'),
    stored: false,
    ...members,
  };
}

export function verdict(...findings: DecidedFinding[]): Verdict {
  return {
    allowed: !findings.some(({ severity }) => severity === 'deny'),
    findings,
  };
}
