import { Cursor, isBlank, isBlankOrEnd, isBreak } from './cursor.ts';
import { YamlFailure } from './failure.ts';
import { scanBlockScalar, scanPlain, scanQuoted } from './scalar-text.ts';
import type { ScalarStyle, Token, TokenType } from './token.ts';

/**
 * Splits the first YAML document of a text into tokens, as the reader behind sigs.k8s.io/yaml does:
 * what it takes for a name, a value or an element depends on where a line begins, and a name is
 * known as one only when its colon is found. One pass, without recursion.
 */

/** A name may be this far from its colon. Source: YAML 1.1, section 9.3. */
const MAX_NAME_LENGTH = 1024;

/** Levels of lists and objects inside each other that are read. */
const MAX_DEPTH = 256;

/** A token that may turn out to be a name, when a colon follows on its line. */
interface PossibleName {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** Index of its token. */
  readonly token: number;
  /** Nothing else can stand here. */
  readonly isRequired: boolean;
}

type NewToken = Pick<Token, 'type'> & Partial<Token>;

export interface Scan {
  readonly tokens: readonly Token[];
  /** Where the first document ends, if something follows it. */
  readonly documentEnd: number | undefined;
}

/** The tokens of the first document. Throws YamlFailure. */
export const scan = (text: string): Scan => new Scanner(text).scan();

class Scanner {
  readonly #cursor: Cursor;
  readonly #tokens: Token[] = [];
  /** Columns of the blocks that are open; -1 outside of them all. */
  readonly #indents: number[] = [];
  /** Offsets of the brackets that are open. */
  readonly #brackets: number[] = [];
  /** The last possible name outside of brackets, and in each bracket. */
  readonly #names: (PossibleName | undefined)[] = [undefined];
  #indent = -1;
  #mayBeginName = true;
  /** Something of the document, or the mark before it, has been read. */
  #hasBegun = false;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
  }

  scan(): Scan {
    const cursor = this.#cursor;
    for (;;) {
      this.#skipToToken();
      this.#closeBlocks(cursor.column);
      if (cursor.isAtEnd) break;
      if (cursor.isAtDocumentMark()) {
        if (this.#hasBegun) {
          const documentEnd = cursor.offset;
          this.#finish();
          return { tokens: this.#tokens, documentEnd };
        }
        this.#documentMark();
      } else {
        this.#next();
      }
    }
    this.#finish();
    return { tokens: this.#tokens, documentEnd: undefined };
  }

  #finish(): void {
    this.#closeBlocks(-1);
    this.#dropName();
    this.#push({ type: 'stream-end' });
  }

  get #isInFlow(): boolean {
    return this.#brackets.length > 0;
  }

  #push(token: NewToken, at = this.#tokens.length): void {
    const { offset, column } = this.#cursor;
    const whole: Token = {
      start: offset,
      end: token.start ?? offset,
      column,
      value: '',
      style: undefined,
      ...token,
    };
    if (at === this.#tokens.length) this.#tokens.push(whole);
    else this.#tokens.splice(at, 0, whole);
  }

  /** Adds a token for the next units. */
  #mark(type: TokenType, units = 1): void {
    const { offset } = this.#cursor;
    this.#push({ type, end: offset + units });
    this.#cursor.skip(units);
  }

  /** Past blanks, comments and line ends. A tab may not stand where a name or an element may. */
  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      if (cursor.column === 0 && cursor.unit() === 0xfeff) cursor.skipByteOrderMark();
      for (let unit = cursor.unit(); isBlank(unit); unit = cursor.unit()) {
        if (unit === 0x09 && !this.#isInFlow && this.#mayBeginName) break;
        cursor.skip();
      }
      if (cursor.unit() === 0x23) cursor.skipToBreak();
      if (!isBreak(cursor.unit())) return;
      cursor.skipBreak();
      if (!this.#isInFlow) this.#mayBeginName = true;
    }
  }

  #documentMark(): void {
    this.#closeBlocks(-1);
    this.#dropName();
    this.#mayBeginName = false;
    const isStart = this.#cursor.isAtDocumentMark('---');
    this.#hasBegun = isStart;
    this.#mark(isStart ? 'document-start' : 'document-end', 3);
  }

  #next(): void {
    const cursor = this.#cursor;
    const unit = cursor.unit();
    const character = String.fromCharCode(unit);
    const isAlone = isBlankOrEnd(cursor.unit(1));
    if (character === '%' && cursor.column === 0) {
      this.#directive();
      return;
    }
    this.#hasBegun = true;
    switch (character) {
      case '[':
      case '{':
        this.#openBracket(character);
        return;
      case ']':
      case '}':
        this.#dropName();
        if (this.#isInFlow) {
          this.#brackets.pop();
          this.#names.pop();
        }
        this.#mayBeginName = false;
        this.#mark(character);
        return;
      case ',':
        this.#dropName();
        this.#mayBeginName = true;
        this.#mark(',');
        return;
      case '-':
        if (!isAlone) break;
        this.#element();
        return;
      case '?':
        if (!isAlone && !this.#isInFlow) break;
        this.#explicitName();
        return;
      case ':':
        if (!isAlone && !this.#isInFlow) break;
        this.#value();
        return;
      case '*':
      case '&':
        this.#anchor(character === '*' ? 'alias' : 'anchor');
        return;
      case '!':
        this.#tag();
        return;
      case '|':
      case '>':
        if (this.#isInFlow) break;
        this.#dropName();
        this.#mayBeginName = true;
        this.#scalar('block', () => scanBlockScalar(cursor, this.#indent, character === '|'));
        return;
      case "'":
      case '"':
        this.#noteName();
        this.#mayBeginName = false;
        this.#scalar(character === '"' ? 'double' : 'single', () => scanQuoted(cursor, character));
        return;
    }
    if (unit === 0x09) throw new YamlFailure('tab', cursor.offset);
    if ('|>%@`'.includes(character)) throw new YamlFailure('odd-start', cursor.offset);
    this.#plain();
  }

  #plain(): void {
    this.#noteName();
    this.#mayBeginName = false;
    this.#scalar('plain', () => {
      const scanned = scanPlain(this.#cursor, this.#indent, this.#isInFlow);
      if (scanned.endsLine) this.#mayBeginName = true;
      return scanned;
    });
  }

  #scalar(style: ScalarStyle, read: () => { readonly value: string; readonly end: number }): void {
    const { offset: start, column } = this.#cursor;
    const { value, end } = read();
    this.#push({ type: 'scalar', start, end, column, value, style });
  }

  #openBracket(type: '[' | '{'): void {
    this.#noteName();
    this.#brackets.push(this.#cursor.offset);
    this.#names.push(undefined);
    this.#checkDepth();
    this.#mayBeginName = true;
    this.#mark(type);
  }

  #element(): void {
    if (!this.#isInFlow) {
      if (!this.#mayBeginName) throw new YamlFailure('item-place', this.#cursor.offset);
      this.#openBlock('block-list', this.#cursor.column);
    }
    this.#dropName();
    this.#mayBeginName = true;
    this.#mark('-');
  }

  #explicitName(): void {
    if (!this.#isInFlow) {
      if (!this.#mayBeginName) throw new YamlFailure('key-place', this.#cursor.offset);
      this.#openBlock('block-object', this.#cursor.column);
    }
    this.#dropName();
    this.#mayBeginName = !this.#isInFlow;
    this.#mark('?');
  }

  /** A colon: what stood before it on its line is a name, if it may be one. */
  #value(): void {
    const name = this.#validName();
    if (name) {
      const place = { start: name.offset, end: name.offset, column: name.column };
      this.#push({ type: '?', ...place }, name.token);
      this.#openBlock('block-object', name.column, name);
      this.#names[this.#names.length - 1] = undefined;
      this.#mayBeginName = false;
    } else {
      if (!this.#isInFlow) {
        if (!this.#mayBeginName) this.#failAtValue();
        this.#openBlock('block-object', this.#cursor.column);
      }
      this.#mayBeginName = !this.#isInFlow;
    }
    this.#mark(':');
  }

  #failAtValue(): never {
    const last = this.#tokens.at(-1);
    throw new YamlFailure('value-place', this.#cursor.offset, {
      from: last && { offset: last.start, length: last.end - last.start },
      columns: this.#openColumns(),
    });
  }

  #anchor(type: 'alias' | 'anchor'): void {
    const cursor = this.#cursor;
    const { offset: start, column } = cursor;
    this.#noteName();
    this.#mayBeginName = false;
    cursor.skip();
    while (/[\w-]/.test(cursor.text.charAt(cursor.offset))) cursor.skip();
    const value = cursor.text.slice(start + 1, cursor.offset);
    const next = cursor.text.charAt(cursor.offset);
    if (value === '' || !(isBlankOrEnd(cursor.unit()) || '?:,]}%@`'.includes(next))) {
      throw new YamlFailure('anchor', start, { end: cursor.offset + 1 });
    }
    this.#push({ type, start, end: cursor.offset, column, value });
  }

  #tag(): void {
    const cursor = this.#cursor;
    const { offset: start, column } = cursor;
    this.#noteName();
    this.#mayBeginName = false;
    const tag = /!(?:<[^\s>]+>|(?:[\w-]*!)?[\w\-;/?:@&=+$.~*'()%,[\]]*)/y;
    tag.lastIndex = start;
    const value = tag.exec(cursor.text)?.[0] ?? '!';
    cursor.skip(value.length);
    // A name of its own between two marks needs a %TAG line before the document.
    const isUnknown = /^![\w-]+!/.test(value) && this.#tokens[0]?.type !== 'directive';
    if (isUnknown || !isBlankOrEnd(cursor.unit())) {
      throw new YamlFailure('tag', start, { end: cursor.offset });
    }
    this.#push({ type: 'tag', start, end: cursor.offset, column, value });
  }

  #directive(): void {
    const cursor = this.#cursor;
    const { offset: start, column } = cursor;
    this.#closeBlocks(-1);
    this.#dropName();
    this.#mayBeginName = false;
    cursor.skipToBreak();
    const value = cursor.text.slice(start, cursor.offset);
    const isKnown = /^%(?:YAML[ \t]+1\.1|TAG[ \t]+\S+[ \t]+\S+)[ \t]*(?:#.*)?$/.test(value);
    if (!isKnown || this.#hasBegun) {
      throw new YamlFailure('directive', start, { end: cursor.offset });
    }
    this.#push({ type: 'directive', start, end: cursor.offset, column, value });
  }

  // Blocks ----------------------------------------------------------------------------------------

  #openColumns(): readonly number[] {
    return [...this.#indents, this.#indent].filter((column) => column >= 0);
  }

  /** Opens a list or an object that begins deeper than what is open; `name` is its first name. */
  #openBlock(type: 'block-list' | 'block-object', column: number, name?: PossibleName): void {
    if (this.#isInFlow || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#checkDepth();
    if (!name) this.#push({ type });
    else this.#push({ type, start: name.offset, end: name.offset, column }, name.token);
  }

  /** Closes what is open to the right of a column. */
  #closeBlocks(column: number): void {
    if (this.#isInFlow) return;
    while (this.#indent > column) {
      this.#push({ type: 'block-end' });
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #checkDepth(): void {
    if (this.#indents.length + this.#brackets.length <= MAX_DEPTH) return;
    throw new YamlFailure('depth', this.#cursor.offset);
  }

  // Possible names --------------------------------------------------------------------------------

  /** The token that comes next may be a name. */
  #noteName(): void {
    if (!this.#mayBeginName) return;
    const { offset, line, column } = this.#cursor;
    this.#dropName();
    this.#names[this.#names.length - 1] = {
      offset,
      line,
      column,
      token: this.#tokens.length,
      isRequired: !this.#isInFlow && this.#indent === column,
    };
  }

  #dropName(): void {
    const name = this.#names.at(-1);
    if (name?.isRequired) throw this.#missingColon(name);
    this.#names[this.#names.length - 1] = undefined;
  }

  #validName(): PossibleName | undefined {
    const name = this.#names.at(-1);
    if (!name) return undefined;
    const { line, offset } = this.#cursor;
    if (name.line === line && name.offset + MAX_NAME_LENGTH >= offset) return name;
    if (name.isRequired) throw this.#missingColon(name);
    this.#names[this.#names.length - 1] = undefined;
    return undefined;
  }

  #missingColon({ offset, token }: PossibleName): YamlFailure {
    const end = this.#tokens[token]?.end ?? offset + 1;
    return new YamlFailure('missing-colon', offset, { end, columns: this.#openColumns() });
  }
}
