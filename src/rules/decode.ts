import type { FieldSpec } from '../catalogue/field.ts';
import { exactMember } from '../core/go-reading.ts';
import { type JsonNode, items, members, valueOf } from '../core/json.ts';
import { memberOf } from './structs.ts';

/**
 * A struct's node as the value that encoding/json would decode: names in the catalogue's
 * spelling, members that are null or unknown left out, of duplicates and case variants the one
 * that wins.
 */
export function decodeStruct(
  node: JsonNode,
  fields: Readonly<Record<string, FieldSpec>>,
): Record<string, unknown> {
  const value = Object.create(null) as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) {
    const member = field.reserved ? undefined : memberOf(node, name, field);
    if (member && member.value.type !== 'null') value[name] = decodeValue(member.value, field);
  }
  return value;
}

function decodeValue(node: JsonNode, field: FieldSpec | undefined): unknown {
  if (node.type === 'object' && field?.fields) return decodeStruct(node, field.fields);
  if (node.type === 'object' && field?.values) {
    const value = Object.create(null) as Record<string, unknown>;
    for (const member of members(node)) {
      // encoding/json stores a zero value for null, which every map accepts.
      if (member.value.type === 'null') continue;
      value[member.name] = decodeValue(member.value, field.values);
    }
    return value;
  }
  if (node.type === 'array') return items(node).map((item) => decodeValue(item, field?.items));
  return valueOf(node);
}

/** A place in a struct: the node there, and what the catalogue says of it. */
export interface Located {
  readonly node: JsonNode;
  readonly field: FieldSpec;
}

/** Where the decoded value at `steps` came from; undefined for the struct itself. */
export function locate(
  node: JsonNode,
  fields: Readonly<Record<string, FieldSpec>>,
  steps: readonly string[],
): Located | undefined {
  const [step, ...rest] = steps;
  const field = step === undefined ? undefined : fields[step];
  if (step === undefined || field === undefined) return undefined;
  const member = memberOf(node, step, field);
  return member && descend({ node: member.value, field }, rest);
}

function descend(located: Located, steps: readonly string[]): Located | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return located;
  const { node, field } = located;
  if (field.fields) return locate(node, field.fields, steps);
  const child = node.type === 'array' ? items(node)[Number(step)] : exactMember(node, step)?.value;
  const spec = node.type === 'array' ? field.items : field.values;
  return child && spec && descend({ node: child, field: spec }, rest);
}
