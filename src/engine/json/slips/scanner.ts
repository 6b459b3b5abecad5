import { type OddMark, oddMarkAt, oddSpaceAt } from './characters.ts';
import { isJsonWord } from './bare-words.ts';
import { oddlyQuotedAt } from './quotes.ts';
import { type Slip, type SlipList, inserting, range, removing, replacing } from './slip.ts';
import { plainStringEnd, readString } from './strings.ts';
import { wordEnd } from './words.ts';

/** A gap is a placeholder or an ellipsis: something stands there that is not known. */
export type Token = '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'word' | 'gap' | 'end';

/** What is expected where a token is read: of what words may be made differs. */
export type Expected = 'name' | 'value' | 'item';

const MAY_BE_MARK = /[;=:\-\u0080-\uffff]/;
const MAY_BE_GAP = /[.<$\u2026]/;
const BLANKS = /[ \t]*/y;
const COLON_FOLLOWS = /[ \t\r\n]*(?:[:=\uff1a\uff1d]|->)/y;
const STRUCTURE_FOLLOWS = /[ \t]*(?:[,:}\]\r\n]|$)/y;

type SlipWords = Pick<Slip, 'kind' | 'message' | 'fix'>;

const COMMENT = {
  kind: 'comment',
  message: 'comments are not allowed in JSON',
  fix: 'remove the comment',
} as const;

/** Tags that web pages put around code; other words in angle brackets are placeholders. */
const TAG =
  /<\/?(?:a|abbr|b|blockquote|body|br|code|dd|div|dl|dt|em|font|html|i|img|kbd|li|mark|ol|p|pre|s|samp|small|span|strong|sub|sup|table|tbody|td|th|tr|tt|u|ul|var)(?:\s[^<>\n]{0,500})?\/?>/iy;

const PLACEHOLDER =
  /\{\{-?\s*[.$\w/(][^\n]{0,500}?\}\}|\$\{[^}\n]{0,500}\}|\$\([^)\n]{0,500}\)|<%[^\n]{0,500}?%>|<[^<>\n"{}[\]]{1,200}>/y;
const ELLIPSIS = /(?:\.{3,}|\u2026+)[\w.]*/y;

/**
 * Splits a text that is JSON with slips into tokens. What is wrong with a token itself goes to
 * `slips`; what is wrong with their order is for the grammar to say.
 */
export class Scanner {
  readonly #text: string;
  readonly #slips: SlipList;
  #lineStart = 0;

  token: Token = 'end';
  start = 0;
  end = 0;
  /** Of a mark that is written in another way. */
  odd: OddMark | undefined;
  /** Lines before the token. */
  line = 0;
  /** Characters before the first token of the token's line. */
  indent = 0;
  isFirstOnLine = true;
  /** The rest of the text can't be read any more. */
  isLost = false;

  constructor(text: string, slips: SlipList) {
    this.#text = text;
    this.#slips = slips;
  }

  /** Reads the next token. */
  next(expected: Expected): void {
    if (this.token !== 'end') this.isFirstOnLine = false;
    this.odd = undefined;
    this.#skip();
    this.start = this.end;
    if (this.isFirstOnLine) this.indent = this.start - this.#lineStart;
    this.#read(expected);
  }

  /** Goes on reading at `offset`, which stands behind the token. */
  goTo(offset: number): void {
    this.#countLines(this.end, offset);
    this.end = offset;
  }

  /** Whether a colon, or what people write instead, follows the token. */
  isColonNext(): boolean {
    COLON_FOLLOWS.lastIndex = this.end;
    return COLON_FOLLOWS.test(this.#text);
  }

  // -------------------------------------------------------------------------------------------
  // Between tokens
  // -------------------------------------------------------------------------------------------

  #skip(): void {
    const text = this.#text;
    for (;;) {
      const unit = text.charCodeAt(this.end);
      if (unit === 0x20 || unit === 0x09 || unit === 0x0d) this.end += 1;
      else if (unit === 0x0a) this.goTo(this.end + 1);
      else if (this.#slips.isFull || !this.#skipOddity(unit)) return;
    }
  }

  #skipOddity(unit: number): boolean {
    switch (unit) {
      case 0x23: // #
      case 0x2f: // /
        return this.#skipComment();
      case 0x3c: // <
        return this.#skipComment() || this.#skipTag();
      case 0x26: // &
        return this.#skipOdd(this.#text.startsWith('&nbsp;', this.end) ? 6 : 0, ' ', ENTITY_SPACE);
      case 0x5c: // a backslash
        return this.#skipEscapedSpace();
      default: {
        if (unit >= 0x20 && unit < 0x7f) return false;
        const space = oddSpaceAt(this.#text, this.end);
        return space !== undefined && this.#skipOdd(space.end - this.end, space.text, space);
      }
    }
  }

  #skipOdd(length: number, instead: string, words: SlipWords): boolean {
    if (length === 0) return false;
    const start = this.end;
    this.end += length;
    this.#slips.add({
      kind: words.kind,
      message: words.message,
      fix: words.fix,
      at: range(start, this.end),
      edits: [replacing(start, this.end, instead)],
    });
    return true;
  }

  #skipEscapedSpace(): boolean {
    const instead = ESCAPED_SPACES[this.#text.charAt(this.end + 1)];
    return this.#skipOdd(instead === undefined ? 0 : 2, instead ?? '', ESCAPED_SPACE);
  }

  #skipComment(): boolean {
    const text = this.#text;
    const start = this.end;
    const isLine = text[start] === '#' || text.startsWith('//', start);
    const closing = isLine ? '\n' : text.startsWith('/*', start) ? '*/' : '-->';
    if (!isLine && closing === '-->' && !text.startsWith('<!--', start)) return false;
    const close = text.indexOf(closing, start + 2);
    if (close === -1 && !isLine) {
      this.#lose(text.length, {
        ...COMMENT,
        message: `${COMMENT.message}, and this one has no end`,
        fix: `remove the comment; its closing ${closing} is missing, so its end can't be told`,
      });
      return true;
    }
    const end = close === -1 ? text.length : isLine ? close : close + closing.length;
    let from = start;
    while (from > 0 && ' \t'.includes(text.charAt(from - 1))) from -= 1;
    const stop = isLine && text[end - 1] === '\r' ? end - 1 : end;
    this.#slips.add({ ...COMMENT, at: range(start, stop), edits: [removing(from, stop)] });
    this.goTo(end);
    return true;
  }

  #skipTag(): boolean {
    const end = this.#match(TAG);
    if (end === undefined) return false;
    this.#slips.add({
      kind: 'html-tag',
      message: 'HTML tag',
      fix: 'remove the tag',
      at: range(this.end, end),
      edits: [removing(this.end, end)],
    });
    this.end = end;
    return true;
  }

  // -------------------------------------------------------------------------------------------
  // Tokens
  // -------------------------------------------------------------------------------------------

  #read(expected: Expected): void {
    const character = this.#text[this.end];
    switch (character) {
      case undefined:
        this.#take('end', this.end);
        return;
      case '{':
        if (this.#text[this.end + 1] === '{' && this.#readGap()) return;
        this.#take('{', this.end + 1);
        return;
      case '}':
      case '[':
      case ']':
      case ',':
        this.#take(character, this.end + 1);
        return;
      case ':':
        if (this.#text[this.end + 1] === '=') break;
        this.#take(':', this.end + 1);
        return;
      case '"':
      case "'":
      case '`':
      case '&':
      case '\\':
        if (this.#readText(expected)) return;
        break;
      default:
        if (character > '~' && this.#readText(expected)) return;
    }
    const odd = MAY_BE_MARK.test(character) ? oddMarkAt(this.#text, this.end) : undefined;
    if (odd) {
      this.odd = odd.odd;
      this.#take(odd.odd.mark, odd.end);
    } else if (!MAY_BE_GAP.test(character) || !this.#readGap()) {
      this.#readWord(expected);
    }
  }

  #take(token: Token, end: number): void {
    this.token = token;
    this.end = end;
  }

  /** A string in any quotes. */
  #readText(expected: Expected): boolean {
    const start = this.end;
    const odd = oddlyQuotedAt(this.#text, start);
    if (odd) {
      const { kind, message, fix, json, end } = odd;
      if (end === undefined) {
        this.#lose(this.#lineEnd(start), {
          kind: 'unterminated-string',
          message: "unterminated string in other quotes than JSON's: its closing quote is missing",
          fix: 'put double quotes (") around the text',
        });
        return true;
      }
      const edits = [replacing(start, end, json)];
      this.#slips.add({ kind, message, fix, at: range(start, end), paste: json, edits });
      this.#take('string', end);
      return true;
    }
    if (this.#text[start] !== '"') return false;
    const plainEnd = plainStringEnd(this.#text, start);
    if (plainEnd !== undefined) {
      this.#take('string', plainEnd);
      return true;
    }
    const end = readString(this.#text, start, expected === 'name' ? 'name' : 'value', this.#slips);
    this.token = 'string';
    if (end === undefined) this.isLost = true;
    else this.goTo(end);
    return true;
  }

  #readGap(): boolean {
    const ellipsis = this.#match(ELLIPSIS);
    const end = ellipsis ?? this.#match(PLACEHOLDER);
    if (end === undefined) return false;
    const words =
      ellipsis === undefined
        ? {
            kind: 'placeholder' as const,
            message: 'template placeholder that was not filled in',
            fix: 'put the value in its place, as JSON; or render the template before it is applied',
          }
        : {
            kind: 'ellipsis' as const,
            message: 'ellipsis (...): something was left out here',
            fix: 'put what was left out in its place; if nothing was, remove it and the comma that goes with it',
          };
    this.#slips.add({ ...words, at: range(this.end, end) });
    this.#take('gap', end);
    return true;
  }

  #readWord(expected: Expected): void {
    const start = this.end;
    const text = this.#text;
    let end = wordEnd(text, start, expected === 'value');
    if (end === start) {
      this.#lose(start + 1, UNEXPECTED);
      return;
    }
    if (
      this.isFirstOnLine &&
      end === start + 1 &&
      text[start] === '-' &&
      /\s/.test(text.charAt(end))
    ) {
      this.#lose(end, YAML_ITEM);
      return;
    }
    this.#take('word', end);
    STRUCTURE_FOLLOWS.lastIndex = end + 1;
    if (text[end] === '"' && STRUCTURE_FOLLOWS.test(text)) {
      this.#slips.add({
        kind: 'missing-opening-quote',
        message: 'missing opening quote: a double quote closes this text, and none opens it',
        fix: 'put " at the beginning of the marked text',
        at: range(start, end + 1),
        paste: `"${text.slice(start, end + 1)}`,
        edits: [inserting(start, '"')],
      });
      this.#take('string', end + 1);
      return;
    }
    if (expected === 'name' || (expected === 'item' && isJsonWord(text.slice(start, end)))) return;
    // Words beside each other on a line are one text, unless the next one is a name.
    for (;;) {
      BLANKS.lastIndex = end;
      BLANKS.test(text);
      const next = BLANKS.lastIndex;
      if (next === end || text[next] === '#') return;
      end = wordEnd(text, next, expected === 'value');
      if (end === next) return;
      COLON_FOLLOWS.lastIndex = end;
      if (text[end] === '"' || COLON_FOLLOWS.test(text)) return;
      this.end = end;
    }
  }

  // -------------------------------------------------------------------------------------------

  /** The end of what matches at the offset. */
  #match(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.end;
    return pattern.test(this.#text) ? pattern.lastIndex : undefined;
  }

  /** After what stands from the offset to `end` nothing can be read. */
  #lose(end: number, words: SlipWords): void {
    this.#slips.add({ ...words, at: range(this.end, end) });
    this.isLost = true;
    this.#take('word', end);
  }

  #lineEnd(at: number): number {
    const end = this.#text.indexOf('\n', at);
    return end === -1 ? this.#text.length : end;
  }

  #countLines(from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      if (this.#text.charCodeAt(at) !== 0x0a) continue;
      this.line += 1;
      this.#lineStart = at + 1;
      this.isFirstOnLine = true;
    }
  }
}

const UNEXPECTED = {
  kind: 'unexpected-token',
  message: 'unexpected token: a sign that JSON has inside strings only',
  fix: 'remove it, or put double quotes around it if it is part of a text',
} as const;

const YAML_ITEM = {
  kind: 'yaml',
  message: 'YAML list item (-) instead of JSON',
  fix: 'write the list as JSON: [ ] around it, { } around each element, a comma between two',
} as const;

const ENTITY_SPACE = {
  kind: 'html-entity',
  message: 'HTML entity (&nbsp;) instead of a space',
  fix: 'replace it by a space',
} as const;

const ESCAPED_SPACE = {
  kind: 'escaped-json',
  message: String.raw`escaped JSON: backslashes before the double quotes (\")`,
  fix: 'remove the backslashes before the quotes',
} as const;

const ESCAPED_SPACES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '' };
