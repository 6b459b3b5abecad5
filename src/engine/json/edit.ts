import { type NewMember, insertionOf, memberText } from './insertion.ts';
import { yamlFragment, yamlText } from './yaml/fragment.ts';
import type { JsonArray, JsonMember, JsonNode, JsonObject } from './node.ts';
import type { Range } from './position.ts';

/**
 * Changes to the text of a document, JSON or YAML, that keep every byte they are not about. A fix carries
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
export function replaceValue(value: Range | JsonNode, json: string): TextEdit {
  const { offset, length } = value;
  // YAML: a value that is not written stands right behind the colon; a list may be no deeper than it.
  if (length === 0) return { offset, length, text: ` ${json}` };
  const isBlockList = 'type' in value && value.type === 'array' && value.column !== undefined;
  return { offset, length, text: isBlockList && value.parent ? `  ${json}` : json };
}

/** Gives a member another name. */
export function renameMember({ nameNode, isBare }: JsonMember, name: string): TextEdit {
  const { offset, length } = nameNode;
  return { offset, length, text: isBare ? yamlText(name) : JSON.stringify(name) };
}

/** Takes a member out of its object, with the comma and the white space that go with it. */
export function removeMember(object: JsonObject, member: JsonMember): TextEdit {
  const { whole } = member.value;
  if (whole && object.members.length > 1) return { ...whole, text: '' };
  if (whole) return replaceValue(object, '{}');
  const index = placeOf(object, member);
  const [before, own, after] = [index - 1, index, index + 1].map((at) => {
    const sibling = object.members[at];
    return sibling && memberRange(sibling);
  });
  return removal(object, before, own, after);
}

/** With more members than that their places are looked for once: each may be asked for. */
const WIDE = 64;

const places = new WeakMap<JsonObject, ReadonlyMap<JsonMember, number>>();

/** The index of a member of an object, -1 where it is of another. */
function placeOf(object: JsonObject, member: JsonMember): number {
  const { members } = object;
  if (members.length <= WIDE) return members.indexOf(member);
  const known = places.get(object) ?? new Map(members.map((each, index) => [each, index]));
  places.set(object, known);
  return known.get(member) ?? -1;
}

/** Takes an element out of its list, with the comma and the white space that go with it. */
export function removeItem(list: JsonArray, item: JsonNode): TextEdit {
  if (item.whole && list.items.length > 1) return { ...item.whole, text: '' };
  if (item.whole) return replaceValue(list, '[]');
  const index = typeof item.step === 'number' ? item.step : -1;
  const own = list.items[index] === item ? item : undefined;
  return removal(list, list.items[index - 1], own, list.items[index + 1]);
}

/** Adds a member at the end of an object, laid out as the object's other members are. */
export function addMember(text: string, object: JsonObject, member: NewMember): TextEdit {
  const last = object.members.at(-1);
  if (object.column !== undefined && last) {
    const lineEnd = text.indexOf('\n', endOf(last.value));
    const offset = lineEnd === -1 ? text.length : lineEnd;
    const line = `${' '.repeat(object.column)}${yamlFragment(memberText(member))}`;
    return lineEnd === -1
      ? { offset, length: 0, text: `\n${line}` }
      : { offset: offset + 1, length: 0, text: `${line}\n` };
  }
  return { ...insertionOf(text, object, [member]), length: 0 };
}

/** From the opening quote of the name to the end of the value. */
function memberRange({ nameNode: { offset }, value }: JsonMember): Range {
  return { offset, length: endOf(value) - offset };
}

/** The first of several goes with the comma behind it, any other with the one before it. */
function removal(
  container: JsonNode,
  before: Range | undefined,
  own: Range | undefined,
  after: Range | undefined,
): TextEdit {
  if (!own) throw new RangeError('what is to be removed does not stand there');
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
