import { CODE_LENGTHS, ESCAPES } from './escapes.ts';
import { type Cursor, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd } from './cursor.ts';
import { YamlFailure } from './failure.ts';

/** Reads the text of scalars in each of YAML's styles, from a cursor that stands at their beginning. */

const TAB = 0x09;
const SPACE = 0x20;
const COLON = 0x3a;
const HASH = 0x23;
const BACKSLASH = 0x5c;

/** `,?[]{}`: what ends a text without quotes inside brackets. */
const FLOW_MARKS: ReadonlySet<number> = new Set([0x2c, 0x3f, 0x5b, 0x5d, 0x7b, 0x7d]);

interface Scanned {
  readonly value: string;
  readonly end: number;
}

/** Line ends inside a scalar: a single one is a space, more are as many line ends less one. */
const folded = (breaks: number) => (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1));

/** A text without quotes; it may go on in deeper lines. */
export function scanPlain(
  cursor: Cursor,
  indent: number,
  isInFlow: boolean,
): Scanned & { readonly endsLine: boolean } {
  const { text } = cursor;
  const first = cursor.offset;
  let value = '';
  let end = cursor.offset;
  let breaks = 0;
  for (;;) {
    if (cursor.isAtDocumentMark() || cursor.unit() === HASH) break;
    const start = cursor.offset;
    for (let unit = cursor.unit(); !isBlankOrEnd(unit); unit = cursor.unit()) {
      if (unit === COLON && isBlankOrEnd(cursor.unit(1))) break;
      if (isInFlow && FLOW_MARKS.has(unit)) break;
      cursor.skip();
    }
    if (cursor.offset > start) {
      value += breaks > 0 ? folded(breaks) : text.slice(end, start);
      value += text.slice(start, cursor.offset);
      end = cursor.offset;
      breaks = 0;
    }
    if (!isBlank(cursor.unit()) && !isBreak(cursor.unit())) break;
    while (isBlank(cursor.unit()) || isBreak(cursor.unit())) {
      if (isBreak(cursor.unit())) {
        cursor.skipBreak();
        breaks += 1;
      } else {
        if (breaks > 0 && cursor.column <= indent && cursor.unit() === TAB) {
          throw new YamlFailure('tab', cursor.offset, { from: { offset: first, length: 1 } });
        }
        cursor.skip();
      }
    }
    if (!isInFlow && cursor.column <= indent) break;
  }
  return { value, end, endsLine: breaks > 0 };
}

/** A text in quotes, which may span lines. */
export function scanQuoted(cursor: Cursor, quote: "'" | '"'): Scanned {
  const { text } = cursor;
  const start = cursor.offset;
  const mark = quote.charCodeAt(0);
  const unclosed = () => new YamlFailure('unclosed-quote', start);
  let value = '';
  cursor.skip();
  for (;;) {
    if (cursor.isAtEnd || cursor.isAtDocumentMark()) throw unclosed();
    let isJoined = false;
    for (let unit = cursor.unit(); !isBlankOrEnd(unit); unit = cursor.unit()) {
      if (unit === mark) {
        if (quote === '"' || cursor.unit(1) !== mark) break;
        value += quote;
        cursor.skip(2);
      } else if (unit === BACKSLASH && quote === '"') {
        if (isBreak(cursor.unit(1))) {
          cursor.skip();
          cursor.skipBreak();
          isJoined = true;
          break;
        }
        value += scanEscape(cursor);
      } else {
        value += text.charAt(cursor.offset);
        cursor.skip();
      }
    }
    if (cursor.unit() === mark) break;
    const blanks = cursor.offset;
    let breaks = 0;
    let spaces = '';
    while (isBlank(cursor.unit()) || isBreak(cursor.unit())) {
      if (isBreak(cursor.unit())) {
        cursor.skipBreak();
        breaks += 1;
      } else {
        cursor.skip();
        if (breaks === 0) spaces = text.slice(blanks, cursor.offset);
      }
    }
    if (isJoined) value += '\n'.repeat(breaks);
    else value += breaks > 0 ? folded(breaks) : spaces;
  }
  cursor.skip();
  return { value, end: cursor.offset };
}

/** The character that a backslash and what follows it stand for. */
function scanEscape(cursor: Cursor): string {
  const start = cursor.offset;
  const letter = cursor.text.charAt(start + 1);
  const known = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (known !== undefined) {
    cursor.skip(2);
    return known;
  }
  const length = Object.hasOwn(CODE_LENGTHS, letter) ? (CODE_LENGTHS[letter] ?? 0) : 0;
  const digits = cursor.text.slice(start + 2, start + 2 + length);
  const code = /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : NaN;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (digits.length !== length || !(code <= 0x10ffff) || isSurrogate) {
    throw new YamlFailure('escape', start, { end: start + 2 + length });
  }
  cursor.skip(2 + length);
  return String.fromCodePoint(code);
}

/** A text after `|` or `>`; `indent` is that of the block around it. */
export function scanBlockScalar(cursor: Cursor, indent: number, isLiteral: boolean): Scanned {
  const { text } = cursor;
  const start = cursor.offset;
  cursor.skip();
  const header = /^(?:([-+])([1-9])?|([1-9])([-+])?)?/.exec(text.slice(cursor.offset, start + 3));
  const [matched = '', sign1, digit1, digit2, sign2] = header ?? [];
  const chomping = sign1 ?? sign2;
  const increment = Number(digit1 ?? digit2 ?? 0);
  cursor.skip(matched.length);
  cursor.skipBlanks();
  if (cursor.unit() === HASH) cursor.skipToBreak();
  if (!isBreakOrEnd(cursor.unit())) throw new YamlFailure('block-header', cursor.offset);
  cursor.skipBreak();
  let column = increment === 0 ? 0 : Math.max(indent, 0) + increment;
  let end = cursor.offset;

  /** Skips empty lines, and learns the column of the text where it is not known. */
  const skipEmptyLines = (): number => {
    let lines = 0;
    let deepest = 0;
    end = cursor.offset;
    for (;;) {
      while ((column === 0 || cursor.column < column) && cursor.unit() === SPACE) cursor.skip();
      deepest = Math.max(deepest, cursor.column);
      if ((column === 0 || cursor.column < column) && cursor.unit() === TAB) {
        throw new YamlFailure('tab', cursor.offset);
      }
      if (!isBreak(cursor.unit())) break;
      cursor.skipBreak();
      lines += 1;
      end = cursor.offset;
    }
    if (column === 0) column = Math.max(deepest, indent + 1, 1);
    return lines;
  };

  let value = '';
  let empty = skipEmptyLines();
  let hasBreak = false;
  let wasDeeper = false;
  while (cursor.column === column && !cursor.isAtEnd) {
    const isDeeper = isBlank(cursor.unit());
    const isFolded = !isLiteral && hasBreak && !wasDeeper && !isDeeper;
    if (isFolded) value += empty === 0 ? ' ' : '';
    else if (hasBreak) value += '\n';
    value += '\n'.repeat(empty);
    wasDeeper = isDeeper;
    const from = cursor.offset;
    cursor.skipToBreak();
    value += text.slice(from, cursor.offset);
    hasBreak = isBreak(cursor.unit());
    cursor.skipBreak();
    empty = skipEmptyLines();
  }
  if (chomping !== '-' && hasBreak) value += '\n';
  if (chomping === '+') value += '\n'.repeat(empty);
  return { value, end };
}
