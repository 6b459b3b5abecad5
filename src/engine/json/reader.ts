import type { JsonMember, JsonNode, JsonType } from './node.ts';

/**
 * Reads valid JSON into nodes with places, in one pass. It accepts exactly what Go's encoding/json
 * accepts (RFC 8259); what is wrong with a text that it does not accept, syntax-errors.ts finds
 * out. Written here because reviews run on the API server's time: a tolerant parser costs several
 * times as much.
 */
export interface Reading {
  readonly root: JsonNode;
  /** Every object in the document. */
  readonly objects: readonly JsonNode[];
  /** Numbers that JavaScript can only take for infinite. */
  readonly infinite: readonly JsonNode[];
}

/** A node while its children are still being read. */
interface Draft extends JsonNode {
  length: number;
  members: JsonMember[];
  items: JsonNode[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NO_MEMBERS: JsonMember[] = [];
const NO_ITEMS: JsonNode[] = [];

/** The reading of `text`, or where it stops being JSON or is nested deeper than `maxDepth`. */
export function readStrictly(
  text: string,
  maxDepth: number,
): Reading | { readonly failedAt: number } {
  return new StrictReader(text, maxDepth).read();
}

/** A recursive descent over one text; every method that fails returns undefined. */
class StrictReader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #objects: JsonNode[] = [];
  readonly #infinite: JsonNode[] = [];
  #offset = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  read(): Reading | { readonly failedAt: number } {
    const root = this.#readValue(1, undefined, undefined);
    this.#skipSpace();
    return root && this.#offset === this.#text.length
      ? { root, objects: this.#objects, infinite: this.#infinite }
      : { failedAt: this.#offset };
  }

  #skipSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#offset);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#offset += 1;
    }
  }

  /** Consumes one punctuation mark, with the space before it. */
  #takes(mark: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#offset) !== mark) return false;
    this.#offset += 1;
    return true;
  }

  #readValue(
    depth: number,
    parent: Draft | undefined,
    step: JsonNode['step'],
  ): JsonNode | undefined {
    this.#skipSpace();
    const start = this.#offset;
    switch (this.#text.charCodeAt(start)) {
      case OPEN_BRACE:
        if (depth > this.#maxDepth) return undefined;
        return this.#readObject(draft('object', start, parent, step), depth);
      case OPEN_BRACKET:
        if (depth > this.#maxDepth) return undefined;
        return this.#readArray(draft('array', start, parent, step), depth);
      case QUOTE: {
        const value = this.#readString();
        if (value === undefined) return undefined;
        return scalar('string', start, this.#offset, value, parent, step);
      }
      case 0x74:
        return this.#readLiteral('true', true, parent, step);
      case 0x66:
        return this.#readLiteral('false', false, parent, step);
      case 0x6e:
        return this.#readLiteral('null', null, parent, step);
      default:
        return this.#readNumber(parent, step);
    }
  }

  #readObject(node: Draft, depth: number): JsonNode | undefined {
    this.#objects.push(node);
    this.#offset += 1;
    if (this.#takes(CLOSE_BRACE)) return this.#close(node);
    do {
      this.#skipSpace();
      const start = this.#offset;
      const name = this.#text.charCodeAt(start) === QUOTE ? this.#readString() : undefined;
      if (name === undefined) return undefined;
      const nameNode = { offset: start, length: this.#offset - start };
      if (!this.#takes(COLON)) return undefined;
      const value = this.#readValue(depth + 1, node, name);
      if (!value) return undefined;
      // A literal has room for one; the first push would make room for sixteen more.
      if (node.members.length === 0) node.members = [{ name, nameNode, value }];
      else node.members.push({ name, nameNode, value });
    } while (this.#takes(COMMA));
    return this.#takes(CLOSE_BRACE) ? this.#close(node) : undefined;
  }

  #readArray(node: Draft, depth: number): JsonNode | undefined {
    this.#offset += 1;
    if (this.#takes(CLOSE_BRACKET)) return this.#close(node);
    do {
      const item = this.#readValue(depth + 1, node, node.items.length);
      if (!item) return undefined;
      if (node.items.length === 0) node.items = [item];
      else node.items.push(item);
    } while (this.#takes(COMMA));
    return this.#takes(CLOSE_BRACKET) ? this.#close(node) : undefined;
  }

  #close(node: Draft): JsonNode {
    node.length = this.#offset - node.offset;
    return node;
  }

  /** The string whose opening quote stands at the offset. */
  #readString(): string | undefined {
    const text = this.#text;
    const start = this.#offset;
    let isPlain = true;
    for (let at = start + 1; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        this.#offset = at + 1;
        return isPlain ? text.slice(start + 1, at) : unescape(text.slice(start, at + 1));
      }
      if (unit < 0x20) return undefined;
      if (unit === BACKSLASH) {
        isPlain = false;
        at += 1;
      }
    }
    return undefined;
  }

  #readLiteral(
    literal: string,
    value: boolean | null,
    parent: Draft | undefined,
    step: JsonNode['step'],
  ): JsonNode | undefined {
    const start = this.#offset;
    if (!this.#text.startsWith(literal, start)) return undefined;
    this.#offset += literal.length;
    return scalar(value === null ? 'null' : 'boolean', start, this.#offset, value, parent, step);
  }

  #readNumber(parent: Draft | undefined, step: JsonNode['step']): JsonNode | undefined {
    const start = this.#offset;
    NUMBER.lastIndex = start;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) return undefined;
    this.#offset += digits.length;
    const node = scalar('number', start, this.#offset, Number(digits), parent, step);
    if (!Number.isFinite(node.value)) this.#infinite.push(node);
    return node;
  }
}

function scalar(
  type: JsonType,
  offset: number,
  end: number,
  value: JsonNode['value'],
  parent: Draft | undefined,
  step: JsonNode['step'],
): JsonNode {
  return {
    type,
    offset,
    length: end - offset,
    value,
    members: NO_MEMBERS,
    items: NO_ITEMS,
    parent,
    step,
  };
}

function draft(
  type: 'object' | 'array',
  offset: number,
  parent: Draft | undefined,
  step: JsonNode['step'],
): Draft {
  return {
    type,
    offset,
    length: 0,
    value: undefined,
    members: NO_MEMBERS,
    items: NO_ITEMS,
    parent,
    step,
  };
}

/** A quoted string with escapes; JavaScript's reading of them is Go's, lone surrogates aside. */
function unescape(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
