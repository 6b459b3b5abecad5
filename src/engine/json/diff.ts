import type { JsonNode, JsonObject } from './node.ts';
import type { JsonPath } from './path.ts';

/** One place where two JSON values differ; a side that lacks the place has no node. */
export interface JsonDifference {
  readonly path: JsonPath;
  readonly expected: JsonNode | undefined;
  readonly found: JsonNode | undefined;
}

/**
 * Where `found` differs from `expected` as JSON: key order and white space do not count, arrays
 * are ordered, numbers compare by value, of duplicate members the last counts. The deepest
 * differing places are named, at most `limit` of them.
 */
export function jsonDifferences(expected: JsonNode, found: JsonNode, limit = 50): JsonDifference[] {
  const differences: JsonDifference[] = [];
  compare(expected, found, [], differences, limit);
  return differences;
}

function compare(
  expected: JsonNode,
  found: JsonNode,
  path: JsonPath,
  differences: JsonDifference[],
  limit: number,
): void {
  if (differences.length >= limit) return;
  if (expected.type === 'object' && found.type === 'object') {
    const expectedMembers = lastMembers(expected);
    const foundMembers = lastMembers(found);
    for (const name of new Set([...expectedMembers.keys(), ...foundMembers.keys()])) {
      compareSides(expectedMembers.get(name), foundMembers.get(name), [...path, name]);
    }
  } else if (expected.type === 'array' && found.type === 'array') {
    const length = Math.max(expected.items.length, found.items.length);
    for (let index = 0; index < length; index += 1) {
      compareSides(expected.items[index], found.items[index], [...path, index]);
    }
  } else if (expected.type !== found.type || expected.value !== found.value) {
    differences.push({ path, expected, found });
  }

  function compareSides(left: JsonNode | undefined, right: JsonNode | undefined, at: JsonPath) {
    if (left && right) compare(left, right, at, differences, limit);
    else if (differences.length < limit)
      differences.push({ path: at, expected: left, found: right });
  }
}

function lastMembers(node: JsonObject): Map<string, JsonNode> {
  return new Map(node.members.map((member) => [member.name, member.value]));
}
