import { ODD_QUOTES, SMART_WORDS, WORD_ENDS, endsInOddQuote } from './quotes.ts';
import { codePoint } from './characters.ts';
import {
  MAX_EDITS,
  MAX_SLIPS,
  type Slip,
  type SlipList,
  inserting,
  range,
  removing,
  replacing,
} from './slip.ts';
import type { TextEdit } from '../edit.ts';
import { BACKSLASH, QUOTE } from '../punctuation.ts';

/** A string in double quotes, read with everything that may be wrong with it. */

/** Whether the string stands where a name or where a value is expected. */
export type StringPlace = 'name' | 'value';

/** Characters after a closing quote in which the end of a torn string is looked for. */
const MAX_LOOKAHEAD = 1000;

/** Lines that a string with line breaks in it may take. */
const MAX_LINE_BREAKS = 20;

/** Where a string ends in which nothing is wrong nor escaped: a short way through most of them. */
export function plainStringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return ',:}] \t\n\r'.includes(text[at + 1] ?? '?') ? at + 1 : undefined;
    // NaN behind the text's end.
    if (!(unit >= 0x20) || unit === BACKSLASH) return undefined;
  }
}

/** Where the string ends that begins at `start`; undefined where the rest can't be read any more. */
export function readString(
  text: string,
  start: number,
  place: StringPlace,
  slips: SlipList,
): number | undefined {
  const inside = new Inside(text, start);
  let breaks = 0;
  for (let at = start + 1; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      const torn = tornString(text, start, at + 1, place);
      if (torn) {
        slips.add(torn.slip);
        return torn.end;
      }
      inside.report(at + 1, slips);
      return at + 1;
    }
    if (Number.isNaN(unit) || isLineEnd(text, at)) {
      const next =
        !Number.isNaN(unit) && breaks < MAX_LINE_BREAKS ? afterLineBreak(text, at) : undefined;
      if (next === undefined) return unterminated(text, start, at, place, slips);
      slips.add(lineBreak(text, at));
      breaks += 1;
      at = next - 1;
    } else if (unit === BACKSLASH) {
      at += inside.escape(at) - 1;
    } else if (unit < 0x20) {
      inside.control(at);
    }
  }
}

const isLineEnd = (text: string, at: number) =>
  text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n');

// ---------------------------------------------------------------------------------------------
// Control characters and escapes
// ---------------------------------------------------------------------------------------------

const SHORT_ESCAPES = '"\\/bfnrt';
const CONTROL_NAMES: Readonly<Record<string, string>> = { '\t': 'tab', '\r': 'carriage return' };

/** Stands for all escapes of two hexadecimal digits. */
const HEXADECIMAL = '\\u00';
const DOUBLE_BACKSLASH = String.raw`write each backslash as two (\\)`;

/** An escape that JSON does not have, and what to write in its place where that is known. */
interface BadEscape {
  readonly at: number;
  readonly length: number;
  readonly text?: string;
}

/** What is wrong inside one string. Of control characters and escapes no more are kept than can be told of. */
class Inside {
  readonly #text: string;
  readonly #start: number;
  readonly #controls: number[] = [];
  readonly #escapes: BadEscape[] = [];
  /** What the escapes are to be replaced by, all of them. */
  readonly #replacements = new Set<string | undefined>();

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
  }

  control(at: number): void {
    if (this.#controls.length < MAX_SLIPS) this.#controls.push(at);
  }

  #addEscape(escape: BadEscape): void {
    // One more than may be edited, so that their number tells that they are too many.
    if (this.#escapes.length <= MAX_EDITS) this.#escapes.push(escape);
    const { text } = escape;
    this.#replacements.add(text?.startsWith('\\u') ? HEXADECIMAL : text);
  }

  /** Characters that the escape at `at` takes. */
  escape(at: number): number {
    const next = this.#text.charAt(at + 1);
    if (SHORT_ESCAPES.includes(next) && next !== '') return 2;
    const hex = this.#text.slice(at + 2, at + 6);
    if (next === 'u') {
      if (/^[0-9a-fA-F]{4}$/.test(hex)) return 6;
      this.#addEscape({ at, length: 2 });
      return 2;
    }
    if (next === "'") this.#addEscape({ at, length: 2, text: "'" });
    else if (next === 'x' && /^[0-9a-fA-F]{2}/.test(hex))
      this.#addEscape({ at, length: 4, text: `\\u00${hex.slice(0, 2)}` });
    else this.#addEscape({ at, length: 1, text: '\\\\' });
    // A quote, a line end or the text's end after a lone backslash is read for itself.
    return 1;
  }

  report(end: number, slips: SlipList): void {
    this.#reportControls(slips);
    const first = this.#escapes[0];
    if (!first) return;
    const isPath = /^"[A-Za-z]:\\/.test(this.#text.slice(this.#start, this.#start + 4));
    const edits = isPath ? this.#everyBackslash(end) : this.#escapeEdits();
    slips.add({
      kind: 'invalid-escape',
      message: String.raw`invalid escape: a backslash stands before " \ / b f n r t or u only, and \u before four hexadecimal digits`,
      fix: isPath ? DOUBLE_BACKSLASH : this.#escapeFix(),
      at: range(first.at, first.at + Math.max(2, first.length)),
      ...(edits ? { edits } : {}),
    });
  }

  #escapeFix(): string {
    const [replacement, ...others] = this.#replacements;
    if (this.#replacements.has(undefined)) {
      return String.raw`write four hexadecimal digits after \u; or, if a backslash is meant, write it as two (\\)`;
    }
    if (others.length > 0) return DOUBLE_BACKSLASH;
    if (replacement === "'") return "write ' without a backslash";
    return replacement === HEXADECIMAL
      ? String.raw`write \u00 instead of \x, before the same two digits`
      : DOUBLE_BACKSLASH;
  }

  #reportControls(slips: SlipList): void {
    for (const at of this.#controls) {
      if (slips.isFull) return;
      const character = this.#text.charAt(at);
      const name = CONTROL_NAMES[character];
      const escape = JSON.stringify(character).slice(1, -1);
      slips.add({
        kind: 'control-character',
        message: `control character ${codePoint(character)}${name === undefined ? '' : ` (${name})`} inside a string`,
        fix: `write ${escape} instead, or remove it`,
        at: range(at, at + 1),
        edits: [replacing(at, at + 1, escape)],
      });
    }
  }

  #escapeEdits(): TextEdit[] | undefined {
    if (this.#escapes.length > MAX_EDITS) return undefined;
    const edits: TextEdit[] = [];
    for (const { at, length, text } of this.#escapes) {
      if (text === undefined) return undefined;
      edits.push(replacing(at, at + length, text));
    }
    return edits;
  }

  /** In a Windows path even what looks like an escape (`\t`) is a backslash. */
  #everyBackslash(end: number): TextEdit[] | undefined {
    const edits: TextEdit[] = [];
    for (let at = this.#start + 1; at < end - 1; at += 1) {
      if (edits.length > MAX_EDITS) return undefined;
      if (this.#text[at] !== '\\') continue;
      if (this.#text[at + 1] === '\\') at += 1;
      else if (at + 1 < end - 1) edits.push(replacing(at, at + 1, '\\\\'));
    }
    return edits;
  }
}

// ---------------------------------------------------------------------------------------------
// Quotes that are missing or too many
// ---------------------------------------------------------------------------------------------

const WORD_START = new RegExp(String.raw`[^\s/#<&\\${WORD_ENDS}]`);
const STRUCTURE_FOLLOWS = /[ \t]*(?:[,:}\]\r\n]|$)/y;

const followsStructure = (text: string, at: number): boolean => {
  STRUCTURE_FOLLOWS.lastIndex = at;
  return STRUCTURE_FOLLOWS.test(text);
};

/**
 * A string whose closing quote is followed by a word at once: either a quote is missing before
 * (`"a, "b": ...`), or the opening one stands twice (`""a"`), or quotes inside the string are not
 * escaped (`"say "hi""`).
 */
function tornString(
  text: string,
  start: number,
  end: number,
  place: StringPlace,
): { slip: Slip; end: number } | undefined {
  if (!WORD_START.test(text[end] ?? '\n')) return undefined;
  const quotes = quotesBehind(text, end);
  const next = quotes[0];
  if (next === undefined || /[,:{}[\]]/.test(text.slice(end, next))) return undefined;
  const separator = backOver(text, end - 1, start + 1, `${BLANKS}{[`) - 1;
  if (',:'.includes(text.charAt(separator)) && followsStructure(text, next + 1)) {
    const name = place === 'name' ? nameBeforeColon(text, start) : undefined;
    const cut = name ?? backOver(text, separator, start + 1, `${BLANKS},:{}[]`);
    return { slip: missingClosingQuote(text, start, cut), end: cut };
  }
  const last = quotes.findIndex((quote) => followsStructure(text, quote + 1));
  const closing = quotes[last];
  if (closing === undefined) return undefined;
  if (last === 0 && text.slice(start + 1, end - 1).trim() === '') {
    return { slip: doubledOpening(start, end - 1), end: closing + 1 };
  }
  const inner = [end - 1, ...quotes.slice(0, last)];
  return { slip: unescapedQuotes(text, start, closing + 1, inner), end: closing + 1 };
}

const BLANKS = ' \t\r\n';

/** Where the run of `characters` begins that ends at `end`, not before `start`. */
function backOver(text: string, end: number, start: number, characters: string): number {
  let at = end;
  while (at > start && characters.includes(text.charAt(at - 1))) at -= 1;
  return at;
}

/** The unescaped double quotes from `at` to the end of the line, or not much further. */
function quotesBehind(text: string, at: number): number[] {
  const quotes: number[] = [];
  const limit = Math.min(text.length, at + MAX_LOOKAHEAD);
  for (let offset = at; offset < limit && text[offset] !== '\n'; offset += 1) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') quotes.push(offset);
  }
  return quotes;
}

/** A quote with nothing, or blanks, before the quote that opens the string. */
const doubledOpening = (start: number, opening: number): Slip => ({
  kind: 'extra-quote',
  message: 'extra double quote before a string',
  fix: 'remove this double quote',
  at: range(start, start + 1),
  edits: [removing(start, opening)],
});

function unescapedQuotes(text: string, start: number, end: number, inner: number[]): Slip {
  let mended = '';
  let done = start;
  for (const quote of inner) {
    mended += `${text.slice(done, quote)}\\`;
    done = quote;
  }
  return {
    kind: 'unescaped-quote',
    message: 'unescaped double quote inside a string',
    fix: String.raw`write \" for each double quote inside the string, or remove it`,
    at: range(start, end),
    paste: mended + text.slice(done, end),
    edits: inner.map((quote) => inserting(quote, '\\')),
  };
}

/** A string that goes on to `cut`, where its closing quote is missing or of another kind. */
function missingClosingQuote(text: string, start: number, cut: number): Slip {
  const content = text.slice(start + 1, cut);
  if (content.length > 0 && endsInOddQuote(content)) {
    return {
      ...SMART_WORDS,
      at: range(start, cut),
      paste: `"${content.slice(0, -1)}"`,
      edits: [replacing(cut - 1, cut, '"')],
    };
  }
  return {
    kind: 'unterminated-string',
    message: 'unterminated string: its closing double quote is missing',
    fix: 'put " at the end of the marked text',
    at: range(start, cut),
    paste: `${text.slice(start, cut)}"`,
    edits: [inserting(cut, '"')],
  };
}

const NAME_AND_COLON = new RegExp(
  String.raw`"([\w./-]{0,200}[${ODD_QUOTES}]?)\s{0,20}[:\uff1a]`,
  'y',
);

/** Where the name ends that begins at `start`, if a colon follows what looks like one. */
function nameBeforeColon(text: string, start: number): number | undefined {
  NAME_AND_COLON.lastIndex = start;
  const name = NAME_AND_COLON.exec(text)?.[1];
  return name === undefined ? undefined : start + 1 + name.length;
}

/** The closing quote of a string that does not close on its line, where that can be told. */
function unterminated(
  text: string,
  start: number,
  lineEnd: number,
  place: StringPlace,
  slips: SlipList,
): number | undefined {
  const lineStart = text.lastIndexOf('\n', lineEnd - 1) + 1;
  const content = text.slice(Math.max(start + 1, lineStart), lineEnd);
  const isOneLine = start >= lineStart;
  const nameEnd = place === 'name' ? nameBeforeColon(text, start) : undefined;
  const contentEnd = backOver(text, lineEnd, lineEnd - content.length, `${BLANKS},}]`);
  const cut = nameEnd !== undefined && isOneLine ? nameEnd : contentEnd;
  const isCutOff = lineEnd >= text.length && !/[,}\]]/.test(text.slice(contentEnd, lineEnd));
  if (isOneLine && cut > start && !isCutOff && (nameEnd !== undefined || place === 'value')) {
    slips.add(missingClosingQuote(text, start, cut));
    return cut;
  }
  const [message, fix] = isCutOff
    ? [
        'unterminated string: the text ends inside it, perhaps cut off when it was copied',
        'close it with " and write what is missing after it, or copy the whole text again',
      ]
    : [
        'unterminated string: its closing double quote is missing',
        'put " where the string is to end',
      ];
  slips.add({
    kind: 'unterminated-string',
    message,
    fix,
    at: range(start, Math.max(cut, start + 1)),
  });
  return undefined;
}

// ---------------------------------------------------------------------------------------------
// Line breaks
// ---------------------------------------------------------------------------------------------

function lineBreak(text: string, at: number): Slip {
  return {
    kind: 'line-break',
    message: 'line break inside a string (control character U+000A)',
    fix: String.raw`join the two lines, or write the line break as \n`,
    at: range(at, at + (text[at] === '\r' ? 2 : 1)),
  };
}

/**
 * Where the string goes on after a line break in it; undefined where the line's end rather lacks a
 * closing quote: the next line begins like JSON, or its first quote opens a string.
 */
function afterLineBreak(text: string, at: number): number | undefined {
  const next = at + (text[at] === '\r' ? 2 : 1);
  const limit = Math.min(text.length, next + MAX_LOOKAHEAD);
  let first = next;
  while (first < limit && (text[first] === ' ' || text[first] === '\t')) first += 1;
  if (first >= limit || '{}[],:\r\n'.includes(text.charAt(first))) return undefined;
  let quote = first;
  while (quote < limit && text[quote] !== '"') quote += text[quote] === '\\' ? 2 : 1;
  if (quote >= limit || /[{}[\]]|":/.test(text.slice(first, quote))) return undefined;
  if (!followsStructure(text, quote + 1)) return undefined;
  // A quote at the line's beginning closes only where no name or text can follow it.
  return quote === first && !/^"[ \t]*[,}\]]/.test(text.slice(quote, quote + 20))
    ? undefined
    : next;
}
