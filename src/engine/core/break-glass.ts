import { isObject } from '../text/is-object.ts';
import { type Fix, paste, prose } from './fix.ts';
import { printable, quoted } from '../text/text.ts';

/**
 * Break-glass: two annotations on the guarded object, with which those who hold the right may have
 * what would be refused let through, for a bounded time.
 */
export const BYPASS_REASON = 'eni-config-guard/bypass-reason';
export const BYPASS_UNTIL = 'eni-config-guard/bypass-until';

/** The verb on the guarded object that lets somebody use break-glass. */
export const BYPASS_VERB = 'bypass';

/** Whether somebody holds a right; `failure` says in a few words why nobody could tell. */
export type Access =
  { readonly granted: true } | { readonly granted: false; readonly failure?: string };

/** The two annotations as they stand, one of them at least. */
export interface BypassNote {
  readonly reason: string | undefined;
  /** RFC 3339, if it is well-formed. */
  readonly until: string | undefined;
}

/** What came of a note that mattered for a write. */
export type Bypass =
  | {
      /** `used`: something would have been refused; `open`: it was set, and nothing was refused. */
      readonly standing: 'used' | 'open';
      /** Printable and bounded. */
      readonly reason: string;
      /** RFC 3339 in UTC, whole seconds. */
      readonly until: string;
    }
  | NotHonoured;

/** A note that counts for nothing. */
export interface NotHonoured {
  readonly standing: 'refused';
  /** Which of the two annotations it is about. */
  readonly annotation: string;
  /** Printable, without a final full stop. */
  readonly why: string;
  readonly fix?: Fix;
}

/** The note among an object's annotations; undefined when it bears neither of the two. */
export function bypassNoteIn(annotations: unknown): BypassNote | undefined {
  if (!isObject(annotations)) return undefined;
  const textOf = (key: string) => {
    const text = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    return typeof text === 'string' ? text : undefined;
  };
  const note = { reason: textOf(BYPASS_REASON), until: textOf(BYPASS_UNTIL) };
  return note.reason === undefined && note.until === undefined ? undefined : note;
}

const MINUTE_MS = 60_000;
/** What a remedy suggests: time enough to mend something by hand. */
const SUGGESTED_MINUTES = 60;

/**
 * Reads a note at the moment `now` (milliseconds since 1970). It is open when it has a reason and
 * ends in the future, at most `maxMinutes` ahead; who may use it is not looked at here.
 */
export function readBypassNote(
  { reason, until }: BypassNote,
  now: number,
  maxMinutes: number,
): { readonly reason: string; readonly until: string } | NotHonoured {
  const suggested = isoTime(now + Math.min(SUGGESTED_MINUTES, maxMinutes) * MINUTE_MS);
  const wrongEnd = (why: string) =>
    notHonoured(BYPASS_UNTIL, why, paste(`"${BYPASS_UNTIL}": "${suggested}"`));
  if (reason === undefined || reason.trim() === '') {
    return notHonoured(BYPASS_REASON, `there is no reason in ${BYPASS_REASON}`, REASON_FIX);
  }
  if (until === undefined) return wrongEnd(`there is no end in ${BYPASS_UNTIL}`);
  const end = parseTime(until);
  if (end === undefined) return wrongEnd(`${quoted(until)} is no time such as ${suggested}`);
  if (end <= now) return wrongEnd(`it expired at ${isoTime(end)}`);
  if (end > now + maxMinutes * MINUTE_MS) {
    return wrongEnd(
      `${isoTime(end)} is too far ahead; at most ${maxMinutes} minutes are allowed ` +
        '(breakGlass.maxMinutes)',
    );
  }
  return { reason: printable(reason.trim()), until: isoTime(end) };
}

const REASON_FIX = prose(`say why, for the audit trail: annotation ${BYPASS_REASON}`);

export function notHonoured(annotation: string, why: string, fix?: Fix): NotHonoured {
  return { standing: 'refused', annotation, why, ...(fix === undefined ? {} : { fix }) };
}

/** RFC 3339, section 5.6; Date alone would also take a day without a time, or words. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

function parseTime(text: string): number | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}

const isoTime = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
