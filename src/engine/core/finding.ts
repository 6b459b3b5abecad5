import type { Fix } from './fix.ts';
import type { JsonPath } from '../json/path.ts';
import type { Range } from '../json/position.ts';

/** How hard a finding hits: `audit` is only recorded, `warn` is shown, `deny` refuses. */
export type Severity = 'audit' | 'warn' | 'deny';

/** The weakest first. */
export const SEVERITIES: readonly Severity[] = ['audit', 'warn', 'deny'];

export const weaker = (a: Severity, b: Severity): Severity =>
  SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b) ? a : b;

export const stronger = (a: Severity, b: Severity): Severity => (weaker(a, b) === a ? b : a);

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

/** A problem that a rule found. */
export interface Problem {
  /** The ConfigMap key it stands in; absent for the object as a whole. */
  readonly key?: string;
  /** The annotation it is about, where it is not about a key. */
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
  /** What is only guessed refuses nothing, whatever the policy makes of the rule. */
  readonly isGuess?: boolean;
  /** It comes from 10-terway.conf, which the first entry must equal, so it never denies either. */
  readonly isInherited?: boolean;
  /**
   * Where in the key's document stands what this refuses as a whole, empty for all of it: nothing
   * else is told of it, nor of what is compared with it, as long as this refuses.
   */
  readonly whole?: JsonPath;
  /** Weaker than the rule's own impact. */
  readonly impact?: 'no-effect';
  /** Keys of which one must have been touched for this to be the writer's doing; else `key`. */
  readonly dependsOn?: readonly string[];
}

/** A problem as `review` tells it, before any policy: a value that renderers turn into text. */
export interface Finding extends Omit<Problem, 'severity' | 'impact'> {
  readonly rule: string;
  readonly reason: CauseReason;
  /** As the rule has it. */
  readonly severity: Severity;
  readonly impact: Impact;
  readonly fix: Fix;
  /** It was in the stored object before: in a text that this write leaves alone, or without damage. */
  readonly stored: boolean;
  /** A remark about an accepted write: left out when the write is refused. */
  readonly advisory?: true;
}

/** A finding that `decide` has decided on. */
export interface DecidedFinding extends Finding {
  /** After the settings of its rule, the mode and an exemption. */
  readonly severity: Severity;
  /** Without what makes it milder: a mode, a weaker setting of its rule, an exemption. */
  readonly baseSeverity: Severity;
  /** What a writer without exemption hears in mode enforce. */
  readonly enforced: Severity;
  /** An exemption made a warning of it; otherwise it would refuse. */
  readonly exempted?: true;
}
