import {
  getNodePath,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { JsonPath } from './json-path.ts';
import type { Range } from './position.ts';

/** A value in a JSON document, with its place in the text. Object members keep their duplicates. */
export type JsonNode = Node;

/** What keeps a text from being read as JSON, or from being read as Go reads it. */
export interface JsonProblem {
  readonly kind: 'syntax' | 'depth' | 'size' | 'number';
  readonly message: string;
  readonly at: Range;
}

/** A text read as JSON: either a root node, or the problems that keep it from having one. */
export interface JsonDocument {
  readonly text: string;
  readonly root: JsonNode | undefined;
  readonly problems: readonly JsonProblem[];
}

/**
 * Levels of nesting that are read. Go's encoding/json gives up at 10 000; no CNI configuration
 * needs more than a handful, and everything here that recurses stays far from the stack's end.
 */
export const MAX_DEPTH = 256;

/** Bytes that the API server accepts for all values of a ConfigMap together: 1 MiB. */
export const MAX_TEXT_LENGTH = 1024 * 1024;

const MAX_SYNTAX_PROBLEMS = 20;

const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/**
 * Reads `text` as strictly as Go's encoding/json does (RFC 8259: no comments, no trailing commas,
 * no byte-order mark, finite numbers), but goes on after an error, so that all are reported at
 * once. Size and depth are checked first: what follows recurses. Never throws.
 */
export function readJson(text: string): JsonDocument {
  const unreadable = tooLarge(text) ?? tooDeep(text);
  if (unreadable) return { text, root: undefined, problems: [unreadable] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, STRICT);
  if (errors.length > 0 || root === undefined) {
    return { text, root: undefined, problems: syntaxProblems(text, errors) };
  }
  return { text, root, problems: MAY_BE_INFINITE.test(text) ? infiniteNumbers(root) : [] };
}

function tooLarge(text: string): JsonProblem | undefined {
  if (text.length <= MAX_TEXT_LENGTH) return undefined;
  return {
    kind: 'size',
    message: `the text is ${text.length} characters long; a ConfigMap holds 1 MiB at most`,
    at: { offset: MAX_TEXT_LENGTH, length: 1 },
  };
}

/** Finds the first bracket below MAX_DEPTH without recursion; brackets in strings do not count. */
function tooDeep(text: string): JsonProblem | undefined {
  let depth = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const unit = text.charCodeAt(offset);
    if (unit === 0x22) {
      offset = endOfString(text, offset);
    } else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        return {
          kind: 'depth',
          message: `nested more than ${MAX_DEPTH} levels deep`,
          at: { offset, length: 1 },
        };
      }
    } else if (unit === 0x7d || unit === 0x5d) {
      depth -= 1;
    }
  }
  return undefined;
}

/** Offset of the closing quote, or of the line's end: a string that never closes ends there. */
function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    const unit = text.charCodeAt(offset);
    if (unit === 0x5c) offset += 1;
    else if (unit === 0x22 || unit === 0x0a) return offset;
  }
  return text.length;
}

function syntaxProblems(text: string, errors: readonly ParseError[]): JsonProblem[] {
  if (text.trim() === '') {
    return [{ kind: 'syntax', message: 'the text is empty', at: { offset: 0, length: 1 } }];
  }
  if (text.charCodeAt(0) === 0xfeff) {
    return [
      {
        kind: 'syntax',
        message: 'the text begins with a byte-order mark, which Go refuses',
        at: { offset: 0, length: 1 },
      },
    ];
  }
  const problems: JsonProblem[] = [];
  let lastOffset = -1;
  for (const error of errors) {
    if (problems.length === MAX_SYNTAX_PROBLEMS) break;
    // One slip often yields several errors at the same place; the first names it best.
    if (error.offset === lastOffset) continue;
    lastOffset = error.offset;
    problems.push({
      kind: 'syntax',
      message: describeSyntaxError(text, error),
      at: { offset: error.offset, length: Math.max(1, error.length) },
    });
  }
  return problems;
}

const SYNTAX_MESSAGES: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: 'this is not a JSON value',
  InvalidNumberFormat: 'this is not a JSON number',
  PropertyNameExpected: 'a member name in double quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a colon is expected here',
  CommaExpected: 'a comma is expected before this',
  CloseBraceExpected: 'a closing brace } is expected here',
  CloseBracketExpected: 'a closing bracket ] is expected here',
  EndOfFileExpected: 'the document has ended before this; remove what follows',
  InvalidCommentToken: 'JSON has no comments; remove this',
  UnexpectedEndOfComment: 'JSON has no comments; remove this',
  UnexpectedEndOfString: 'this string has no closing double quote',
  UnexpectedEndOfNumber: 'this number is incomplete',
  InvalidUnicode: 'this \\u escape needs four hexadecimal digits',
  InvalidEscapeCharacter: 'this is not an escape that JSON knows',
  InvalidCharacter: 'a raw control character stands in this string; write it as an escape',
};

function describeSyntaxError(text: string, error: ParseError): string {
  const unit = text[error.offset];
  const before = text.slice(0, error.offset).trimEnd();
  if ((unit === '}' || unit === ']') && before.endsWith(',')) {
    return `a comma stands before this ${unit}; remove the comma`;
  }
  if (unit === "'") return "JSON strings stand in double quotes, not in single ones (')";
  if (unit === '\u201c' || unit === '\u201d') {
    return 'this is a typographic quote; JSON needs the plain one (")';
  }
  const code = printParseErrorCode(error.error);
  return SYNTAX_MESSAGES[code] ?? 'this is not valid JSON here';
}

/** An exponent of three digits, or more digits than a float64 can mean. */
const MAY_BE_INFINITE = /[eE]\+?\d{3}|\d{300}/;

/** `1e400` is Infinity to JavaScript and an error to Go, so to Terway as well. */
function infiniteNumbers(root: JsonNode): JsonProblem[] {
  const problems: JsonProblem[] = [];
  for (const node of walk(root)) {
    if (node.type === 'number' && !Number.isFinite(node.value)) {
      problems.push({
        kind: 'number',
        message: 'this number is too large for Terway to read (beyond 1.8e308)',
        at: node,
      });
      if (problems.length === MAX_SYNTAX_PROBLEMS) break;
    }
  }
  return problems;
}

/** Every value below and including `root` in document order, without recursion. */
export function* walk(root: JsonNode): Generator<JsonNode> {
  const pending = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type !== 'property') yield node;
    const children = node.children ?? [];
    const first = node.type === 'property' ? 1 : 0;
    for (let index = children.length - 1; index >= first; index -= 1) {
      const child = children[index];
      if (child) pending.push(child);
    }
  }
}

/** Where `node` stands in its document. */
export function pathOf(node: JsonNode): JsonPath {
  return getNodePath(node);
}

/** One `"name": value` of an object; `nameNode` is the name's own place in the text. */
export interface JsonMember {
  readonly name: string;
  readonly nameNode: JsonNode;
  readonly value: JsonNode;
}

/** The members of an object node in document order, duplicates included; none for other nodes. */
export function members(node: JsonNode): JsonMember[] {
  if (node.type !== 'object') return [];
  const found: JsonMember[] = [];
  for (const property of node.children ?? []) {
    const [nameNode, value] = property.children ?? [];
    if (nameNode && value) found.push({ name: nameNode.value as string, nameNode, value });
  }
  return found;
}

/** The elements of an array node; none for other nodes. */
export function items(node: JsonNode): readonly JsonNode[] {
  return node.type === 'array' ? (node.children ?? []) : [];
}

/**
 * The plain value of a node. Objects have no prototype, so that a member named `__proto__` is a
 * member like any other; of duplicates the last counts, as in Go.
 */
export function valueOf(node: JsonNode): unknown {
  if (node.type === 'array') return items(node).map(valueOf);
  if (node.type !== 'object') return node.value;
  const value = Object.create(null) as Record<string, unknown>;
  for (const member of members(node)) value[member.name] = valueOf(member.value);
  return value;
}

/** `text`, `number`, `true or false`, `list`, `object`, `null`: a JSON type in words. */
export function describeType(node: JsonNode): string {
  switch (node.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
    case 'number':
      return 'a number';
    default:
      return 'null';
  }
}
