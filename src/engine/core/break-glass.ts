import { isObject } from '../text/is-object.ts';
import { printable, quoted } from '../text/text.ts';
import { inSeconds } from '../text/timestamp.ts';
import { type Fix, paste, prose } from './fix.ts';

/**
 * Break-glass: two annotations on the guarded object, with which those who hold a right may make a
 * write that would be refused, for a bounded time. Annotations, verb and rules are named `bypass`.
 */
export const REASON_ANNOTATION = 'eni-config-guard/bypass-reason';
export const UNTIL_ANNOTATION = 'eni-config-guard/bypass-until';

/** The verb on the guarded object that gives the right to use break-glass. */
export const BREAK_GLASS_VERB = 'bypass';

/** Whether a user holds a right; `failure` says in a few words why that could not be found out. */
export type Access =
  { readonly granted: true } | { readonly granted: false; readonly failure?: string };

/** The two annotations as they stand on an object, one of them at least. */
export interface BreakGlassRequest {
  readonly reason: string | undefined;
  /** RFC 3339, if it is well-formed. */
  readonly until: string | undefined;
}

/** What came of a request that mattered for a write. */
export type BreakGlassAnswer = GrantedBreakGlass | RejectedBreakGlass;

export interface GrantedBreakGlass {
  /** `used`: the write would have been refused; `opened`: it set the annotations, no more. */
  readonly status: 'used' | 'opened';
  /** Printable and bounded. */
  readonly reason: string;
  /** RFC 3339 in UTC, whole seconds. */
  readonly until: string;
  /** Whether the annotations are still there after the write; a DELETE takes them away. */
  readonly remains: boolean;
  /** The write bears none of the stored annotations, so that break-glass ends with it. */
  readonly closes?: boolean;
}

/** A request that has no effect. */
export interface RejectedBreakGlass {
  readonly status: 'rejected';
  /** Which of the two annotations it is about. */
  readonly annotation: string;
  /** Printable, without a final full stop. */
  readonly why: string;
  readonly fix?: Fix;
}

/** The request among an object's annotations; undefined when it bears neither of the two. */
export function breakGlassRequestIn(annotations: unknown): BreakGlassRequest | undefined {
  if (!isObject(annotations)) return undefined;
  const textOf = (key: string) => {
    const text = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    return typeof text === 'string' ? text : undefined;
  };
  const request = { reason: textOf(REASON_ANNOTATION), until: textOf(UNTIL_ANNOTATION) };
  return request.reason === undefined && request.until === undefined ? undefined : request;
}

const MINUTE_MS = 60_000;
/** What a remedy suggests: time enough to mend something by hand. */
const SUGGESTED_MINUTES = 60;

/**
 * Reads a request at the moment `now` (milliseconds since 1970). It is in order when it has a reason
 * and ends in the future, at most `maxMinutes` ahead; who may use it is not looked at here.
 */
export function readBreakGlassRequest(
  { reason, until }: BreakGlassRequest,
  now: number,
  maxMinutes: number,
): Pick<GrantedBreakGlass, 'reason' | 'until'> | RejectedBreakGlass {
  const suggested = inSeconds(now + Math.min(SUGGESTED_MINUTES, maxMinutes) * MINUTE_MS);
  const wrongEnd = (why: string) =>
    rejected(UNTIL_ANNOTATION, why, paste(`"${UNTIL_ANNOTATION}": "${suggested}"`));
  if (reason === undefined || reason.trim() === '') {
    return rejected(REASON_ANNOTATION, `there is no reason in ${REASON_ANNOTATION}`, REASON_FIX);
  }
  if (until === undefined) return wrongEnd(`there is no end in ${UNTIL_ANNOTATION}`);
  const end = parseTime(until);
  if (end === undefined) return wrongEnd(`${quoted(until)} is no time such as ${suggested}`);
  if (end <= now) return wrongEnd(`it expired at ${inSeconds(end)}`);
  if (end > now + maxMinutes * MINUTE_MS) {
    return wrongEnd(
      `${inSeconds(end)} is too far ahead; at most ${maxMinutes} minutes are allowed ` +
        '(breakGlass.maxMinutes)',
    );
  }
  return { reason: printable(reason.trim()), until: inSeconds(end) };
}

const REASON_FIX = prose(`say why, for the audit trail: annotation ${REASON_ANNOTATION}`);

export function rejected(annotation: string, why: string, fix?: Fix): RejectedBreakGlass {
  return { status: 'rejected', annotation, why, ...(fix === undefined ? {} : { fix }) };
}

/** RFC 3339, section 5.6; Date alone would also take a day without a time, or words. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

function parseTime(text: string): number | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}
