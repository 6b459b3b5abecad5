import {
  type Access,
  BREAK_GLASS_VERB,
  type BreakGlassAnswer,
  type BreakGlassRequest,
  type GrantedBreakGlass,
  UNTIL_ANNOTATION,
  readBreakGlassRequest,
  rejected,
} from '../engine/core/break-glass.ts';
import {
  type Change,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
  type User,
} from '../engine/core/eni-config.ts';
import type { Verdict } from '../engine/core/decide.ts';
import { prose } from '../engine/core/fix.ts';
import { printable } from '../engine/text/text.ts';

/** What decides on break-glass. */
export interface BreakGlassOptions {
  /** How far ahead a request may put its own end. */
  readonly maxMinutes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks whether the user may use it; bounded well below a webhook's 3 s. */
  readonly mayUse: (user: User) => Promise<Access>;
}

/**
 * The request that matters for a write with this verdict: that of the new object, for a DELETE of
 * the stored one, if the write would be refused without it or sets it. Otherwise undefined.
 */
export function relevantRequest(
  change: Change,
  { allowed }: Verdict,
): BreakGlassRequest | undefined {
  return allowed && !setsRequest(change) ? undefined : requestOf(change);
}

/**
 * A stored request covers an UPDATE that bears neither annotation: what `kubectl replace` writes
 * from a file that was saved before break-glass was opened. The write takes it away.
 */
const requestOf = (change: Change) => change.new?.breakGlass ?? change.old?.breakGlass;

/** Whether a write takes away the request that covers it. */
export const closesRequest = ({ operation, old, new: after }: Change): boolean =>
  operation === 'UPDATE' && old?.breakGlass !== undefined && after?.breakGlass === undefined;

/** Whether a write sets a request, or a part of it. Removing a part is not a request. */
function setsRequest(change: Change): boolean {
  const before = change.old?.breakGlass;
  const after = change.new?.breakGlass;
  return (['reason', 'until'] as const).some(
    (part) => after?.[part] !== undefined && after[part] !== before?.[part],
  );
}

/**
 * Reads a request, and asks whether the user may use it. If so, the answer is `granted` with the
 * request's reason and end. Only a request in order costs a question to the API server. Never rejects.
 */
export async function answerBreakGlass(
  request: BreakGlassRequest,
  user: User,
  granted: Pick<GrantedBreakGlass, 'status' | 'remains' | 'closes'>,
  options: BreakGlassOptions | undefined,
): Promise<BreakGlassAnswer> {
  if (!options) return rejected(UNTIL_ANNOTATION, SWITCHED_OFF, prose('remove both annotations'));
  const read = readBreakGlassRequest(request, options.now(), options.maxMinutes);
  if ('status' in read) return read;
  try {
    const access = await options.mayUse(user);
    return access.granted ? { ...granted, ...read } : lacksRight(user, access.failure);
  } catch {
    return lacksRight(user, 'the guard itself failed');
  }
}

/**
 * Whether break-glass may be used on a write, as far as can be told without a question to the API
 * server. The author of such a write wants exactly what was written.
 */
export function mayUseBreakGlass(change: Change, options: BreakGlassOptions | undefined): boolean {
  const request = change.operation === 'DELETE' ? undefined : requestOf(change);
  if (request === undefined || options === undefined) return false;
  return !('status' in readBreakGlassRequest(request, options.now(), options.maxMinutes));
}

const SWITCHED_OFF = "it is switched off in the guard's configuration (breakGlass.enabled)";

function lacksRight({ name }: User, failure: string | undefined): BreakGlassAnswer {
  const right = `"${BREAK_GLASS_VERB}" configmaps/${GUARDED_NAME} in ${GUARDED_NAMESPACE}`;
  return failure === undefined
    ? rejected(UNTIL_ANNOTATION, `${printable(name)} may not ${right}`)
    : rejected(
        UNTIL_ANNOTATION,
        `whether ${printable(name)} may ${right} could not be found out: ${printable(failure)}`,
        prose('try again; if it stays, make the guard reach the API server'),
      );
}
