import type { Fix } from './fix.ts';
import type { JsonPath } from '../json/path.ts';
import type { Range } from '../json/position.ts';

/** How hard a finding hits: `audit` is only recorded, `warn` is shown, `deny` refuses. */
export type Severity = 'audit' | 'warn' | 'deny';

/**
 * What a finding means for a cluster that runs on the object: with an `outage` pods or nodes fail to
 * start, or may fail; with `no-effect` they start all the same, and what it is about is ignored.
 * Terway pods can restart safely while nothing that is denied is an outage.
 */
export type Impact = 'outage' | 'no-effect';

/** The machine-readable reason of a StatusCause, as the API server uses them. */
export type CauseReason =
  | 'FieldValueInvalid'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTypeInvalid'
  | 'FieldValueTooLong'
  | 'InternalError';

/** A problem found by a rule, before policy is applied. */
export interface Problem {
  /** The ConfigMap key it stands in; absent for the object as a whole. */
  readonly key?: string;
  /** The annotation it is about, where it is about none of the keys. */
  readonly annotation?: string;
  /** Where in the key's JSON document. */
  readonly path?: JsonPath;
  /** Where in the key's text. */
  readonly at?: Range;
  /** One or more sentences without a final full stop; user text in it is already printable. */
  readonly message: string;
  /** What to do, if it is more than the rule's general remedy. */
  readonly fix?: Fix;
  /** Weaker or stronger than the rule's own severity, for what is not known for sure. */
  readonly severity?: 'warn' | 'deny';
  /** It rests on an estimate, so it never denies, whatever the policy says of the rule. */
  readonly isGuess?: boolean;
  /** It comes from 10-terway.conf, which the first entry must equal, so it never denies either. */
  readonly isInherited?: boolean;
  /** Weaker than the rule's own impact. */
  readonly impact?: 'no-effect';
  /** Keys of which one must have been touched for this to be the writer's doing; else `key`. */
  readonly dependsOn?: readonly string[];
}

/** A problem as judged: a value that renderers turn into text, JSON or log fields. */
export interface Finding extends Omit<Problem, 'severity' | 'isGuess' | 'isInherited' | 'impact'> {
  readonly rule: string;
  readonly reason: CauseReason;
  /** After policy, mode and exemption. */
  readonly severity: Severity;
  /** What it would be with nothing switched down: no mode, no weaker rule, nobody exempt. */
  readonly unmodified: Severity;
  readonly impact: Impact;
  readonly fix: Fix;
  /** It would refuse, were it not for the writer's exemption. */
  readonly exempted?: true;
  /** It was in the stored object before: in a text that this write leaves alone, or without damage. */
  readonly stored: boolean;
}
