import type { Distribution } from '../catalogue/distributions.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import type { DocumentKey } from '../core/eni-config.ts';
import { type SpellingOrder, lastOfEachName, outranks } from '../json/go-names.ts';
import type { JsonMember, JsonNode, JsonObject } from '../json/node.ts';
import { type Field, type FieldTable, type Fields, fieldOf, tableOf } from './field-table.ts';

/** An object of a document as the program that reads it decodes it. */

/** Which program reads an object, and with which fields. */
export interface Decoding {
  readonly key: DocumentKey;
  /** The plugin's type, or `eni_conf`. */
  readonly reader: string;
  /** Undefined when the catalogue does not know the program. */
  readonly releasedWith: Distribution | undefined;
  readonly fields: Fields;
  /** Whether all fields are known, as those of eni_conf are; of other plugins the runtime's are. */
  readonly isKnownPlugin: boolean;
  /** Names from the program's outermost object down to this one; empty for that one. */
  readonly prefix: readonly string[];
  /** Of several spellings of one name: the last in the text wins, or, re-encoded, the last by bytes. */
  readonly winner: SpellingOrder;
}

/** A member that a program reads, with the field that it is read into. */
export interface DecodedMember {
  readonly field: Field;
  readonly member: JsonMember;
}

/** An object that a program decodes into a struct, read once as that program reads it. */
export interface DecodedObject extends Decoding {
  readonly node: JsonObject;
  /** By the catalogue's name, the member that wins; one that Terway deletes is not here. */
  readonly members: ReadonlyMap<string, JsonMember>;
  /** The same members in the same order. */
  readonly read: readonly DecodedMember[];
  /** Objects decoded into structs inside this one, in lists and maps as well. */
  readonly nested: ReadonlyMap<JsonNode, DecodedObject>;
  readonly unknown: readonly JsonMember[];
  /** Members in another letter case than the catalogue's, with the name they count as. */
  readonly variants: readonly (readonly [JsonMember, string])[];
  /** Pairs of members that are one field to the program. */
  readonly repeated: readonly (readonly [JsonMember, JsonMember])[];
}

/** Reads an object the way its program does; how it finds members is in go-names. */
export function decodeObject(node: JsonObject, decoding: Decoding): DecodedObject {
  const table = tableOf(decoding.fields);
  const found = new Map<string, JsonMember>();
  const unknown: JsonMember[] = [];
  const variants: [JsonMember, string][] = [];
  let isAmbiguous = false;
  const plain: DecodedMember[] = [];
  for (const member of node.members) {
    const field = fieldOf(member.name, table);
    if (field === undefined) {
      unknown.push(member);
    } else {
      const { name } = field;
      if (name !== member.name) variants.push([member, name]);
      isAmbiguous ||= found.has(name);
      found.set(name, member);
      if (!field.isDropped) plain.push({ field, member });
    }
  }
  // Terway deletes some members under their exact name, so no program reads them.
  for (const name of table.dropped) found.delete(name);
  const isPlain = !isAmbiguous && variants.length === 0;
  const members = isPlain ? found : winners(node, decoding);
  const read = isPlain ? plain : readOf(members, table);
  return {
    ...decoding,
    node,
    members,
    read,
    nested: readNested(read, decoding),
    unknown,
    variants,
    repeated:
      isAmbiguous || unknown.length > 1
        ? repeatedMembers(node, (name) => fieldOf(name, table)?.name ?? name)
        : NONE_REPEATED,
  };
}

function readOf(members: ReadonlyMap<string, JsonMember>, { byName }: FieldTable): DecodedMember[] {
  const read: DecodedMember[] = [];
  for (const [name, member] of members) {
    const field = byName.get(name);
    if (field) read.push({ field, member });
  }
  return read;
}

const NONE_REPEATED: DecodedObject['repeated'] = [];
const NONE_NESTED: DecodedObject['nested'] = new Map();

function readNested(
  read: readonly DecodedMember[],
  decoding: Decoding,
): ReadonlyMap<JsonNode, DecodedObject> {
  let nested: Map<JsonNode, DecodedObject> | undefined;
  for (const { field, member } of read) {
    if (!field.mayHoldStructs) continue;
    nested ??= new Map();
    const prefix = [...decoding.prefix, field.name];
    decodeStructs(member.value, field.spec, { ...decoding, prefix }, nested);
  }
  return nested ?? NONE_NESTED;
}

/** Decodes the objects that are structs: a value itself, elements of a list, values of a map. */
function decodeStructs(
  value: JsonNode,
  { fields, items, values }: FieldSpec,
  decoding: Decoding,
  nested: Map<JsonNode, DecodedObject>,
): void {
  if (value.type === 'array' && items) {
    for (const item of value.items) decodeStructs(item, items, decoding, nested);
  } else if (value.type === 'object' && fields) {
    nested.set(value, decodeObject(value, { ...decoding, fields }));
  } else if (value.type === 'object' && values) {
    for (const member of lastOfEachName(value.members)) {
      decodeStructs(member.value, values, decoding, nested);
    }
  }
}

/** Pairs of members that stand for one thing: by their names as written, unless told otherwise. */
export function repeatedMembers(
  node: JsonObject,
  identity = (name: string) => name,
): DecodedObject['repeated'] {
  const seen = new Map<string, JsonMember>();
  const repeated: [JsonMember, JsonMember][] = [];
  for (const member of node.members) {
    const name = identity(member.name);
    const earlier = seen.get(name);
    if (earlier) repeated.push([earlier, member]);
    seen.set(name, member);
  }
  return repeated;
}

/** By the catalogue's name, the member that the program reads when there are several spellings. */
function winners(node: JsonObject, { fields, winner: order }: Decoding): Map<string, JsonMember> {
  const table = tableOf(fields);
  const found = new Map<string, JsonMember>();
  for (const member of lastOfEachName(node.members)) {
    const field = fieldOf(member.name, table);
    // A case variant of a deleted name would reach the plugin.
    if (!field || (field.isDropped && field.name === member.name)) continue;
    const { name } = field;
    const winner = found.get(name);
    if (!winner || outranks(member, winner, order)) found.set(name, member);
  }
  return found;
}

/** The value that the program reads as `name`; null counts as absent. */
export function valueAt(decoded: DecodedObject, name: string): JsonNode | undefined {
  const value = decoded.members.get(name)?.value;
  return value?.type === 'null' ? undefined : value;
}

/** The struct that the program reads as `name`. */
export function structAt(decoded: DecodedObject, name: string): DecodedObject | undefined {
  const value = valueAt(decoded, name);
  return value && decoded.nested.get(value);
}

/** Like valueAt, but the plain value of a string, boolean or number. */
export function scalarAt(decoded: DecodedObject, name: string): unknown {
  return valueAt(decoded, name)?.value;
}
