import { YamlFailure } from './failure.ts';
import { type Scan, scan } from './scanner.ts';
import type { ScalarStyle, Token, TokenType } from './token.ts';

/** Makes a tree of tokens: lists, objects and scalars with their places in the text. */

interface Place {
  readonly start: number;
  readonly end: number;
  /** From 0, of the start. */
  readonly column: number;
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
}

export interface YamlScalar extends Place {
  readonly type: 'scalar';
  readonly value: string;
  readonly style: ScalarStyle;
}

export interface YamlAlias extends Place {
  readonly type: 'alias';
  readonly value: string;
}

export interface YamlPair {
  readonly name: YamlNode;
  readonly value: YamlNode;
}

export interface YamlObject extends Place {
  readonly type: 'object';
  readonly isBlock: boolean;
  readonly pairs: readonly YamlPair[];
}

export interface YamlList extends Place {
  readonly type: 'list';
  readonly isBlock: boolean;
  readonly items: readonly YamlNode[];
  /** Offsets of the `-` before each element; none between brackets. */
  readonly dashes: readonly number[];
}

export type YamlNode = YamlScalar | YamlAlias | YamlObject | YamlList;

export interface YamlTree {
  readonly root: YamlNode;
  /** Where a second document begins; nothing of it is read. */
  readonly restAt: number | undefined;
  /** Names after a `?` of their own, as almost no text has them. */
  readonly hasExplicitNames: boolean;
}

/** The first document of a text, as Terway reads no other. Throws YamlFailure. */
export function parseYaml(text: string): YamlTree {
  return new Parser(scan(text)).document();
}

type Properties = Pick<Place, 'anchor' | 'tag'>;

const BARE: Properties = { anchor: undefined, tag: undefined };

/** A recursive descent; the scanner has bounded its depth. */
class Parser {
  readonly #scan: Scan;
  #index = 0;
  #hasExplicitNames = false;

  constructor(scan: Scan) {
    this.#scan = scan;
  }

  document(): YamlTree {
    if (this.#is('document-end')) this.#fail('unexpected');
    let isExplicit = false;
    while (this.#is('directive')) {
      isExplicit = true;
      this.#take();
    }
    if (!this.#takes('document-start') && isExplicit) this.#fail('directive');
    const root = this.#is('stream-end') ? this.#empty(BARE) : this.#node(true, false);
    // The reader behind sigs.k8s.io/yaml stops here without a word.
    if (!this.#is('stream-end')) this.#fail('rest');
    const restAt = this.#scan.documentEnd;
    return { root, restAt, hasExplicitNames: this.#hasExplicitNames };
  }

  #peek(): Token {
    const token = this.#scan.tokens[this.#index] ?? this.#scan.tokens.at(-1);
    if (!token) throw new YamlFailure('unexpected', 0);
    return token;
  }

  #is(...types: readonly TokenType[]): boolean {
    return types.includes(this.#peek().type);
  }

  #take(): Token {
    const token = this.#peek();
    this.#index += 1;
    return token;
  }

  #takes(type: TokenType): boolean {
    if (!this.#is(type)) return false;
    this.#index += 1;
    return true;
  }

  #fail(kind: YamlFailure['kind'], open?: Token): never {
    const { start, end } = this.#peek();
    const from = open && { offset: open.start, length: Math.max(1, open.end - open.start) };
    throw new YamlFailure(kind, start, { end, from });
  }

  /** A value that is not written. It stands behind the token before it. */
  #empty(properties: Properties): YamlScalar {
    const start = this.#scan.tokens[this.#index - 1]?.end ?? 0;
    return {
      type: 'scalar',
      start,
      end: start,
      column: -1,
      value: '',
      style: 'plain',
      ...properties,
    };
  }

  #node(mayBeBlock: boolean, mayBeIndentless: boolean): YamlNode {
    if (this.#is('alias')) {
      const { start, end, column, value } = this.#take();
      return { type: 'alias', start, end, column, value, ...BARE };
    }
    const properties = this.#properties();
    const token = this.#peek();
    if (mayBeIndentless && token.type === '-') return this.#indentlessList(properties);
    switch (token.type) {
      case 'scalar': {
        this.#take();
        const { start, end, column, value, style = 'plain' } = token;
        return { type: 'scalar', start, end, column, value, style, ...properties };
      }
      case '[':
        return this.#flowList(properties);
      case '{':
        return this.#flowObject(properties);
      case 'block-list':
        if (!mayBeBlock) break;
        return this.#blockList(properties);
      case 'block-object':
        if (!mayBeBlock) break;
        return this.#blockObject(properties);
      default:
    }
    if (properties.anchor !== undefined || properties.tag !== undefined) {
      return this.#empty(properties);
    }
    return this.#fail('unexpected');
  }

  #properties(): Properties {
    let { anchor, tag } = BARE;
    for (;;) {
      if (anchor === undefined && this.#is('anchor')) anchor = this.#take().value;
      else if (tag === undefined && this.#is('tag')) tag = this.#take().value;
      else return { anchor, tag };
    }
  }

  #blockList(properties: Properties): YamlList {
    const open = this.#take();
    const items: YamlNode[] = [];
    const dashes: number[] = [];
    while (this.#is('-')) {
      dashes.push(this.#take().start);
      items.push(this.#is('-', 'block-end') ? this.#empty(BARE) : this.#node(true, false));
    }
    if (!this.#takes('block-end')) this.#failAtBlock(open);
    const place = placeOf(open, items.at(-1));
    return { type: 'list', isBlock: true, items, dashes, ...place, ...properties };
  }

  /** A list as the value of a name, no deeper than the name. */
  #indentlessList(properties: Properties): YamlList {
    const open = this.#peek();
    const items: YamlNode[] = [];
    const dashes: number[] = [];
    while (this.#is('-')) {
      dashes.push(this.#take().start);
      const isEmpty = this.#is('-', '?', ':', 'block-end');
      items.push(isEmpty ? this.#empty(BARE) : this.#node(true, false));
    }
    const place = placeOf(open, items.at(-1));
    return { type: 'list', isBlock: true, items, dashes, ...place, ...properties };
  }

  #blockObject(properties: Properties): YamlObject {
    const open = this.#take();
    const pairs: YamlPair[] = [];
    while (this.#is('?')) {
      this.#noteExplicit(this.#take());
      const name = this.#is('?', ':', 'block-end') ? this.#empty(BARE) : this.#node(true, true);
      const hasValue = this.#takes(':') && !this.#is('?', ':', 'block-end');
      pairs.push({ name, value: hasValue ? this.#node(true, true) : this.#empty(BARE) });
    }
    if (!this.#takes('block-end')) this.#failAtBlock(open);
    const place = placeOf(open, pairs.at(-1)?.value);
    return { type: 'object', isBlock: true, pairs, ...place, ...properties };
  }

  #flowList(properties: Properties): YamlList {
    const open = this.#take();
    const items: YamlNode[] = [];
    while (!this.#is(']')) {
      if (items.length > 0) this.#comma(open);
      if (this.#is(']')) break;
      items.push(this.#is('?') ? this.#pairInList(open) : this.#inBrackets(open));
    }
    const place = placeOf(open, this.#take());
    return { type: 'list', isBlock: false, items, dashes: [], ...place, ...properties };
  }

  /** `[a: 1]` is a list of an object. */
  #pairInList(open: Token): YamlObject {
    const first = this.#take();
    this.#noteExplicit(first);
    const name = this.#is(':', ',', ']') ? this.#empty(BARE) : this.#inBrackets(open);
    const hasValue = this.#takes(':') && !this.#is(',', ']');
    const value = hasValue ? this.#inBrackets(open) : this.#empty(BARE);
    const pairs = [{ name, value }];
    return { type: 'object', isBlock: false, pairs, ...placeOf(first, value), ...BARE };
  }

  #flowObject(properties: Properties): YamlObject {
    const open = this.#take();
    const pairs: YamlPair[] = [];
    while (!this.#is('}')) {
      if (pairs.length > 0) this.#comma(open);
      if (this.#is('}')) break;
      const isMarked = this.#is('?');
      if (isMarked) this.#noteExplicit(this.#take());
      const isEmpty = isMarked && this.#is(':', ',', '}');
      const name = isEmpty ? this.#empty(BARE) : this.#inBrackets(open);
      const hasValue = isMarked && this.#takes(':') && !this.#is(',', '}');
      pairs.push({ name, value: hasValue ? this.#inBrackets(open) : this.#empty(BARE) });
    }
    const place = placeOf(open, this.#take());
    return { type: 'object', isBlock: false, pairs, ...place, ...properties };
  }

  #comma(open: Token): void {
    if (this.#takes(',')) return;
    this.#checkClosing(open);
    this.#fail('missing-comma', open);
  }

  #inBrackets(open: Token): YamlNode {
    this.#checkClosing(open);
    return this.#node(false, false);
  }

  /** Fails where the brackets that are open go wrong. */
  #checkClosing(open: Token): void {
    if (this.#is('stream-end')) {
      throw new YamlFailure('unclosed-bracket', open.start, { end: open.end });
    }
    if (this.#is('-')) this.#fail('item-in-brackets', open);
    if (this.#is(']', '}')) this.#fail('wrong-bracket', open);
  }

  /** A name after a written `?`. */
  #noteExplicit({ start, end }: Token): void {
    if (end > start) this.#hasExplicitNames = true;
  }

  /** What can't stand in a block: a line that begins in another column, or more text on a line. */
  #failAtBlock(open: Token): never {
    const { start, end, column } = this.#peek();
    throw new YamlFailure('indentation', start, {
      end,
      from: { offset: open.start, length: 1 },
      columns: [open.column, column],
    });
  }
}

const placeOf = ({ start, column, end }: Token, last: { readonly end: number } | undefined) => ({
  start,
  column,
  end: Math.max(end, last?.end ?? start),
});
