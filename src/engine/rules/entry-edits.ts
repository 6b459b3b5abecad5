import { CONF_KEY } from '../core/eni-config.ts';
import { type DataEdit, inText } from '../core/fix.ts';
import type { ReviewContext } from '../core/rule.ts';
import type { DecodedObject } from '../reading/decoded-object.ts';
import { addMember, removeItem, removeMember, renameMember, replaceValue } from '../json/edit.ts';
import type { JsonMember, JsonNode, JsonObject } from '../json/node.ts';

/** Edits of entries and members, as fixes carry them. */

/** Takes an entry out of its chain; undefined when it stands in no list. */
export function entryRemoval(
  key: DecodedObject['key'],
  entry: JsonNode,
): readonly DataEdit[] | undefined {
  const list = entry.parent;
  return list?.type === 'array' ? inText(key, removeItem(list, entry)) : undefined;
}

/** Takes a member out of its object; undefined for what is no member. */
export function memberRemoval(
  key: string,
  member: JsonMember | undefined,
): readonly DataEdit[] | undefined {
  const object = member?.value.parent;
  return member && object?.type === 'object'
    ? inText(key, removeMember(object, member))
    : undefined;
}

/** Takes the member out that counts as a field; undefined where another spelling would count then. */
export const fieldRemoval = (decoded: DecodedObject, name: string) =>
  loneRemoval(decoded, decoded.members.get(name));

/** Takes a member out, as memberRemoval does; undefined where another one is the same to the program. */
export function loneRemoval(
  { key, repeated }: DecodedObject,
  member: JsonMember | undefined,
): readonly DataEdit[] | undefined {
  const isAlone = !repeated.some((pair) => pair.some((other) => other === member));
  return isAlone ? memberRemoval(key, member) : undefined;
}

/** Gives a member another name; undefined where its object has a member of that name already. */
export function memberRenaming(
  key: string,
  member: JsonMember,
  name: string,
): readonly DataEdit[] | undefined {
  const object = member.value.parent;
  const isTaken = object?.type === 'object' && object.members.some((other) => other.name === name);
  return isTaken ? undefined : inText(key, renameMember(member, name));
}

/** Gives an object of a text a member, in place of one of this name if there is one. */
export function memberSetting(
  context: ReviewContext,
  key: string,
  object: JsonObject,
  name: string,
  json: string,
): readonly DataEdit[] {
  const present = object.members.findLast((member) => member.name === name);
  if (present) return inText(key, replaceValue(present.value, json));
  return inText(key, addMember(context.text(key), object, { path: [name], value: json }));
}

/**
 * Gives a decoded object a field. A member of the same field (with `null`, which counts as absent, or
 * in another letter case) makes room: two of them would be one field to the program.
 */
export function fieldSetting(
  context: ReviewContext,
  { key, node, members }: DecodedObject,
  name: string,
  json: string,
): readonly DataEdit[] {
  const present = members.get(name);
  if (!present || node.members.some((member) => member.name === name)) {
    return memberSetting(context, key, node, name, json);
  }
  return inText(key, renameMember(present, name), replaceValue(present.value, json));
}

/** The entry of terway as 10-terway.conf has it; empty where that can't be read. */
export function confText(context: ReviewContext): string {
  const root = context.document(CONF_KEY)?.root;
  if (root?.type !== 'object') return '';
  return context.text(CONF_KEY).slice(root.offset, root.offset + root.length);
}
