import type { JsonArray, JsonMember, JsonNode, JsonNumber, JsonObject } from './node.ts';
import { MAX_VALUES } from './syntax-problem.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './punctuation.ts';

/**
 * Reads valid JSON into nodes with places, in one pass. It accepts exactly what Go's encoding/json
 * accepts (RFC 8259); syntax-errors.ts says what is wrong with any other text. Written here for
 * speed, as reviews run on the API server's time: docs/decisions/0004-own-json-reader.md.
 */
export interface Reading {
  readonly root: JsonNode;
  /** Every object in the document. */
  readonly objects: readonly JsonObject[];
  /** How many values it has, each member's and each element's counted. */
  readonly values: number;
  /** Numbers that JavaScript can only take for infinite. */
  readonly infinite: readonly JsonNumber[];
}

/** A text that is not JSON, nested too deep, or of too many values, as far as it was read. */
export interface Failure {
  /** Where it stops being JSON, or being read. */
  readonly failedAt: number;
  /** Beyond its depth or its number of values it is not known to be JSON. */
  readonly because: 'syntax' | 'depth' | 'size';
  /** Every object up to there; those that are still open have the members that were read. */
  readonly objects: readonly JsonObject[];
}

/** An object or array while its children are still being read. */
interface ObjectDraft extends JsonObject {
  length: number;
  members: JsonMember[];
}

interface ArrayDraft extends JsonArray {
  length: number;
  items: JsonNode[];
}

type Parent = ObjectDraft | ArrayDraft | undefined;
type Step = JsonNode['step'];

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NO_MEMBERS: JsonMember[] = [];
const NO_ITEMS: JsonNode[] = [];

/**
 * Levels of nesting that are read. Go's encoding/json gives up at 10 000; no CNI configuration
 * needs more than a handful, and everything here that recurses stays far from the stack's end.
 */
export const MAX_DEPTH = 256;

/** The reading of `text`, or where it stops being JSON, or has more values or levels than are read. */
export function readStrictly(text: string, maxValues = MAX_VALUES): Reading | Failure {
  return new StrictReader(text, maxValues).read();
}

/** A recursive descent over one text; every method that fails returns undefined. */
class StrictReader {
  readonly #text: string;
  readonly #objects: JsonObject[] = [];
  readonly #infinite: JsonNumber[] = [];
  readonly #maxValues: number;
  #offset = 0;
  #values = 0;
  #isTooDeep = false;

  constructor(text: string, maxValues: number) {
    this.#text = text;
    this.#maxValues = maxValues;
  }

  read(): Reading | Failure {
    const root = this.#readValue(1, undefined, undefined);
    this.#skipSpace();
    const objects = this.#objects;
    if (root && this.#offset === this.#text.length) {
      return { root, objects, values: this.#values, infinite: this.#infinite };
    }
    return { failedAt: this.#offset, because: this.#failure(), objects };
  }

  #failure(): Failure['because'] {
    if (this.#isTooDeep) return 'depth';
    return this.#values > this.#maxValues ? 'size' : 'syntax';
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

  #readValue(depth: number, parent: Parent, step: Step): JsonNode | undefined {
    this.#skipSpace();
    this.#values += 1;
    if (this.#values > this.#maxValues) return undefined;
    const start = this.#offset;
    switch (this.#text.charCodeAt(start)) {
      case OPEN_BRACE:
        this.#isTooDeep = depth > MAX_DEPTH;
        return this.#isTooDeep ? undefined : this.#readObject(depth, parent, step);
      case OPEN_BRACKET:
        this.#isTooDeep = depth > MAX_DEPTH;
        return this.#isTooDeep ? undefined : this.#readArray(depth, parent, step);
      case QUOTE: {
        const value = this.#readString();
        if (value === undefined) return undefined;
        const length = this.#offset - start;
        return { type: 'string', offset: start, length, value, parent, step };
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

  #readObject(depth: number, parent: Parent, step: Step): JsonObject | undefined {
    const node: ObjectDraft = {
      type: 'object',
      offset: this.#offset,
      length: 0,
      value: undefined,
      members: NO_MEMBERS,
      parent,
      step,
    };
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

  #readArray(depth: number, parent: Parent, step: Step): JsonArray | undefined {
    const node: ArrayDraft = {
      type: 'array',
      offset: this.#offset,
      length: 0,
      value: undefined,
      items: NO_ITEMS,
      parent,
      step,
    };
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

  #close<T extends ObjectDraft | ArrayDraft>(node: T): T {
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
    parent: Parent,
    step: Step,
  ): JsonNode | undefined {
    const offset = this.#offset;
    if (!this.#text.startsWith(literal, offset)) return undefined;
    const { length } = literal;
    this.#offset += length;
    return value === null
      ? { type: 'null', offset, length, value, parent, step }
      : { type: 'boolean', offset, length, value, parent, step };
  }

  #readNumber(parent: Parent, step: Step): JsonNumber | undefined {
    const offset = this.#offset;
    NUMBER.lastIndex = offset;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) return undefined;
    const { length } = digits;
    this.#offset += length;
    const value = Number(digits);
    const node: JsonNumber = { type: 'number', offset, length, value, parent, step };
    if (!Number.isFinite(value)) this.#infinite.push(node);
    return node;
  }
}

/** A quoted string with escapes; JavaScript's reading of them is Go's, lone surrogates aside. */
function unescape(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
