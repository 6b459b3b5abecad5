import {
  type Access,
  BYPASS_UNTIL,
  BYPASS_VERB,
  type Bypass,
  type BypassNote,
  notHonoured,
  readBypassNote,
} from '../engine/core/break-glass.ts';
import {
  type Change,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
  type User,
} from '../engine/core/eni-config.ts';
import { prose } from '../engine/core/fix.ts';
import type { Verdict } from '../engine/core/review.ts';
import { printable } from '../engine/text/text.ts';

/** What decides on break-glass. */
export interface BreakGlass {
  /** How far ahead a note may put its own end. */
  readonly maxMinutes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks whether the user may `bypass` the guarded object; bounded well below a webhook's 3 s. */
  readonly mayBypass: (user: User) => Promise<Access>;
}

/**
 * What comes of a write's break-glass note, after a first verdict: undefined when the note does not
 * matter, because nothing is refused and the write did not put it there. Only a note in order costs
 * a question to the API server, so only then there is something to wait for.
 */
export function bypassOf(
  change: Change,
  { allowed }: Verdict,
  breakGlass: BreakGlass | undefined,
): Bypass | Promise<Bypass> | undefined {
  const note = (change.new ?? change.old)?.bypass;
  if (note === undefined || (allowed && !setsNote(change))) return undefined;
  return judgeNote(note, change.user, allowed ? 'open' : 'used', breakGlass);
}

/** Reads a note, and asks whether the user may use it; `standing` is what it then has. */
export function judgeNote(
  note: BypassNote,
  user: User,
  standing: 'used' | 'open',
  breakGlass: BreakGlass | undefined,
): Bypass | Promise<Bypass> {
  if (!breakGlass) return notHonoured(BYPASS_UNTIL, SWITCHED_OFF, prose('remove both annotations'));
  const read = readBypassNote(note, breakGlass.now(), breakGlass.maxMinutes);
  if ('standing' in read) return read;
  return breakGlass.mayBypass(user).then(
    (access) => (access.granted ? { standing, ...read } : lacksRight(user, access.failure)),
    () => lacksRight(user, 'the guard itself failed'),
  );
}

/**
 * Whether break-glass may come to be used on a write, as far as can be told without asking anybody:
 * whoever writes under it wants what was written, and nothing else.
 */
export function mayBeBypassed(change: Change, breakGlass: BreakGlass | undefined): boolean {
  const note = change.new?.bypass;
  if (note === undefined || breakGlass === undefined) return false;
  return !('standing' in readBypassNote(note, breakGlass.now(), breakGlass.maxMinutes));
}

const SWITCHED_OFF = "it is switched off in the guard's configuration (breakGlass.enabled)";

/** Taking a part of the note away is nobody's claim. */
function setsNote(change: Change): boolean {
  const before = change.old?.bypass;
  const after = change.new?.bypass;
  return (['reason', 'until'] as const).some(
    (part) => after?.[part] !== undefined && after[part] !== before?.[part],
  );
}

function lacksRight({ name }: User, failure: string | undefined): Bypass {
  const right = `"${BYPASS_VERB}" configmaps/${GUARDED_NAME} in ${GUARDED_NAMESPACE}`;
  return failure === undefined
    ? notHonoured(BYPASS_UNTIL, `${printable(name)} may not ${right}`)
    : notHonoured(
        BYPASS_UNTIL,
        `whether ${printable(name)} may ${right} could not be found out: ${printable(failure)}`,
        prose('try again; if it stays, make the guard reach the API server'),
      );
}
