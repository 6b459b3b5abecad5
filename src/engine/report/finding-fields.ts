import { type ConfigMap, isSecretKey } from '../core/eni-config.ts';
import type { DecidedFinding, Finding, Severity } from '../core/finding.ts';
import { pathText } from '../reading/shown-path.ts';
import { linesOf } from './lines.ts';
import { printable } from '../text/text.ts';

/** A finding as fields: which rule spoke and where, never what stands there. */
export interface FindingFields {
  readonly rule: string;
  readonly severity: Severity;
  /** What it would have been with nothing switched down. */
  readonly unmodified: Severity;
  /** There before this write, in a document that the write leaves alone; absent otherwise. */
  readonly stored?: true;
  readonly key?: string;
  readonly path?: string;
  /** Both from 1, in the text under `key`. */
  readonly line?: number;
  readonly column?: number;
}

/** A chain can have thousands of findings; those beyond this many are counted. */
const MAX_FINDINGS = 20;

/** The same with what is wrong and what to do about it, where no secret can be. */
export interface ToldFinding extends FindingFields {
  readonly message?: string;
  readonly fix?: string;
}

export interface FindingList {
  readonly findings: readonly ToldFinding[];
  readonly findingsOmitted: number;
}

/** The most severe findings of a verdict, and how many there are beside them. */
export function toFindingFields(
  findings: readonly DecidedFinding[],
  object: ConfigMap | undefined,
): FindingList {
  const shown = mostSevere(findings);
  return {
    findings: shown.map((finding) => ({ ...fieldsOf(finding, object), ...wordsOf(finding) })),
    findingsOmitted: findings.length - shown.length,
  };
}

/** Of each text in a log line. */
const MAX_TEXT_LENGTH = 400;

/** What is said of a secret key stays out of the log, which many can read. */
export function wordsOf({ key, message, fix }: Finding): Pick<ToldFinding, 'message' | 'fix'> {
  if (key !== undefined && isSecretKey(key)) return {};
  const inOneLine = (text: string) => printable(text.replaceAll('\n', ' '), MAX_TEXT_LENGTH);
  return { message: inOneLine(message), fix: inOneLine(fix.text) };
}

/**
 * The first MAX_FINDINGS. What would refuse the write with nothing switched down comes before the
 * rest: in `mode: warn` it would drown in warnings.
 */
export function mostSevere(findings: readonly DecidedFinding[]): DecidedFinding[] {
  const isGrave = ({ baseSeverity }: DecidedFinding) => baseSeverity === 'deny';
  return [...findings.filter(isGrave), ...findings.filter((finding) => !isGrave(finding))].slice(
    0,
    MAX_FINDINGS,
  );
}

export function fieldsOf(finding: DecidedFinding, object: ConfigMap | undefined): FindingFields {
  const { rule, severity, baseSeverity, stored, key, path, at } = finding;
  const lines = key === undefined ? undefined : object && linesOf(object, key);
  return {
    rule,
    severity,
    unmodified: baseSeverity,
    ...(stored ? { stored } : {}),
    ...(key === undefined ? {} : { key: printable(key) }),
    ...(path === undefined ? {} : { path: printable(pathText(key, path), 400) }),
    ...(at === undefined ? {} : lines?.positionAt(at.offset)),
  };
}
