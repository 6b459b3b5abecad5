import type { Verdict } from '../core/decide.ts';
import type { ConfigMap } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import type { DecidedFinding } from '../core/finding.ts';
import type { Position } from '../json/position.ts';

/** Where something stands in a file; `end` is behind its last character. */
export interface FilePlace {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

export interface LintedFinding {
  readonly finding: DecidedFinding;
  readonly place: FilePlace;
}

/** What `lint` has to say of one eni-config. */
export interface LintedObject {
  /** The file that it stands in, or the first of several. */
  readonly file: string;
  /** A change was judged; otherwise the state. */
  readonly isCompared: boolean;
  /** The object as it would be stored, whose lines findings quote. */
  readonly object: ConfigMap;
  readonly verdict: Verdict;
  /** What would be added to it; one line each. */
  readonly remarks: readonly string[];
  /** Those of the verdict, in its order. */
  readonly findings: readonly LintedFinding[];
}

export interface LintReport {
  readonly objects: readonly LintedObject[];
  readonly facts: Facts;
  /** Of the program, for formats that name it. */
  readonly version: string;
}

/** How many findings refuse, and how many only tell. */
export function totalsOf({ objects }: LintReport): {
  readonly denied: number;
  readonly told: number;
} {
  const all = objects.flatMap(({ verdict }) => verdict.findings);
  const denied = all.filter(({ severity }) => severity === 'deny').length;
  return { denied, told: all.length - denied };
}
