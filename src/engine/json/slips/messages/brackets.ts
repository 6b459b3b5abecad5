import { type Closing, type Opened, closingOf, named } from '../brackets.ts';
import type { TextEdit } from '../../edit.ts';
import { type Slip, inserting, range, removing, replacing } from '../slip.ts';
import { type Span, behind, rangeOf } from '../span.ts';

/** The words and edits for what is wrong with braces and brackets. */

export const mistypedBracket = (mark: Closing, span: Span, opened: Opened): Slip => ({
  kind: 'mismatched-bracket',
  message: (place) =>
    `mismatched bracket: ${mark} stands where ${closingOf(opened.mark)} has to close the ${opened.mark} of ${place(opened.offset)}`,
  fix: `write ${closingOf(opened.mark)} instead`,
  paste: closingOf(opened.mark),
  at: rangeOf(span),
  edits: [replacing(span.start, span.end, closingOf(opened.mark))],
});

/** Closing brackets that close nothing; `open` is what is open where they stand. */
export const extraBrackets = (
  mark: Closing,
  spans: readonly [Span, ...Span[]],
  open: Opened | undefined,
): Slip => ({
  kind: 'extra-bracket',
  message: open
    ? (place) =>
        `extra closing ${named(mark)}: it does not fit the ${open.mark} of ${place(open.offset)}, which is closed further on`
    : `extra closing ${named(mark)}: no bracket is open that it could close`,
  fix: spans.length > 1 ? `remove these ${spans.length} brackets` : `remove this ${mark}`,
  at: rangeOf(spans[0]),
  edits: spans.map(({ start, end }) => removing(start, end)),
});

/** A closing bracket too many, which may be one further up as well. */
export const doubtfulBracket = (
  mark: Closing,
  span: Span,
  early: { readonly at: number },
): Slip => ({
  kind: 'extra-bracket',
  message: `extra closing ${named(mark)}: one of those up to here is too many`,
  fix: (place) =>
    `remove this ${mark}; or, if what follows it belongs to the same object, the one of ${place(early.at)}`,
  at: rangeOf(span),
});

/** A bracket that closes too early what goes on behind it. */
export const earlyClosing = (mark: Closing, at: number): Slip => ({
  kind: 'extra-bracket',
  message: `extra closing ${named(mark)}: what it closes goes on behind it`,
  fix: `remove this ${mark}`,
  at: range(at, at + 1),
  edits: [removing(at, at + 1)],
});

/** An element of a list begins although the one before it is not closed. */
export const unclosedElement = (opened: Opened, at: number): Slip => ({
  kind: 'missing-closing-bracket',
  message: (place) =>
    `missing closing ${named(closingOf(opened.mark))}: the ${opened.mark} of ${place(opened.offset)} is not closed before the next element begins`,
  fix: `put ${closingOf(opened.mark)} here`,
  at: behind(at),
  edits: [inserting(at, closingOf(opened.mark))],
});

/** Either the element before it is not closed, or the bracket is one too many. */
export const elementInElement = (opened: Opened, at: number): Slip => ({
  kind: 'missing-name',
  message: 'missing name: an object stands where the name of a member is expected',
  fix: (place) =>
    `put ${closingOf(opened.mark)} before it if the ${opened.mark} of ${place(opened.offset)} ends there; remove this bracket if it is one too many`,
  at: range(at, at + 1),
});

/** Members stand as a value, and a brace closes them. */
export const missingBrace = (at: number): Slip => ({
  kind: 'missing-opening-bracket',
  message: 'missing opening brace {: members stand here as a value, and } closes them',
  fix: 'put { here',
  at: range(at, at + 1),
  edits: [inserting(at, '{')],
});

/** By the indentation of the lines, this is not closed where it should be. */
export const unclosedByIndentation = (opened: Opened, at: number): Slip => ({
  kind: 'missing-closing-bracket',
  message: (place) =>
    `missing closing ${named(closingOf(opened.mark))}: by the indentation, the ${opened.mark} of ${place(opened.offset)} is to end here`,
  fix: `put ${closingOf(opened.mark)} here`,
  at: behind(at),
  edits: [inserting(at, closingOf(opened.mark))],
});

/** Several elements stand as the value of one member, and a bracket closes their list. */
export const missingListOpening = (at: number): Slip => ({
  kind: 'missing-opening-bracket',
  message:
    'missing opening bracket [: a list begins here, as several elements follow and ] closes it',
  fix: 'put [ here',
  at: range(at, at + 1),
  edits: [inserting(at, '[')],
});

/** `{...}]`: the list may lack its opening bracket, or the bracket is one too many. */
export const closedListOrNone = (span: Span, value: Opened): Slip => ({
  kind: 'extra-bracket',
  message: 'extra closing bracket ]: no list is open that it could close',
  fix: (place) =>
    `remove this ]; or, if a list is meant, put [ before the ${value.mark} of ${place(value.offset)}`,
  at: rangeOf(span),
});

/** Brackets that are not closed at `at`: before the bracket at `next`, or before the text's end. */
export interface MissingClosing {
  /** The last opened first. */
  readonly open: readonly [Opened, ...Opened[]];
  readonly at: number;
  readonly next: { readonly mark: Closing; readonly offset: number } | undefined;
  /** Whether they belong to `at`. */
  readonly isCertain: boolean;
}

/** How many opened brackets a message names. */
const MAX_NAMED = 3;

export function missingClosing({ open, at, next, isCertain }: MissingClosing): Slip {
  const marks = open.map(({ mark }) => closingOf(mark)).join('');
  const what =
    open.length > 1 ? `closing brackets ${marks}` : `closing ${named(closingOf(open[0].mark))}`;
  return {
    kind: 'missing-closing-bracket',
    message: (place) => {
      const shown = open
        .slice(0, MAX_NAMED)
        .map(({ mark, offset }) => `the ${mark} of ${place(offset)}`);
      const more = open.length > MAX_NAMED ? ` and ${open.length - MAX_NAMED} more` : '';
      const where = next
        ? `before the ${next.mark} of ${place(next.offset)}`
        : 'before the end of the text';
      return `missing ${what}: ${shown.join(', ')}${more} ${open.length > 1 ? 'are' : 'is'} not closed ${where}`;
    },
    fix: closingFix(marks, open.length, isCertain),
    at: behind(at),
    ...(isCertain ? { edits: [inserting(at, marks)] } : {}),
  };
}

function closingFix(marks: string, count: number, isCertain: boolean): string {
  if (isCertain) return `put ${marks} here`;
  return count > 1
    ? `put ${marks} here; if the text was cut off when it was copied, copy the whole text again`
    : `put ${marks} here, or further up if what stands before this is not to belong to it`;
}

/** The text ends where something has to follow. */
export const cutOff = (at: number, last: Opened): Slip => ({
  kind: 'cut-off',
  message: (place) =>
    `the text ends too early (cut off when it was copied?): something has to follow here, and the ${last.mark} of ${place(last.offset)} is not closed`,
  fix: 'copy the whole text again, or write what is missing up to the last closing bracket',
  at: behind(at),
});

/** A member that stands in no object: `{` is missing, and `}` as well if nothing closes it. */
export interface MissingOpening {
  readonly opened: Opened;
  /** Where `}` is missing too. */
  readonly closing: number | undefined;
  readonly parent: Opened | undefined;
  /** A bracket before may be one too many instead. */
  readonly isDoubtful: boolean;
}

export function missingOpening({ opened, closing, parent, isDoubtful }: MissingOpening): Slip {
  const edits: TextEdit[] = [inserting(opened.offset, '{')];
  if (closing !== undefined) edits.push(inserting(closing, '}'));
  const slip = {
    kind: 'missing-opening-bracket',
    message: parent
      ? 'missing opening brace {: a member with a name stands in a list'
      : 'missing braces: the members stand in no object',
    at: range(opened.offset, opened.offset + 1),
  } as const;
  if (isDoubtful) {
    return {
      ...slip,
      fix: parent
        ? 'put { here if a new element begins; if the member belongs to the element before it, remove the } that closes that one too early'
        : 'put { } around the whole text; or remove the name and the colon if the value is the whole document',
    };
  }
  return {
    ...slip,
    fix:
      closing === undefined
        ? 'put { here'
        : (place) => `put { here and } behind the last member, in ${place(closing)}`,
    edits,
  };
}
