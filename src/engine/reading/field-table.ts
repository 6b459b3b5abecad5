import type { FieldSpec } from '../catalogue/field.ts';
import { foldName } from '../json/go-names.ts';
import type { JsonType } from '../json/node.ts';

/** What is asked of the catalogue for every member of a text, found out once for each of its tables. */

export type Fields = Readonly<Record<string, FieldSpec>>;

/** A field with what is asked of it for every member. */
export interface Field {
  readonly name: string;
  readonly spec: FieldSpec;
  /** Whether a value in it can hold objects that are decoded into structs. */
  readonly mayHoldStructs: boolean;
  /** Whether releases differ in it, or the catalogue has a release that is asked for. */
  readonly hasReleases: boolean;
  /** Terway deletes it, and the container runtime fills it in: as the catalogue says. */
  readonly isDropped: boolean;
  readonly isReserved: boolean;
  /** The type of value of which each is right, where there is one. */
  readonly plainType: JsonType | undefined;
}

export interface FieldTable {
  readonly byName: ReadonlyMap<string, Field>;
  /** Those whose letter case does not count. */
  readonly byFoldedName: ReadonlyMap<string, Field>;
  /** Names of those that Terway deletes from every entry. */
  readonly dropped: readonly string[];
  /** Those that must be there. */
  readonly required: readonly Field[];
}

const tables = new WeakMap<Fields, FieldTable>();

/** The table of some fields of the catalogue, which never change. */
export function tableOf(fields: Fields): FieldTable {
  const known = tables.get(fields);
  if (known) return known;
  const all = Object.entries(fields).map(([name, spec]) => toField(name, spec));
  const caseless = all.filter(({ spec }) => !spec.exactName);
  const table: FieldTable = {
    byName: new Map(all.map((field) => [field.name, field])),
    byFoldedName: new Map(caseless.map((field) => [foldName(field.name), field])),
    dropped: all.filter(({ isDropped }) => isDropped).map(({ name }) => name),
    required: all.filter(({ spec }) => spec.required),
  };
  tables.set(fields, table);
  return table;
}

function toField(name: string, spec: FieldSpec): Field {
  const { since, until, unreleasedAt, documentedMinimum, enumSince, enumUnreleasedAt } = spec;
  const releases = [since, until, unreleasedAt, documentedMinimum, enumSince, enumUnreleasedAt];
  return {
    name,
    spec,
    mayHoldStructs: !spec.reserved && holdsStructs(spec),
    hasReleases: releases.some((release) => release !== undefined),
    isDropped: spec.dropped === true,
    isReserved: spec.reserved === true,
    plainType: isPlain(spec) ? spec.type : undefined,
  };
}

type PlainType = 'string' | 'boolean' | 'object' | 'array';

/** Whether no value of the field's type can be wrong. */
function isPlain(spec: FieldSpec): spec is FieldSpec & { readonly type: PlainType } {
  switch (spec.type) {
    case 'boolean':
      return true;
    case 'string':
      return (spec.enum ?? spec.minLength ?? spec.format) === undefined;
    case 'array':
      return spec.items === undefined;
    case 'object':
      return (spec.fields ?? spec.values) === undefined;
    case 'integer':
    case 'number':
      return false;
  }
}

const holdsStructs = ({ fields, items, values }: FieldSpec): boolean =>
  fields !== undefined ||
  [items, values].some((inner) => inner !== undefined && holdsStructs(inner));

/** The field a member counts as; letter case counts where Terway looks the name up itself. */
export function fieldOf(name: string, { byName, byFoldedName }: FieldTable): Field | undefined {
  return byName.get(name) ?? byFoldedName.get(foldName(name));
}
