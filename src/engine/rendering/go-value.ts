import type { JsonNode } from '../json/node.ts';

/** A JSON value as Go programs hold it: of duplicates the last, lone surrogates replaced. */
export type GoValue = string | number | boolean | null | readonly GoValue[] | GoObject;
export type GoObject = ReadonlyMap<string, GoValue>;

export const isGoObject = (value: GoValue | undefined): value is GoObject => value instanceof Map;

export const isGoArray = (value: GoValue | undefined): value is readonly GoValue[] =>
  Array.isArray(value);

/** The value of a node of a document, as encoding/json decodes it into an interface. */
export function goValueOf(node: JsonNode): GoValue {
  switch (node.type) {
    case 'string':
      return wellFormed(node.value);
    case 'array':
      return node.items.map(goValueOf);
    case 'object':
      return new Map(
        node.members.map(({ name, value }) => [wellFormed(name), goValueOf(value)] as const),
      );
    default:
      return node.value;
  }
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const wellFormed = (text: string) => text.replace(LONE_SURROGATE, '\ufffd');

/** The text that json.MarshalIndent makes of a value, indented by two spaces. */
export function goText(value: GoValue, indent = ''): string {
  const inner = `${indent}  `;
  if (isGoObject(value)) {
    const members = [...value]
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([name, member]) => `${goString(name)}: ${goText(member, inner)}`);
    return bracketed('{', members, '}', indent);
  }
  if (isGoArray(value)) {
    const items = value.map((item) => goText(item, inner));
    return bracketed('[', items, ']', indent);
  }
  if (typeof value === 'string') return goString(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

function bracketed(open: string, parts: readonly string[], close: string, indent: string): string {
  if (parts.length === 0) return `${open}${close}`;
  const lines = parts.map((part) => `\n${indent}  ${part}`).join(',');
  return `${open}${lines}\n${indent}${close}`;
}

/** What encoding/json escapes beside what JSON asks for: text may be put into HTML. */
const ESCAPED = /[<>&\u2028\u2029]/g;

const goString = (text: string) =>
  JSON.stringify(text).replace(
    ESCAPED,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** By the bytes of UTF-8, which is by code points and not by UTF-16 units. */
function compareBytes(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (const [index, character] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Whether two values mean the same. */
export function isSameValue(a: GoValue | undefined, b: GoValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return goText(a) === goText(b);
}
