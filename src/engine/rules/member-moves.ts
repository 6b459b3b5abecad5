import { CHAIN_ONLY_FIELDS } from '../catalogue/plugins/terway.ts';
import { type DataEdit, inText } from '../core/fix.ts';
import type { ReviewContext } from '../core/rule.ts';
import { type TextEdit, addMember, removeMember } from '../json/edit.ts';
import type { JsonMember, JsonNode, JsonObject } from '../json/node.ts';
import { suggestions } from '../reading/addable.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { type DecodedObject, structAt, valueAt } from '../reading/decoded-object.ts';
import { takesValue } from '../reading/field-errors.ts';
import type { Home } from '../reading/member-homes.ts';

/** Edits that take a member from where it has no effect to where it has; undefined where a person chooses. */

type Edits = readonly DataEdit[] | undefined;

/** Keys of data that hold a truth value as plain text. */
const SWITCHES = ['disable_network_policy', 'in_cluster_loadbalance'];

/** A member that is a key of the object's data, of which the object has no other value. */
export function movedToKey(
  { object }: ReviewContext,
  key: string,
  member: JsonMember,
  ownKey: string,
): Edits {
  const { value, parent } = member.value;
  const text = String(value);
  const isPlain = SWITCHES.includes(ownKey) && (text === 'true' || text === 'false');
  const present = object.data.get(ownKey);
  if (!isPlain || parent?.type !== 'object' || (present ?? text) !== text) return undefined;
  return [
    ...inText(key, removeMember(parent, member)),
    ...(present === undefined ? [{ kind: 'set' as const, key: ownKey, text }] : []),
  ];
}

/** A member that belongs elsewhere in the chain. */
export function movedHome(
  context: ReviewContext,
  decoded: DecodedObject,
  member: JsonMember,
  home: Home,
): Edits {
  const added =
    home.kind === 'list' ? unnested(context, decoded, member) : at(context, decoded, member, home);
  const { parent } = member.value;
  if (!added || parent?.type !== 'object') return undefined;
  return inText(decoded.key, removeMember(parent, member), added);
}

function at(
  context: ReviewContext,
  decoded: DecodedObject,
  member: JsonMember,
  home: Home,
): TextEdit | undefined {
  const text = context.text(decoded.key);
  const json = textOf(text, member.value);
  if (home.kind === 'capabilities') {
    const granted = valueAt(decoded, 'capabilities');
    if (member.value.value !== true || (granted && granted.type !== 'object')) return undefined;
    if (granted?.members.some(({ name }) => name === member.name)) return undefined;
    // A member that counts as absent, being null, would be there twice.
    if (!granted && decoded.members.has('capabilities')) return undefined;
    return granted
      ? addMember(text, granted, { path: [member.name], value: json })
      : addMember(text, decoded.node, { path: ['capabilities', member.name], value: json });
  }
  const target = targetOf(context, decoded, home);
  if (target?.key !== decoded.key || !mayHave(context, target, member)) return undefined;
  return addMember(text, target.node, { path: [member.name], value: json });
}

/** The one object that the member may go to. */
function targetOf(
  context: ReviewContext,
  decoded: DecodedObject,
  { kind, name = '' }: Home,
): DecodedObject | undefined {
  if (kind === 'struct') return structAt(decoded, name);
  const entries = kind === 'entry' ? entriesOf(context, name) : [];
  return entries.length === 1 ? entries[0] : undefined;
}

/** The first entry may have but a few members that 10-terway.conf lacks. */
function mayHave(context: ReviewContext, target: DecodedObject, { name, value }: JsonMember) {
  const isFirst = target.reader === 'terway' && target.prefix.length === 0;
  if (isFirst && !(CHAIN_ONLY_FIELDS as readonly string[]).includes(name)) return false;
  return suggestions(context, target).includes(name) && takesValue(context, target, name, value);
}

/** The entries of a "plugins" inside an entry, behind that entry in the outer list. */
export function unnested(
  context: ReviewContext,
  { key, node }: { readonly key: string; readonly node: JsonObject },
  { value }: JsonMember,
): TextEdit | undefined {
  if (value.type !== 'array' || value.items.length === 0 || node.parent?.type !== 'array') {
    return undefined;
  }
  const text = context.text(key);
  const entries = value.items.map((item) => `, ${textOf(text, item)}`);
  return { offset: node.offset + node.length, length: 0, text: entries.join('') };
}

const textOf = (text: string, { offset, length }: JsonNode) => text.slice(offset, offset + length);
