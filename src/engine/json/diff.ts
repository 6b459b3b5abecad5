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
  for (const difference of compare(expected, found, undefined)) {
    if (differences.push(difference) >= limit) break;
  }
  return differences;
}

/** A place, by the step that leads to it from the one around it; undefined is the root. */
interface Place {
  readonly around: Place | undefined;
  readonly step: string | number;
}

/** A path is made of a place only where there is something to tell: there can be thousands of them. */
function pathTo(place: Place | undefined): JsonPath {
  const path: (string | number)[] = [];
  for (let at = place; at; at = at.around) path.push(at.step);
  return path.reverse();
}

function* compare(
  expected: JsonNode,
  found: JsonNode,
  around: Place | undefined,
): Iterable<JsonDifference> {
  if (expected.type === 'object' && found.type === 'object') {
    const expectedMembers = lastMembers(expected);
    const foundMembers = lastMembers(found);
    for (const name of new Set([...expectedMembers.keys(), ...foundMembers.keys()])) {
      yield* compareSides(expectedMembers.get(name), foundMembers.get(name), {
        around,
        step: name,
      });
    }
  } else if (expected.type === 'array' && found.type === 'array') {
    const length = Math.max(expected.items.length, found.items.length);
    for (let index = 0; index < length; index += 1) {
      yield* compareSides(expected.items[index], found.items[index], { around, step: index });
    }
  } else if (expected.type !== found.type || expected.value !== found.value) {
    yield { path: pathTo(around), expected, found };
  }
}

function* compareSides(
  expected: JsonNode | undefined,
  found: JsonNode | undefined,
  place: Place,
): Iterable<JsonDifference> {
  if (!expected || !found) yield { path: pathTo(place), expected, found };
  else if (!isSameScalar(expected, found)) yield* compare(expected, found, place);
}

/** What most places of most documents are: told without going into them. */
const isSameScalar = (a: JsonNode, b: JsonNode) =>
  a.value !== undefined && a.type === b.type && a.value === b.value;

function lastMembers(node: JsonObject): Map<string, JsonNode> {
  return new Map(node.members.map((member) => [member.name, member.value]));
}
