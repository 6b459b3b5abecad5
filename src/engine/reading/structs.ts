import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import { GENERIC_FIELDS } from '../catalogue/plugins/generic.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { CONFLIST_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import { foldName, lastOfEachName, outranks } from '../json/go-names.ts';
import type { JsonMember, JsonNode, JsonObject } from '../json/node.ts';
import type { ReviewContext } from '../core/rule.ts';

type Fields = Readonly<Record<string, FieldSpec>>;

/** Which program reads an object, and with which fields. */
interface Reader {
  readonly key: typeof CONFLIST_KEY | typeof ENI_CONF_KEY;
  /** The plugin's type, or `eni_conf`. */
  readonly program: string;
  readonly fields: Fields;
  /** Whether the catalogue knows all fields; of an unknown plugin only the runtime's are known. */
  readonly complete: boolean;
  /** Names from the program's top struct down to this one; empty for the top struct. */
  readonly prefix: readonly string[];
}

/** An object that a program decodes into a struct, read once as that program reads it. */
export interface Struct extends Reader {
  readonly node: JsonObject;
  /** By the catalogue's name, the member that wins; one that Terway deletes is not here. */
  readonly members: ReadonlyMap<string, JsonMember>;
  /** Structs inside this one, by the catalogue's name. */
  readonly nested: ReadonlyMap<string, Struct>;
  readonly unknown: readonly JsonMember[];
  /** Members in another letter case than the catalogue's, with the name they count as. */
  readonly variants: readonly (readonly [JsonMember, string])[];
  /** Pairs of members that are one field to the program. */
  readonly repeated: readonly (readonly [JsonMember, JsonMember])[];
}

/** The structs of one review, read once and looked at by every rule. */
interface Structs {
  readonly top: readonly Struct[];
  readonly all: readonly Struct[];
  readonly entries: ReadonlyMap<string, readonly Struct[]>;
}

function readStructs(context: ReviewContext): Structs {
  const top = [...readTopStructs(context)];
  const entries = new Map<string, Struct[]>();
  for (const struct of top) {
    if (struct.key !== CONFLIST_KEY) continue;
    const sameType = entries.get(struct.program);
    if (sameType) sameType.push(struct);
    else entries.set(struct.program, [struct]);
  }
  return { top, all: top.flatMap(withNested), entries };
}

const structsOf = (context: ReviewContext) => context.memo(readStructs);

/** The structs under review: one per chain entry, and eni_conf. */
export function topStructs(context: ReviewContext): readonly Struct[] {
  return structsOf(context).top;
}

/** The structs under review and every struct inside them. */
export function allStructs(context: ReviewContext): readonly Struct[] {
  return structsOf(context).all;
}

const NO_ENTRIES: readonly Struct[] = [];

/** The entries of one plugin type in the chain. */
export function entriesOf(context: ReviewContext, type: string): readonly Struct[] {
  return structsOf(context).entries.get(type) ?? NO_ENTRIES;
}

function withNested(struct: Struct): Struct[] {
  return [struct, ...[...struct.nested.values()].flatMap(withNested)];
}

function* readTopStructs(context: ReviewContext): Generator<Struct> {
  for (const { node, type } of context.chain() ?? []) {
    if (node.type !== 'object' || type === undefined) continue;
    const plugin = PLUGINS.get(type);
    yield readStruct(node, {
      key: CONFLIST_KEY,
      program: type,
      fields: plugin?.fields ?? GENERIC_FIELDS,
      complete: plugin !== undefined,
      prefix: [],
    });
  }
  const eniConf = context.document(ENI_CONF_KEY)?.root;
  if (eniConf?.type !== 'object') return;
  yield readStruct(eniConf, {
    key: ENI_CONF_KEY,
    program: ENI_CONF_KEY,
    fields: ENI_CONF_FIELDS,
    complete: true,
    prefix: [],
  });
}

/** Reads an object node the way its program does; see go-reading for the rules. */
export function readStruct(node: JsonObject, reader: Reader): Struct {
  const { fields } = reader;
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
    ...reader,
    node,
    members,
    nested: readNested(members, reader),
    unknown,
    variants,
    repeated:
      isAmbiguous || unknown.length > 1
        ? repeatedMembers(node, (name) => fieldNameOf(name, fields) ?? name)
        : NONE_REPEATED,
  };
}

const NONE_REPEATED: Struct['repeated'] = [];

/** Terway deletes some members under their exact name, so nobody reads them. */
function withoutDropped(found: Map<string, JsonMember>, fields: Fields): Map<string, JsonMember> {
  for (const name of found.keys()) if (fields[name]?.dropped) found.delete(name);
  return found;
}

function readNested(
  found: ReadonlyMap<string, JsonMember>,
  reader: Reader,
): ReadonlyMap<string, Struct> {
  const nested = new Map<string, Struct>();
  for (const [name, { value }] of found) {
    const field = reader.fields[name];
    if (!field?.fields || value.type !== 'object' || field.reserved) continue;
    const prefix = [...reader.prefix, name];
    nested.set(name, readStruct(value, { ...reader, fields: field.fields, prefix }));
  }
  return nested;
}

/** Pairs of members that stand for one thing: by their names as written, unless told otherwise. */
export function repeatedMembers(
  node: JsonObject,
  identity = (name: string) => name,
): Struct['repeated'] {
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
export function valueAt(struct: Struct, name: string): JsonNode | undefined {
  const value = struct.members.get(name)?.value;
  return value?.type === 'null' ? undefined : value;
}

/** Like valueAt, but the plain value of a string, boolean or number. */
export function scalarAt(struct: Struct, name: string): unknown {
  return valueAt(struct, name)?.value;
}
