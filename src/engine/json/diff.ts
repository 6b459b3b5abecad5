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
  const told: Told = { differences: [], limit };
  compare(expected, found, undefined, told);
  return told.differences;
}

interface Told {
  readonly differences: JsonDifference[];
  readonly limit: number;
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

function compare(expected: JsonNode, found: JsonNode, around: Place | undefined, told: Told): void {
  if (expected.type === 'object' && found.type === 'object') {
    const expectedMembers = lastMembers(expected);
    const foundMembers = lastMembers(found);
    for (const [step, value] of expectedMembers) {
      compareSides(value, foundMembers.get(step), { around, step }, told);
    }
    for (const [step, value] of foundMembers) {
      if (!expectedMembers.has(step)) compareSides(undefined, value, { around, step }, told);
    }
  } else if (expected.type === 'array' && found.type === 'array') {
    const length = Math.max(expected.items.length, found.items.length);
    for (let step = 0; step < length; step += 1) {
      compareSides(expected.items[step], found.items[step], { around, step }, told);
    }
  } else if (expected.type !== found.type || expected.value !== found.value) {
    tell(told, around, expected, found);
  }
}

function compareSides(
  expected: JsonNode | undefined,
  found: JsonNode | undefined,
  place: Place,
  told: Told,
): void {
  if (isFull(told)) return;
  if (!expected || !found) tell(told, place, expected, found);
  else if (!isSameScalar(expected, found)) compare(expected, found, place, told);
}

const isFull = ({ differences, limit }: Told) => differences.length >= limit;

function tell(
  { differences }: Told,
  place: Place | undefined,
  expected: JsonNode | undefined,
  found: JsonNode | undefined,
): void {
  differences.push({ path: pathTo(place), expected, found });
}

/** What most places of most documents are: told without going into them. */
const isSameScalar = (a: JsonNode, b: JsonNode) =>
  a.value !== undefined && a.type === b.type && a.value === b.value;

function lastMembers(node: JsonObject): Map<string, JsonNode> {
  const members = new Map<string, JsonNode>();
  for (const { name, value } of node.members) members.set(name, value);
  return members;
}
