import type { Distribution } from '../catalogue/distributions.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import type { ChainKey, ENI_CONF_KEY } from '../core/eni-config.ts';
import { foldName, lastOfEachName, outranks } from '../json/go-names.ts';
import type { JsonMember, JsonNode, JsonObject } from '../json/node.ts';

/** An object of a document as the program that reads it decodes it. */

type Fields = Readonly<Record<string, FieldSpec>>;

/** Which program reads an object, and with which fields. */
export interface Decoding {
  readonly key: ChainKey | typeof ENI_CONF_KEY;
  /** The plugin's type, or `eni_conf`. */
  readonly reader: string;
  /** Undefined when the catalogue does not know the program. */
  readonly releasedWith: Distribution | undefined;
  readonly fields: Fields;
  /** Whether all fields are known, as those of eni_conf are; of other plugins the runtime's are. */
  readonly isKnownPlugin: boolean;
  /** Names from the program's outermost object down to this one; empty for that one. */
  readonly prefix: readonly string[];
}

/** An object that a program decodes into a struct, read once as that program reads it. */
export interface DecodedObject extends Decoding {
  readonly node: JsonObject;
  /** By the catalogue's name, the member that wins; one that Terway deletes is not here. */
  readonly members: ReadonlyMap<string, JsonMember>;
  /** Objects decoded into structs inside this one, by the catalogue's name. */
  readonly nested: ReadonlyMap<string, DecodedObject>;
  readonly unknown: readonly JsonMember[];
  /** Members in another letter case than the catalogue's, with the name they count as. */
  readonly variants: readonly (readonly [JsonMember, string])[];
  /** Pairs of members that are one field to the program. */
  readonly repeated: readonly (readonly [JsonMember, JsonMember])[];
}

/** Reads an object the way its program does; how it finds members is in go-names. */
export function decodeObject(node: JsonObject, decoding: Decoding): DecodedObject {
  const { fields } = decoding;
  const found = new Map<string, JsonMember>();
  const unknown: JsonMember[] = [];
  const variants: [JsonMember, string][] = [];
  let isAmbiguous = false;
  for (const member of node.members) {
    const name = fieldNameOf(member.name, fields);
    if (name === undefined) {
      unknown.push(member);
    } else {
      if (name !== member.name) variants.push([member, name]);
      isAmbiguous ||= found.has(name);
      found.set(name, member);
    }
  }
  const members =
    isAmbiguous || variants.length > 0 ? winners(node, fields) : withoutDropped(found, fields);
  return {
    ...decoding,
    node,
    members,
    nested: readNested(members, decoding),
    unknown,
    variants,
    repeated:
      isAmbiguous || unknown.length > 1
        ? repeatedMembers(node, (name) => fieldNameOf(name, fields) ?? name)
        : NONE_REPEATED,
  };
}

const NONE_REPEATED: DecodedObject['repeated'] = [];

/** Terway deletes some members under their exact name, so no program reads them. */
function withoutDropped(found: Map<string, JsonMember>, fields: Fields): Map<string, JsonMember> {
  for (const name of found.keys()) if (fields[name]?.dropped) found.delete(name);
  return found;
}

function readNested(
  found: ReadonlyMap<string, JsonMember>,
  decoding: Decoding,
): ReadonlyMap<string, DecodedObject> {
  const nested = new Map<string, DecodedObject>();
  for (const [name, { value }] of found) {
    const field = decoding.fields[name];
    if (!field?.fields || value.type !== 'object' || field.reserved) continue;
    const prefix = [...decoding.prefix, name];
    nested.set(name, decodeObject(value, { ...decoding, fields: field.fields, prefix }));
  }
  return nested;
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
function winners(node: JsonObject, fields: Fields): Map<string, JsonMember> {
  const found = new Map<string, JsonMember>();
  for (const member of lastOfEachName(node.members)) {
    const name = fieldNameOf(member.name, fields);
    // A case variant of a deleted name would reach the plugin.
    if (name === undefined || (fields[name]?.dropped && name === member.name)) continue;
    const winner = found.get(name);
    if (!winner || outranks(member, winner)) found.set(name, member);
  }
  return found;
}

/** The field a member counts as; letter case counts where Terway looks the name up itself. */
function fieldNameOf(name: string, fields: Fields): string | undefined {
  return Object.hasOwn(fields, name) ? name : foldedNames(fields).get(foldName(name));
}

const foldedNamesOfFields = new WeakMap<Fields, ReadonlyMap<string, string>>();

function foldedNames(fields: Fields): ReadonlyMap<string, string> {
  let names = foldedNamesOfFields.get(fields);
  if (!names) {
    const caseless = Object.keys(fields).filter((name) => !fields[name]?.exactName);
    names = new Map(caseless.map((name) => [foldName(name), name]));
    foldedNamesOfFields.set(fields, names);
  }
  return names;
}

/** The value that the program reads as `name`; null counts as absent. */
export function valueAt(decoded: DecodedObject, name: string): JsonNode | undefined {
  const value = decoded.members.get(name)?.value;
  return value?.type === 'null' ? undefined : value;
}

/** Like valueAt, but the plain value of a string, boolean or number. */
export function scalarAt(decoded: DecodedObject, name: string): unknown {
  return valueAt(decoded, name)?.value;
}
