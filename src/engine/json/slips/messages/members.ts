import type { WordSlip } from '../bare-words.ts';
import type { Opening } from '../brackets.ts';
import { type Slip, inserting, range, replacing } from '../slip.ts';
import { type Span, behind, rangeOf } from '../span.ts';

/** The words and edits for what is wrong with names and values. */

/** A word without quotes in the place of a value. */
export function bareWord({ kind, message, fix, json }: WordSlip, { start, end }: Span): Slip {
  const slip = { kind, message, fix, at: range(start, end) };
  if (json === undefined) return slip;
  return { ...slip, paste: json, edits: [replacing(start, end, json)] };
}

/** A name without quotes. */
export function unquotedName(text: string, { start, end }: Span): Slip {
  const json = JSON.stringify(text.slice(start, end));
  return {
    kind: 'unquoted-name',
    message: 'unquoted name: double quotes are missing around it',
    fix: 'put double quotes around the name',
    at: range(start, end),
    paste: json,
    edits: [replacing(start, end, json)],
  };
}

/** The next line begins with a name. */
export const missingValueBeforeLine = (at: number): Slip => ({
  kind: 'missing-value',
  message: 'missing value after a colon: the next line begins with a name',
  fix: 'write the value here, with a comma behind it; or put { } around the members that belong here',
  at: behind(at),
});

export const missingValue = (at: number): Slip => ({
  kind: 'missing-value',
  message: 'missing value after a colon',
  fix: 'write the value here, or remove the name and the colon',
  at: behind(at),
});

export const missingColonAndValue = (at: number): Slip => ({
  kind: 'missing-value',
  message: 'missing value: a name stands here without a colon and a value',
  fix: 'write a colon and the value behind the name, or remove the name',
  at: behind(at),
});

export const missingName = (colon: Span): Slip => ({
  kind: 'missing-name',
  message: 'missing name: a colon stands here without a name before it',
  fix: 'write the name of the member before the colon, in double quotes',
  at: rangeOf(colon),
});

/** An object or a list where the name of a member is expected. */
export interface Nameless {
  readonly mark: Opening;
  readonly at: number;
  /** The closing bracket of a list right before it, which it may belong to. */
  readonly list: number | undefined;
  /** Behind its own closing bracket. */
  readonly end: number | undefined;
  readonly hasComma: boolean;
}

export function valueWithoutName({ mark, at, list, end, hasComma }: Nameless): Slip {
  const what = mark === '{' ? 'an object' : 'a list';
  const slip = { kind: 'missing-name', at: range(at, at + 1) } as const;
  if (list === undefined) {
    return {
      ...slip,
      message: `missing name: ${what} stands where the name of a member is expected`,
      fix: 'write a name in double quotes and a colon before it, or remove the bracket if it is one too many',
    };
  }
  return {
    ...slip,
    message: (place) =>
      `missing name: ${what} stands behind the list that ends in ${place(list)}, as a member without a name`,
    fix: (place) => `move the ] of ${place(list)} behind it, so that it belongs to the list`,
    ...(end === undefined
      ? {}
      : { edits: [replacing(list, list + 1, hasComma ? '' : ','), inserting(end, ']')] }),
  };
}

export const secondValue = (span: Span): Slip => ({
  kind: 'unexpected-token',
  message: 'unexpected token: this stands behind a value and is no member, as no colon follows it',
  fix: 'remove it; or, if it belongs to the value, put both into one pair of double quotes',
  at: rangeOf(span),
});

/** What can't be read, nor what follows it. */
export const unexpected = (what: string, span: Span): Slip => ({
  kind: 'unexpected-token',
  message: `unexpected token: ${what}`,
  fix: 'write one "name": value for each member, with commas between them',
  at: rangeOf(span),
});
