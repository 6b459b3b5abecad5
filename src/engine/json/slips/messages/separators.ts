import type { Closing, Opening } from '../brackets.ts';
import type { OddMark } from '../characters.ts';
import { type Slip, inserting, range, removing, replacing } from '../slip.ts';
import { type Span, behind } from '../span.ts';

/** The words and edits for what is wrong with commas, colons and other marks. */

/** A comma, colon or bracket that is written in another way. */
export function oddMark({ kind, message, fix, mark }: OddMark, { start, end }: Span): Slip {
  return { kind, message, fix, at: range(start, end), edits: [replacing(start, end, mark)] };
}

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

/** The closing quote stands behind the comma or the colon: `"type:" "portmap"`; undefined elsewhere. */
export function markInQuotes(text: string, at: number, mark: ',' | ':'): Slip | undefined {
  const quote = at - 1;
  let end = quote;
  while (' \t'.includes(text[end - 1] ?? '?')) end -= 1;
  const isInside = text[quote] === '"' && text[end - 1] === mark;
  const before = text[end - 2];
  if (!isInside || before === undefined || '"\\,: \t'.includes(before)) return undefined;
  const name = mark === ',' ? 'comma' : 'colon';
  return {
    kind: 'mark-in-quotes',
    message: `${name} inside the double quotes instead of behind them`,
    fix: `put the closing double quote before this ${name}`,
    at: range(end - 1, end),
    edits: [replacing(end - 1, at, `"${text.slice(end - 1, quote)}`)],
  };
}

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
