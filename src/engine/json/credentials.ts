import type { JsonNode } from './node.ts';
import type { Range } from './position.ts';

/**
 * Members that look like credentials, found in any text: JSON, YAML, or what a slip made of either.
 * Nothing here parses, as what can't be parsed is what gets shown; in doubt more is hidden.
 */

const WORDS =
  'secret|token|passw|passphrase|credential|authori[sz]ation|' +
  '(?:access|private|secret|api|ssh|auth)[ _.-]?key';

const NAME = new RegExp(WORDS, 'i');

/** Whether the value of a member of this name is not to be shown: `access_key`, `authToken`. */
export const isCredentialName = (name: string): boolean => NAME.test(name);

/** Whether the value, or what holds it, is that of such a member. */
export function isCredential(node: JsonNode): boolean {
  for (let at: JsonNode | undefined = node; at; at = at.parent) {
    if (typeof at.step === 'string' && isCredentialName(at.step)) return true;
  }
  return false;
}

/** The text with an asterisk for every character of such values; lines and blanks stay. */
export const masked = (text: string): string => maskedStretch(text, 0, text.length);

/** How far before a stretch a name is looked for; no credential is longer. */
const LOOK_BACK = 4096;
const LOOK_AHEAD = 256;

/** The same of a stretch of a text, at a cost that does not grow with the text. */
export function maskedStretch(
  text: string,
  start: number,
  end: number,
  lookBack = LOOK_BACK,
): string {
  const from = Math.max(0, start - lookBack);
  const ranges = credentialRanges(text.slice(from, end + LOOK_AHEAD));
  if (ranges.length === 0) return text.slice(start, end);
  const parts: string[] = [];
  let done = start;
  for (const { offset, length } of ranges) {
    const hidden = Math.max(from + offset, done);
    const until = Math.min(from + offset + length, end);
    if (hidden >= until) continue;
    parts.push(text.slice(done, hidden), text.slice(hidden, until).replace(/\S/g, '*'));
    done = until;
  }
  return parts.join('') + text.slice(done, end);
}

/** How far a name is looked for where many places are asked about. */
const NEAR = 256;

/** Whether something of a place is hidden; of a long one its beginning counts. */
export function isHidden(text: string, { offset, length }: Range, lookBack = LOOK_BACK): boolean {
  const end = Math.min(offset + length, text.length, offset + NEAR);
  return maskedStretch(text, offset, end, lookBack) !== text.slice(offset, end);
}

/** The same by names that stand just before it. */
export const isHiddenNearby = (text: string, place: Range): boolean => isHidden(text, place, NEAR);

const NAMES = new RegExp(`(?:${WORDS})([\\w.-]*)`, 'gi');
const NO_RANGES: readonly Range[] = [];

/** Where values of such members stand in a text, in their order; in time linear to its length. */
function credentialRanges(text: string): readonly Range[] {
  NAMES.lastIndex = 0;
  let found = NAMES.exec(text);
  if (!found) return NO_RANGES;
  const search = new CredentialSearch(text);
  const ranges: Range[] = [];
  for (; found; found = NAMES.exec(text)) {
    const nameEnd = NAMES.lastIndex;
    const { length } = found[1] ?? '';
    if (length > MAX_REST) ranges.push({ offset: nameEnd - length, length });
    const value = search.valueOf(found.index, nameEnd);
    if (!value) continue;
    const [start, end, isSure = true] = value;
    ranges.push({ offset: start, length: end - start });
    NAMES.lastIndex = isSure ? end : start;
  }
  return ranges;
}

/** Characters that a name goes on with; more are a value that the name ran into. */
const MAX_REST = 10;

/** Where the end is not sure, more names may stand inside. */
type Stretch = readonly [start: number, end: number, isSure?: boolean];

// Quotes of other scripts, by number: the bundle stays plain ASCII (scripts/bundle.ts).
const QUOTE = String.raw`(?:\\*["'\`\u201C\u201D\u201E\u2018\u2019\u00AB\u00BB\uFF02\uFF07]|&(?:quot|apos|#34|#39);)`;
const BLANK = String.raw`[ \t\u00a0\u3000]*`;
const END_OF_LINE = String.raw`\r?(?=\n|$)`;
/** What closes a name, and what stands between it and its value or, by a slip, does not. */
const BEHIND_NAME = new RegExp(
  `(?:${QUOTE}|[\\]})\\\\/])*${BLANK}((?:[:=：;,，]+>?)?)${BLANK}`,
  'y',
);
const OPENING_QUOTE = new RegExp(QUOTE, 'y');
/** No value in this line: at most tags and anchors of YAML, the mark of a block, a comment. */
const NO_VALUE = new RegExp(
  `(?:[&!]\\S{0,60}(?:[ \\t]+|(?=\\s|$))){0,3}(?:[|>][-+0-9]{0,2})?${BLANK}(?:#[^\\n]*)?${END_OF_LINE}`,
  'y',
);
/** `"name":`, which is a member and no value. */
const MEMBER = new RegExp(`(["'])[^"'\\n]*\\1${BLANK}[:：]`, 'y');
/**
 * What may follow a value that ended where it should: the end of the line, a bracket, a comma with
 * what can follow one, a comment, or, where a comma was left out, the next member.
 */
const FOLLOWING = new RegExp(
  `${BLANK}(?:[}\\]]${BLANK})*(?:${END_OF_LINE}|//|#|/\\*|` +
    `[,，]${BLANK}(?:${END_OF_LINE}|//|#|/\\*|[{}[\\]]|${QUOTE}?[\\w$./-]+${QUOTE}?${BLANK}[:=：])|` +
    `(["'])[^"'\\n]*\\1${BLANK}[:：])`,
  'y',
);
const WORD = /[^,\uFF0C}\]\n]*/y;
/** How a line begins that does not go on with the text of the line before. */
const NEW_LINE = /[ \t]*["'{}[\]]/y;

const CLOSING: Readonly<Record<string, string>> = { '“': '”', '„': '”', '‘': '’', '«': '»' };

/** Looks for values in one text; places are asked for in their order. */
class CredentialSearch {
  readonly #text: string;
  /** Of the line that was asked for last, so that a long line is not looked through for each name. */
  #line: Stretch = [0, -1];

  constructor(text: string) {
    this.#text = text;
  }

  /** The value of the member whose name begins and ends there; undefined where it has none. */
  valueOf(nameStart: number, nameEnd: number): Stretch | undefined {
    const { whole, separator } = this.#behindName(nameEnd);
    const start = nameEnd + whole.length;
    if (this.#matches(NO_VALUE, start)) return this.#valueBelow(nameStart, start);
    const isSaid = /[:=\uFF1A]/.test(separator);
    if (!isSaid && this.#matches(MEMBER, start)) return undefined;
    return this.#valueAt(start, nameStart);
  }

  #behindName(at: number) {
    const [whole = '', separator = ''] = this.#match(BEHIND_NAME, at) ?? [];
    return { whole, separator };
  }

  /**
   * A value that begins on one of the next lines: all lines that are indented more, or the next one.
   * What looked like a mark of YAML may be one itself.
   */
  #valueBelow(nameStart: number, start: number): Stretch | undefined {
    const lineEnd = this.#lineEnd(start);
    const end = this.#indentedEnd(nameStart, start, false);
    if (end > lineEnd) return [start, end];
    const below = this.#valueOnNextLine(nameStart, start);
    const hasMark = this.#text.slice(start, lineEnd).trim() !== '';
    return hasMark ? [start, below?.[1] ?? lineEnd] : below;
  }

  #valueOnNextLine(nameStart: number, start: number): Stretch | undefined {
    const text = this.#text;
    let line = this.#lineEnd(start) + 1;
    while (line < text.length && text.slice(line, this.#lineEnd(line)).trim() === '') {
      line = this.#lineEnd(line) + 1;
    }
    const first = line + this.#indentAt(line);
    const { whole, separator } = this.#behindName(first);
    if (/[:=\uFF1A]/.test(separator)) return this.#valueAt(first + whole.length, nameStart);
    return this.#matches(MEMBER, first) ? undefined : this.#valueAt(first, nameStart);
  }

  /** The end of the lines below that are indented more than that of the name; else of this one. */
  #indentedEnd(nameStart: number, at: number, isText: boolean): number {
    const text = this.#text;
    const indent = this.#indentAt(text.lastIndexOf('\n', nameStart) + 1);
    let end = this.#lineEnd(at);
    for (let line = end + 1; line < text.length; line = this.#lineEnd(line) + 1) {
      const isBlank = text.slice(line, this.#lineEnd(line)).trim() === '';
      if (isBlank) continue;
      if (this.#indentAt(line) <= indent || (isText && this.#matches(NEW_LINE, line))) break;
      end = this.#lineEnd(line);
    }
    return end;
  }

  /** A value that begins there. */
  #valueAt(start: number, nameStart: number): Stretch | undefined {
    const first = this.#text[start];
    if (first === '{' || first === '[') return [start + 1, closing(this.#text, start)];
    if (first === '}' || first === ']') {
      // No value, or one behind a stray mark.
      const next = start + (this.#match(/[\]}][\]} \t]*/y, start)?.[0].length ?? 0);
      const hasNone = [/\r?(?:\n|$)|[,\uFF0C]/y, MEMBER].some((none) => this.#matches(none, next));
      return hasNone ? undefined : this.#valueAt(next, nameStart);
    }
    const [quote] = this.#match(OPENING_QUOTE, start) ?? [];
    if (quote !== undefined) return this.#quotedValue(start + quote.length, quote);
    const [word = ''] = this.#match(WORD, start) ?? [];
    const end = start + word.trimEnd().length;
    const lineEnd = this.#lineEnd(start);
    if (start + word.length < lineEnd) {
      return this.#matches(FOLLOWING, end) ? [start, end] : [start, lineEnd, false];
    }
    return [start, this.#indentedEnd(nameStart, start, true)];
  }

  /**
   * A text behind its opening quote. Where nothing in its line closes it, it may go on in the next
   * ones, but for those that begin as a member or with a bracket.
   */
  #quotedValue(start: number, quote: string): Stretch {
    const text = this.#text;
    const close = CLOSING[quote] ?? quote;
    const end = this.#closingQuote(start, close);
    let last = this.#lineEnd(start);
    if (end !== undefined) {
      const isSure = this.#matches(FOLLOWING, end + close.length);
      return isSure ? [start, end] : [start, last, false];
    }
    while (last < text.length && !this.#matches(NEW_LINE, last + 1)) {
      const line = last + 1;
      last = this.#lineEnd(line);
      if (text.slice(line, last).includes(close)) break;
    }
    return [start, last, false];
  }

  #closingQuote(start: number, close: string): number | undefined {
    const line = this.#text.slice(start, this.#lineEnd(start));
    let at = line.indexOf(close);
    while (at !== -1 && close.length === 1 && isEscaped(line, at)) at = line.indexOf(close, at + 1);
    return at === -1 ? undefined : start + at;
  }

  #indentAt(line: number): number {
    return this.#match(/[ \t]*/y, line)?.[0].length ?? 0;
  }

  #lineEnd(at: number): number {
    const [from, to] = this.#line;
    if (at >= from && at <= to) return to;
    const found = this.#text.indexOf('\n', at);
    const end = found === -1 ? this.#text.length : found;
    this.#line = [at, end];
    return end;
  }

  #match(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(this.#text);
  }

  #matches(pattern: RegExp, at: number): boolean {
    return this.#match(pattern, at) !== null;
  }
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/** Where the bracket stands that closes the one at `start`, or the end of the text. */
function closing(text: string, start: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '"') isInText = !isInText;
    else if (isInText) continue;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}
