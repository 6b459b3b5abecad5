import type { JsonPath } from './path.ts';
import type { Range } from './position.ts';

export type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** A value in a JSON document, with its place in the text. */
export interface JsonNode extends Range {
  readonly type: JsonType;
  /** Of a string, number or boolean; null for null; undefined for objects and arrays. */
  readonly value: string | number | boolean | null | undefined;
  /** Of an object, in document order, duplicates included. */
  readonly members: readonly JsonMember[];
  /** Of an array. */
  readonly items: readonly JsonNode[];
  readonly parent: JsonNode | undefined;
  /** The name or index under which the parent holds this value. */
  readonly step: string | number | undefined;
}

/** One `"name": value` of an object; `nameNode` is the quoted name's own place in the text. */
export interface JsonMember {
  readonly name: string;
  readonly nameNode: Range;
  readonly value: JsonNode;
}

/** The members of an object in document order, duplicates included; none for other values. */
export function members(node: JsonNode): readonly JsonMember[] {
  return node.members;
}

/** The elements of an array; none for other values. */
export function items(node: JsonNode): readonly JsonNode[] {
  return node.items;
}

/** Where `node` stands in its document. */
export function pathOf(node: JsonNode): JsonPath {
  const path: (string | number)[] = [];
  for (let at: JsonNode | undefined = node; at?.step !== undefined; at = at.parent) {
    path.push(at.step);
  }
  return path.reverse();
}

/**
 * The plain value of a node. Objects have no prototype, so that a member named `__proto__` is a
 * member like any other; of duplicates the last counts, as in Go.
 */
export function valueOf(node: JsonNode): unknown {
  if (node.type === 'array') return node.items.map(valueOf);
  if (node.type !== 'object') return node.value;
  const value = Object.create(null) as Record<string, unknown>;
  for (const member of node.members) value[member.name] = valueOf(member.value);
  return value;
}

const TYPE_WORDS: Readonly<Record<JsonType, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

/** `text`, `a number`, `true or false`, `a list`, `an object`, `null`. */
export function describeType(node: JsonNode): string {
  return TYPE_WORDS[node.type];
}
