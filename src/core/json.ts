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
  /** What to do, where it can be told. */
  readonly fix?: string;
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

/** The message about a text without any content, for which there is another remedy. */
export const EMPTY_TEXT = 'the text is empty';

function syntaxProblems(text: string, errors: readonly ParseError[]): JsonProblem[] {
  if (text.trim() === '') {
    return [{ kind: 'syntax', message: EMPTY_TEXT, at: { offset: 0, length: 1 } }];
  }
  const problems: JsonProblem[] = [];
  let read = 0;
  for (const error of errors) {
    if (problems.length === MAX_SYNTAX_PROBLEMS) break;
    if (problems.length > 0 && isConsequence(text, read, error.offset)) continue;
    problems.push({
      kind: 'syntax',
      ...describeSyntaxError(text, error),
      at: { offset: error.offset, length: Math.max(1, error.length) },
    });
    read = error.offset + error.length;
    // What does not even begin like JSON has no second slip worth telling, and after a string
    // that a carriage return has torn, quotes pair up wrongly to the end.
    if (text.slice(0, error.offset).trim() === '' || isTornString(text, error)) break;
  }
  return problems;
}

/** One slip makes the parser stumble on; what follows on its line, or next to it, is no news. */
function isConsequence(text: string, read: number, offset: number): boolean {
  const between = text.slice(read, offset);
  return !between.includes('\n') || between.trim() === '';
}

/** What is wrong, and what to do about it where there is one thing to do. */
interface Slip {
  readonly message: string;
  readonly fix?: string;
}

const NO_COMMENTS = { message: 'JSON has no comments', fix: 'remove this comment' };

const SLIPS: Partial<Record<ReturnType<typeof printParseErrorCode>, Slip>> = {
  InvalidSymbol: { message: 'this is not a JSON value' },
  InvalidNumberFormat: { message: 'this is not a JSON number' },
  PropertyNameExpected: { message: 'a member name in double quotes is expected here' },
  ValueExpected: { message: 'a value is expected here' },
  ColonExpected: { message: 'a colon is expected here', fix: 'put a colon before this' },
  CommaExpected: { message: 'a comma is missing before this', fix: 'put a comma before this' },
  CloseBraceExpected: { message: 'a closing brace is missing here', fix: 'put } here' },
  CloseBracketExpected: { message: 'a closing bracket is missing here', fix: 'put ] here' },
  EndOfFileExpected: { message: 'the document ends before this', fix: 'remove what follows' },
  InvalidCommentToken: NO_COMMENTS,
  UnexpectedEndOfComment: NO_COMMENTS,
  UnexpectedEndOfString: {
    message: 'this string has no closing double quote',
    fix: 'close it with "',
  },
  UnexpectedEndOfNumber: { message: 'this number is incomplete' },
  InvalidUnicode: { message: 'an escape with \\u needs four hexadecimal digits' },
  InvalidEscapeCharacter: {
    message: 'this escape is none that JSON knows',
    fix: 'write a backslash as two of them',
  },
  InvalidCharacter: {
    message: 'a raw control character stands in this string',
    fix: 'remove it, or write it as an escape such as \\t or \\u001b',
  },
};

function describeSyntaxError(text: string, error: ParseError): Slip {
  const code = printParseErrorCode(error.error);
  const unit = text[error.offset] ?? '';
  const closes = unit === '}' || unit === ']';
  if (closes && text.slice(0, error.offset).trimEnd().endsWith(',')) {
    return { message: `a comma stands before this ${unit}`, fix: 'remove the comma' };
  }
  if (closes && code === 'CommaExpected') {
    const missing = unit === '}' ? ']' : '}';
    return {
      message: `${missing} is missing before this ${unit}`,
      fix: `put ${missing} before it`,
    };
  }
  if (isTornString(text, error) && SLIPS.InvalidCharacter) return SLIPS.InvalidCharacter;
  return describeUnit(unit) ?? SLIPS[code] ?? { message: 'this is not valid JSON' };
}

/** The scanner takes a lone carriage return for the end of a line, and so of the string. */
function isTornString(text: string, { error, offset, length }: ParseError): boolean {
  const end = offset + length;
  const isOpen = printParseErrorCode(error) === 'UnexpectedEndOfString';
  return isOpen && text[end] === '\r' && text[end + 1] !== '\n';
}

/** Slips that show in their first character. */
function describeUnit(unit: string): Slip | undefined {
  const name = `U+${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (unit === "'") return { message: 'JSON has no single quotes', fix: 'use double quotes' };
  if (/[\u2018-\u201f]/.test(unit)) {
    return { message: `this is a typographic quote (${name})`, fix: 'use plain double quotes' };
  }
  if (unit === '\ufeff') {
    return {
      message: 'a byte-order mark stands here, which Go refuses',
      fix: 'save the text as UTF-8 without a byte-order mark',
    };
  }
  if (/[^\t\n\r ]/.test(unit) && /\s/.test(unit)) {
    return {
      message: `this blank is no space but ${name}, as web pages have it`,
      fix: 'replace it by a space',
    };
  }
  return undefined;
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
