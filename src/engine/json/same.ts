import { exactMember, timesNamed } from './go-names.ts';
import type { JsonNode, JsonObject } from './node.ts';
import type { JsonPath } from './path.ts';

/**
 * Whether two JSON values mean the same to every reader: key order and white space do not count,
 * arrays are ordered, numbers compare by value. A name that stands twice in one object must stand
 * twice in the other one, with the same values in the same order, as readers differ in which counts.
 */
export function isSameJson(a: JsonNode, b: JsonNode): boolean {
  if (a.type === 'array' && b.type === 'array') {
    return (
      a.items.length === b.items.length && a.items.every((item, i) => isSame(item, b.items[i]))
    );
  }
  if (a.type !== 'object' || b.type !== 'object') {
    return a.type === b.type && a.value === b.value && a.type !== 'array';
  }
  if (a.members.length !== b.members.length) return false;
  const others = byName(b);
  for (const [name, values] of byName(a)) {
    const found = others.get(name);
    if (found?.length !== values.length) return false;
    if (!values.every((value, index) => isSame(value, found[index]))) return false;
  }
  return true;
}

const isSame = (a: JsonNode, b: JsonNode | undefined) => b !== undefined && isSameJson(a, b);

/** The values of an object in document order, those of one name together. */
function byName(node: JsonObject): Map<string, JsonNode[]> {
  const values = new Map<string, JsonNode[]>();
  for (const { name, value } of node.members) {
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return values;
}

/** What stands at `path`, undefined where nothing does; of duplicates the last. */
export function nodeAt(root: JsonNode, path: JsonPath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of path) {
    if (!node) return undefined;
    if (typeof step === 'string') node = exactMember(node, step)?.value;
    else node = node.type === 'array' ? node.items[step] : undefined;
  }
  return node;
}

/**
 * Whether both documents hold the same at their paths: the value, and as many members of its name
 * beside it.
 */
export function holdSame(a: JsonNode, pathInA: JsonPath, b: JsonNode, pathInB: JsonPath): boolean {
  const [one, other] = [nodeAt(a, pathInA), nodeAt(b, pathInB)];
  if (!one || !other || !isSameJson(one, other)) return false;
  return timesOf(one) === timesOf(other);
}

/** How many members of its object have the name of `node`. */
const timesOf = ({ parent, step }: JsonNode) =>
  parent?.type === 'object' && typeof step === 'string' ? timesNamed(parent, step) : 0;
