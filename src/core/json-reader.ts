import type { JsonMember, JsonNode, JsonType } from './json-node.ts';

/**
 * Reads valid JSON into nodes with places, in one pass. It accepts exactly what Go's encoding/json
 * accepts (RFC 8259); what is wrong with a text that it does not accept, others find out. Written
 * here because reviews run on the API server's time: a tolerant parser costs several times as much
 * and drops what Go's reading depends on.
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
  readonly members: JsonMember[];
  readonly items: JsonNode[];
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
  const objects: JsonNode[] = [];
  const infinite: JsonNode[] = [];
  let offset = 0;

  function skipSpace(): void {
    for (;;) {
      const unit = text.charCodeAt(offset);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      offset += 1;
    }
  }

  /** Consumes one punctuation mark, with the space before it. */
  function takes(mark: number): boolean {
    skipSpace();
    if (text.charCodeAt(offset) !== mark) return false;
    offset += 1;
    return true;
  }

  /** The string whose opening quote stands at `offset`; undefined when it is malformed. */
  function readString(): string | undefined {
    const start = offset;
    let isPlain = true;
    for (let at = start + 1; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        offset = at + 1;
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

  function readScalar(
    type: JsonType,
    end: number,
    value: JsonNode['value'],
    parent: JsonNode | undefined,
    step: JsonNode['step'],
  ): JsonNode {
    const start = offset;
    offset = end;
    return {
      type,
      offset: start,
      length: end - start,
      value,
      members: NO_MEMBERS,
      items: NO_ITEMS,
      parent,
      step,
    };
  }

  function readLiteral(
    literal: 'true' | 'false' | 'null',
    parent: JsonNode | undefined,
    step: JsonNode['step'],
  ): JsonNode | undefined {
    if (!text.startsWith(literal, offset)) return undefined;
    const end = offset + literal.length;
    if (literal === 'null') return readScalar('null', end, null, parent, step);
    return readScalar('boolean', end, literal === 'true', parent, step);
  }

  function readNumber(parent: JsonNode | undefined, step: JsonNode['step']): JsonNode | undefined {
    NUMBER.lastIndex = offset;
    const digits = NUMBER.exec(text)?.[0];
    if (digits === undefined) return undefined;
    const node = readScalar('number', offset + digits.length, Number(digits), parent, step);
    if (!Number.isFinite(node.value)) infinite.push(node);
    return node;
  }

  function readObject(node: Draft, depth: number): JsonNode | undefined {
    objects.push(node);
    offset += 1;
    if (takes(CLOSE_BRACE)) return close(node);
    do {
      skipSpace();
      const start = offset;
      const name = text.charCodeAt(start) === QUOTE ? readString() : undefined;
      if (name === undefined) return undefined;
      const nameNode = { offset: start, length: offset - start };
      if (!takes(COLON)) return undefined;
      const value = readValue(depth + 1, node, name);
      if (!value) return undefined;
      node.members.push({ name, nameNode, value });
    } while (takes(COMMA));
    return takes(CLOSE_BRACE) ? close(node) : undefined;
  }

  function readArray(node: Draft, depth: number): JsonNode | undefined {
    offset += 1;
    if (takes(CLOSE_BRACKET)) return close(node);
    do {
      const item = readValue(depth + 1, node, node.items.length);
      if (!item) return undefined;
      node.items.push(item);
    } while (takes(COMMA));
    return takes(CLOSE_BRACKET) ? close(node) : undefined;
  }

  function close(node: Draft): JsonNode {
    node.length = offset - node.offset;
    return node;
  }

  function readValue(
    depth: number,
    parent: JsonNode | undefined,
    step: JsonNode['step'],
  ): JsonNode | undefined {
    skipSpace();
    const start = offset;
    switch (text.charCodeAt(start)) {
      case OPEN_BRACE:
        if (depth > maxDepth) return undefined;
        return readObject(draft('object', start, [], NO_ITEMS, parent, step), depth);
      case OPEN_BRACKET:
        if (depth > maxDepth) return undefined;
        return readArray(draft('array', start, NO_MEMBERS, [], parent, step), depth);
      case QUOTE: {
        const value = readString();
        if (value === undefined) return undefined;
        const end = offset;
        offset = start;
        return readScalar('string', end, value, parent, step);
      }
      case 0x74:
        return readLiteral('true', parent, step);
      case 0x66:
        return readLiteral('false', parent, step);
      case 0x6e:
        return readLiteral('null', parent, step);
      default:
        return readNumber(parent, step);
    }
  }

  const root = readValue(1, undefined, undefined);
  skipSpace();
  return root && offset === text.length ? { root, objects, infinite } : { failedAt: offset };
}

function draft(
  type: 'object' | 'array',
  offset: number,
  members: JsonMember[],
  items: JsonNode[],
  parent: JsonNode | undefined,
  step: JsonNode['step'],
): Draft {
  return { type, offset, length: 0, value: undefined, members, items, parent, step };
}

/** A quoted string with escapes; JavaScript's reading of them is Go's, lone surrogates aside. */
function unescape(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
