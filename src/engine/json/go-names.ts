import type { JsonMember, JsonNode, JsonObject } from './node.ts';

/**
 * How Go programs find a member in an object. Terway looks names up as they are written (gabs);
 * CNI plugins decode into structs (encoding/json), which takes letter case lightly.
 */

/** What becomes another letter of ASCII. */
const FOLDED = /[A-Z\u017f\u212a]/;

/**
 * The form under which encoding/json compares member names with struct fields: letter case does
 * not count, nor do the two non-ASCII letters that Unicode folds into ASCII ones (long s, Kelvin).
 */
export function foldName(name: string): string {
  // Most names have nothing to fold; where one has Chinese letters, toLowerCase is slow.
  if (!FOLDED.test(name)) return name;
  const lower = name.toLowerCase();
  // toLowerCase already turns the Kelvin sign into k; the long s has no capital of its own.
  return lower.includes('\u017f') ? lower.replaceAll('\u017f', 's') : lower;
}

/**
 * The member called exactly `name`; of duplicates the last, as gabs and encoding/json keep it.
 * Only objects have members.
 */
export function exactMember(node: JsonNode, name: string): JsonMember | undefined {
  if (node.type !== 'object') return undefined;
  if (node.members.length > WIDE) return indexOf(node).get(name)?.last;
  return node.members.findLast((member) => member.name === name);
}

/** With so many members a set costs more than to hold each name against every other. */
const FEW = 12;

/** Whether two members of an object have the same name. */
export const hasTwins = ({ members }: JsonObject): boolean => haveTwins(members);

function haveTwins(members: readonly JsonMember[]): boolean {
  if (members.length > FEW) return new Set(members.map(({ name }) => name)).size < members.length;
  for (let later = 1; later < members.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      if (members[earlier]?.name === members[later]?.name) return true;
    }
  }
  return false;
}

/** How many members of an object are called exactly `name`. */
export function timesNamed(object: JsonObject, name: string): number {
  if (object.members.length > WIDE) return indexOf(object).get(name)?.times ?? 0;
  return object.members.filter((member) => member.name === name).length;
}

/** With more members than that an object is not searched, as it may be asked for each of them. */
const WIDE = 64;

type MemberIndex = ReadonlyMap<string, { readonly last: JsonMember; readonly times: number }>;

const indexes = new WeakMap<JsonObject, MemberIndex>();

function indexOf(object: JsonObject): MemberIndex {
  const known = indexes.get(object);
  if (known) return known;
  const index = new Map<string, { last: JsonMember; times: number }>();
  for (const member of object.members) {
    const times = index.get(member.name)?.times ?? 0;
    index.set(member.name, { last: member, times: times + 1 });
  }
  indexes.set(object, index);
  return index;
}

/**
 * The member that encoding/json decodes into the struct field `name`; see `outranks` for which of
 * several spellings that is.
 */
export function foldedMember(object: JsonObject, name: string): JsonMember | undefined {
  const folded = foldName(name);
  const spellings = object.members.filter(
    (member) => member.name === name || foldName(member.name) === folded,
  );
  if (spellings.length < 2) return spellings[0];
  let winner: JsonMember | undefined;
  for (const member of lastOfEachName(spellings)) {
    if (!winner || outranks(member, winner)) winner = member;
  }
  return winner;
}

/** The members that are left when of equal names the last one wins, as Terway's decoding does. */
export function lastOfEachName(list: readonly JsonMember[]): Iterable<JsonMember> {
  return haveTwins(list) ? new Map(list.map((member) => [member.name, member])).values() : list;
}

/**
 * In which order a program reads several spellings of one field: as they stand in the text, or by
 * the bytes of their names, as Terway re-encodes an entry before a plugin sees it.
 */
export type SpellingOrder = 'text' | 'bytes';

/** Of two spellings of one field, whether the first wins; a `null` leaves the field as it was. */
export function outranks(
  { name, nameNode, value }: JsonMember,
  winner: JsonMember,
  order: SpellingOrder = 'bytes',
): boolean {
  if (winner.value.type === 'null') return true;
  if (value.type === 'null') return false;
  return order === 'bytes' ? name > winner.name : nameNode.offset > winner.nameNode.offset;
}
