import type { TextEdit } from '../edit.ts';
import type { OddMark } from './characters.ts';
import { type WordSlip } from './bare-words.ts';
import { type Closing, type Opened, type Opening, closingOf, named } from './brackets.ts';
import { type Slip, inserting, range, removing, replacing } from './slip.ts';

/** The words and edits for what is wrong with commas, colons, brackets, names and values. */

/** A stretch of the text, by its ends. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const rangeOf = ({ start, end }: Span) => range(start, end);

/** The place right behind something. */
const behind = (offset: number) => range(offset, offset + 1);

/** A comma, colon or bracket that is written in another way. */
export function oddMark({ kind, message, fix, mark }: OddMark, { start, end }: Span): Slip {
  return { kind, message, fix, at: range(start, end), edits: [replacing(start, end, mark)] };
}

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

// ---------------------------------------------------------------------------------------------
// Commas and colons
// ---------------------------------------------------------------------------------------------

const removal = (kind: Slip['kind'], message: string, fix: string, { start, end }: Span): Slip => ({
  kind,
  message,
  fix,
  at: range(start, end),
  edits: [removing(start, end)],
});

export const trailingComma = (comma: Span, closing: Closing): Slip =>
  removal(
    'trailing-comma',
    `trailing comma before a closing ${closing}`,
    'remove this comma',
    comma,
  );

/** A comma or semicolon behind the whole document. */
export const commaBehindAll = (comma: Span): Slip =>
  removal(
    'trailing-comma',
    'trailing comma or semicolon behind the end of the JSON',
    'remove it',
    comma,
  );

export const extraComma = (comma: Span, isSecond: boolean): Slip =>
  removal(
    'extra-comma',
    isSecond
      ? 'double comma: no value stands between two commas'
      : 'extra comma: no value stands before it',
    'remove this comma',
    comma,
  );

export const thousandsComma = (comma: Span): Slip =>
  removal('number', 'number with a comma between its digits', 'remove the comma', comma);

export const extraColon = (colon: Span): Slip =>
  removal('extra-colon', 'double colon between a name and its value', 'remove this colon', colon);

export const missingComma = (at: number, parent: Opening | undefined): Slip => ({
  kind: 'missing-comma',
  message: `missing comma between two ${parent === '[' ? 'elements' : 'members'}`,
  fix: 'put , here, behind the value',
  at: behind(at),
  edits: [inserting(at, ',')],
});

export const missingColon = (at: number): Slip => ({
  kind: 'missing-colon',
  message: 'missing colon between a name and its value',
  fix: 'put : here, behind the name',
  at: behind(at),
  edits: [inserting(at, ':')],
});

// ---------------------------------------------------------------------------------------------
// Names and values
// ---------------------------------------------------------------------------------------------

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

// ---------------------------------------------------------------------------------------------
// Brackets
// ---------------------------------------------------------------------------------------------

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
  spans: readonly Span[],
  open: Opened | undefined,
): Slip => ({
  kind: 'extra-bracket',
  message: open
    ? (place) =>
        `extra closing ${named(mark)}: it does not fit the ${open.mark} of ${place(open.offset)}, which is closed further on`
    : `extra closing ${named(mark)}: no bracket is open that it could close`,
  fix: spans.length > 1 ? `remove these ${spans.length} brackets` : `remove this ${mark}`,
  at: rangeOf(spans[0] ?? { start: 0, end: 1 }),
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
  readonly open: readonly Opened[];
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
    open.length > 1
      ? `closing brackets ${marks}`
      : `closing ${named(closingOf(open[0]?.mark ?? '{'))}`;
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
export const cutOff = (at: number, open: readonly Opened[]): Slip => ({
  kind: 'cut-off',
  message: (place) => {
    const last = open.at(-1);
    const inside = last ? `, and the ${last.mark} of ${place(last.offset)} is not closed` : '';
    return `the text ends too early (cut off when it was copied?): something has to follow here${inside}`;
  },
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

// ---------------------------------------------------------------------------------------------
// Text around the document
// ---------------------------------------------------------------------------------------------

/** What programming languages put before an object. */
const ASSIGNMENT =
  /^(?:export\s+default|(?:export\s+)?(?:const|let|var)\s+[\w$]+\s*=|[\w.$]+\s*=)\s*$/;

export function leadingText(text: string, start: number, bracket: number): Slip {
  const words = text.slice(start, bracket);
  const isCode = words.length < 200 && ASSIGNMENT.test(words);
  return {
    kind: 'leading-text',
    message: 'text before the JSON: it has to begin with { or [',
    fix: (place) => `remove what stands before the bracket of ${place(bracket)}`,
    at: range(start, bracket),
    ...(isCode ? { edits: [removing(start, bracket)] } : {}),
  };
}

/** A text of comments, tags and the like. */
export const nothingRead = (end: number): Slip => ({
  kind: 'empty',
  message: 'the text holds no JSON',
  fix: 'put a JSON document here',
  at: behind(end),
});

export const notJson = (start: number, end: number): Slip => ({
  kind: 'not-json',
  message: 'unexpected token: no JSON at all, as neither { nor [ begins it',
  fix: 'put a JSON document here, from its { to its }',
  at: range(start, end),
});

export const trailingText = (span: Span, end: number): Slip => ({
  kind: 'trailing-text',
  message: (place) => `text behind the end of the JSON, which is in ${place(end)}`,
  fix: 'remove what follows the end, or move it into the document',
  at: rangeOf(span),
});

export const severalDocuments = (at: number, end: number): Slip => ({
  kind: 'several-documents',
  message: (place) =>
    `several JSON documents, one after another (as in JSON Lines): the first one ends in ${place(end)}`,
  fix: 'keep one document; or make one of them, with the members of all in one object, or all in one list with commas between',
  at: range(at, at + 1),
});
