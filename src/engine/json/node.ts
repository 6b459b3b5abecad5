import type { JsonPath } from './path.ts';
import type { Range } from './position.ts';

/** What every value of a JSON document has: its place in the text, and in the value around it. */
interface Placed extends Range {
  readonly parent: JsonObject | JsonArray | undefined;
  /** The name or index under which the parent holds this value. */
  readonly step: string | number | undefined;
  /** In YAML's block style: what goes when the value is removed with its name or its `-`. */
  readonly whole?: Range;
}

export interface JsonString extends Placed {
  readonly type: 'string';
  readonly value: string;
}

export interface JsonNumber extends Placed {
  readonly type: 'number';
  /** Infinite where the text names a number beyond float64. */
  readonly value: number;
}

export interface JsonBoolean extends Placed {
  readonly type: 'boolean';
  readonly value: boolean;
}

export interface JsonNull extends Placed {
  readonly type: 'null';
  readonly value: null;
}

export interface JsonObject extends Placed {
  readonly type: 'object';
  /** So that `value` may be asked of any node. */
  readonly value: undefined;
  /** In document order, duplicates included. */
  readonly members: readonly JsonMember[];
  /** In YAML's block style: the column of its names, from 0. */
  readonly column?: number;
}

export interface JsonArray extends Placed {
  readonly type: 'array';
  readonly value: undefined;
  readonly items: readonly JsonNode[];
  /** In YAML's block style: the column of the `-` of its elements, from 0. */
  readonly column?: number;
}

/** A value in a JSON document. */
export type JsonNode = JsonString | JsonNumber | JsonBoolean | JsonNull | JsonObject | JsonArray;

export type JsonType = JsonNode['type'];

/** One `"name": value` of an object; `nameNode` is the name's own place in the text, with its quotes. */
export interface JsonMember {
  readonly name: string;
  readonly nameNode: Range;
  /** In YAML: it stands without quotes. */
  readonly isBare?: true;
  readonly value: JsonNode;
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
