import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import { GENERIC_FIELDS } from '../catalogue/plugins/generic.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { CONFLIST_KEY, ENI_CONF_KEY } from '../core/config-map.ts';
import { exactMember, foldName, foldedMember } from '../core/go-reading.ts';
import { type JsonMember, type JsonNode, members } from '../core/json.ts';
import type { ReviewContext } from '../core/rule.ts';

/** An object that a program decodes into a struct, with the fields the catalogue knows. */
export interface Struct {
  readonly key: typeof CONFLIST_KEY | typeof ENI_CONF_KEY;
  readonly node: JsonNode;
  /** The plugin's type, or `eni_conf`. */
  readonly program: string;
  /** Names from the program's top struct down to this one; empty for the top struct. */
  readonly prefix: readonly string[];
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** Whether the catalogue knows all fields; of an unknown plugin only the runtime's are known. */
  readonly complete: boolean;
}

/** The top structs of the object under review: one per chain entry, and eni_conf. */
export function* topStructs(context: ReviewContext): Generator<Struct> {
  for (const { node, type } of context.chain() ?? []) {
    if (node.type !== 'object' || type === undefined) continue;
    const plugin = PLUGINS.get(type);
    yield {
      key: CONFLIST_KEY,
      node,
      program: type,
      prefix: [],
      fields: plugin?.fields ?? GENERIC_FIELDS,
      complete: plugin !== undefined,
    };
  }
  const eniConf = context.document(ENI_CONF_KEY)?.root;
  if (eniConf?.type === 'object') {
    yield {
      key: ENI_CONF_KEY,
      node: eniConf,
      program: ENI_CONF_KEY,
      prefix: [],
      fields: ENI_CONF_FIELDS,
      complete: true,
    };
  }
}

/** The top structs and every struct inside them. */
export function* allStructs(context: ReviewContext): Generator<Struct> {
  for (const struct of topStructs(context)) yield* withNested(struct);
}

function* withNested(struct: Struct): Generator<Struct> {
  yield struct;
  for (const [name, field] of Object.entries(struct.fields)) {
    if (!field.fields || field.reserved) continue;
    const value = memberOf(struct.node, name, field)?.value;
    if (value?.type !== 'object') continue;
    yield* withNested({
      ...struct,
      node: value,
      prefix: [...struct.prefix, name],
      fields: field.fields,
    });
  }
}

/** The member that the program reads as `name`; letter case counts where Terway looks it up. */
export function memberOf(node: JsonNode, name: string, field: FieldSpec): JsonMember | undefined {
  if (field.exactName) return exactMember(node, name);
  const member = foldedMember(node, name);
  // Terway deletes the exact name; a case variant would reach the plugin.
  return field.dropped && member?.name === name ? undefined : member;
}

/** Field names by the form under which encoding/json compares them. */
export function foldedNames(fields: Struct['fields']): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, field] of Object.entries(fields)) {
    if (!field.exactName) names.set(foldName(name), name);
  }
  return names;
}

/** The members of a struct that no field of the catalogue reads. */
export function unknownMembers(struct: Struct): JsonMember[] {
  const folded = foldedNames(struct.fields);
  return members(struct.node).filter(
    ({ name }) => struct.fields[name] === undefined && !folded.has(foldName(name)),
  );
}

/** The entries of one plugin type in the chain. */
export function entriesOf(context: ReviewContext, type: string): Struct[] {
  return [...topStructs(context)].filter(
    (struct) => struct.key === CONFLIST_KEY && struct.program === type,
  );
}

/** The value that the program reads as `name`; null counts as absent. */
export function valueAt({ node, fields }: Struct, name: string): JsonNode | undefined {
  const field = fields[name];
  const value = field && memberOf(node, name, field)?.value;
  return value?.type === 'null' ? undefined : value;
}

/** Like valueAt, but for use in comparisons: the plain value of a string, boolean or number. */
export function scalarAt(struct: Struct, name: string): unknown {
  return valueAt(struct, name)?.value;
}
