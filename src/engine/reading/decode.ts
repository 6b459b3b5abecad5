import type { FieldSpec } from '../catalogue/field.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonNode, valueOf } from '../json/node.ts';
import { type Struct, readStruct } from './structs.ts';

/**
 * A struct as the value that encoding/json would decode: names in the catalogue's spelling,
 * members that are null, reserved or unknown left out.
 */
export function decodeStruct(struct: Struct): Record<string, unknown> {
  const value = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of struct.members) {
    const field = struct.fields[name];
    if (!field || field.reserved || member.value.type === 'null') continue;
    const nested = struct.nested.get(name);
    value[name] = nested ? decodeStruct(nested) : decodeValue(member.value, field, struct);
  }
  return value;
}

function decodeValue(node: JsonNode, field: FieldSpec | undefined, struct: Struct): unknown {
  if (node.type === 'object' && field?.fields) {
    return decodeStruct(readStruct(node, { ...struct, fields: field.fields }));
  }
  if (node.type === 'object' && field?.values) {
    const value = Object.create(null) as Record<string, unknown>;
    for (const member of node.members) {
      // encoding/json stores a zero value for null, which every map accepts.
      if (member.value.type === 'null') continue;
      value[member.name] = decodeValue(member.value, field.values, struct);
    }
    return value;
  }
  if (node.type === 'array') {
    return node.items.map((item) => decodeValue(item, field?.items, struct));
  }
  return valueOf(node);
}

/** A place in a struct: the node there, and what the catalogue says of it. */
export interface Located {
  readonly node: JsonNode;
  readonly field: FieldSpec;
}

/** Where the decoded value at `steps` came from; undefined for the struct itself. */
export function locate(struct: Struct, steps: readonly string[]): Located | undefined {
  const [step, ...rest] = steps;
  const field = step === undefined ? undefined : struct.fields[step];
  const member = step === undefined ? undefined : struct.members.get(step);
  const nested = step === undefined || rest.length === 0 ? undefined : struct.nested.get(step);
  if (nested) return locate(nested, rest);
  return field && member && descend({ node: member.value, field }, rest, struct);
}

function descend(
  { node, field }: Located,
  steps: readonly string[],
  struct: Struct,
): Located | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return { node, field };
  if (field.fields && node.type === 'object')
    return locate(readStruct(node, { ...struct, fields: field.fields }), steps);
  const child = node.type === 'array' ? node.items[Number(step)] : exactMember(node, step)?.value;
  const spec = node.type === 'array' ? field.items : field.values;
  return child && spec && descend({ node: child, field: spec }, rest, struct);
}
