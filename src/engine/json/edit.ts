import { type NewMember, insertionOf } from './insertion.ts';
import type { JsonArray, JsonMember, JsonNode, JsonObject } from './node.ts';
import type { Range } from './position.ts';

/**
 * Changes to the text of a JSON document that keep every byte they are not about. A fix carries
 * them, so that a program can do what the fix tells a person.
 */

/** `text` in place of what stands at the range; a length of 0 inserts. */
export interface TextEdit extends Range {
  readonly text: string;
}

/**
 * `text` with all edits made; their places are those in `text` itself. Edits at one place keep
 * their order. Throws RangeError where two of them overlap, as both can't be made.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let done = 0;
  for (const edit of [...edits].sort((a, b) => a.offset - b.offset)) {
    if (edit.offset < done) throw new RangeError('two edits of one text overlap');
    result += text.slice(done, edit.offset) + edit.text;
    done = edit.offset + edit.length;
  }
  return result + text.slice(done);
}

/** Puts JSON text in place of a value. */
export function replaceValue({ offset, length }: Range, json: string): TextEdit {
  return { offset, length, text: json };
}

/** Gives a member another name. */
export function renameMember({ nameNode: { offset, length } }: JsonMember, name: string): TextEdit {
  return { offset, length, text: JSON.stringify(name) };
}

/** Takes a member out of its object, with the comma and the white space that go with it. */
export function removeMember(object: JsonObject, member: JsonMember): TextEdit {
  const ranges = object.members.map(memberRange);
  return removal(object, ranges, object.members.indexOf(member));
}

/** Takes an element out of its list, with the comma and the white space that go with it. */
export function removeItem(list: JsonArray, item: JsonNode): TextEdit {
  return removal(list, list.items, list.items.indexOf(item));
}

/** Adds a member at the end of an object, laid out as the object's other members are. */
export function addMember(text: string, object: JsonObject, member: NewMember): TextEdit {
  return { ...insertionOf(text, object, [member]), length: 0 };
}

/** From the opening quote of the name to the end of the value. */
function memberRange({ nameNode: { offset }, value }: JsonMember): Range {
  return { offset, length: endOf(value) - offset };
}

/** The first of several goes with the comma behind it, any other with the one before it. */
function removal(container: JsonNode, siblings: readonly Range[], index: number): TextEdit {
  const own = siblings[index];
  if (!own) throw new RangeError('what is to be removed does not stand there');
  const before = siblings[index - 1];
  const after = siblings[index + 1];
  if (before) return between(endOf(before), endOf(own));
  if (after) return between(own.offset, after.offset);
  return between(container.offset + 1, endOf(container) - 1);
}

const between = (start: number, end: number): TextEdit => ({
  offset: start,
  length: end - start,
  text: '',
});

const endOf = ({ offset, length }: Range) => offset + length;
