import { DEFAULT_POLICY } from '../../src/engine/core/policy.ts';
import { deadEnds } from '../support/dead-ends.ts';
import { faultsOf } from '../support/fixes.ts';
import { verdictOn } from '../support/verdicts.ts';
import type { Write } from '../support/changes.ts';
import type { Document } from './documents.ts';
import { FACTS, changeOf } from './judged.ts';

/** Of more findings than these not every fix is tried out. */
const FIRST = 20;

/** What came of applying the fixes that are told for one write. */
export interface FixesTried {
  readonly document: Document;
  /** Findings whose fix a program can apply. */
  readonly applied: number;
  /** What was wrong with fixes, in words. */
  readonly faults: readonly string[];
}

/** Applies each fix that is told for a write, alone, and looks at what becomes of the write. */
export function tryFixes(document: Document): FixesTried {
  const change = changeOf(document);
  const judge = (write: Write) => verdictOn(write, FACTS).findings;
  const findings = judge(change);
  const tried = findings.slice(0, FIRST);
  return {
    document,
    applied: tried.filter(({ fix }) => fix.edits !== undefined).length,
    faults: tried.flatMap((finding) =>
      faultsOf(finding, change, findings, judge).map(
        (fault) => `${finding.rule}: ${finding.message}; fix: ${finding.fix.text}: ${fault}`,
      ),
    ),
  };
}

/** What is wrong with the ways out that the refusals of a write name, in words. */
export const deadEndsOf = (document: Document): string[] =>
  deadEnds({ change: changeOf(document), facts: FACTS, policy: DEFAULT_POLICY });
