import { type JsonMember, type JsonNode, members } from './json-node.ts';

/**
 * How Go programs find a member in an object. Terway looks names up as they are written (gabs);
 * CNI plugins decode into structs (encoding/json), which takes letter case lightly.
 */

/**
 * The form under which encoding/json compares member names with struct fields: letter case does
 * not count, nor do the two non-ASCII letters that Unicode folds into ASCII ones (long s, Kelvin).
 */
export function foldName(name: string): string {
  const lower = name.toLowerCase();
  // toLowerCase already turns the Kelvin sign into k; the long s has no capital of its own.
  return lower.includes('\u017f') ? lower.replaceAll('\u017f', 's') : lower;
}

/** The member called exactly `name`; of duplicates the last, as gabs and encoding/json keep it. */
export function exactMember(node: JsonNode, name: string): JsonMember | undefined {
  return members(node).findLast((member) => member.name === name);
}

/**
 * The member that encoding/json decodes into the struct field `name`; see `outranks` for which of
 * several spellings that is.
 */
export function foldedMember(node: JsonNode, name: string): JsonMember | undefined {
  const folded = foldName(name);
  let winner: JsonMember | undefined;
  for (const member of members(node)) {
    if (member.name !== name && foldName(member.name) !== folded) continue;
    if (!winner || outranks(member, winner)) winner = member;
  }
  return winner;
}

/**
 * Of two members that decode into one field, whether the later one in the text wins. Terway
 * re-encodes an entry before a plugin sees it, with names sorted by bytes and duplicates
 * collapsed, so the spelling sorted last wins; a `null` leaves the field as it was.
 */
export function outranks(later: JsonMember, winner: JsonMember): boolean {
  if (winner.value.type === 'null') return true;
  return later.value.type !== 'null' && later.name >= winner.name;
}
