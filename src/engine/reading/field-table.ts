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
  readonly releases: FieldReleases;
  /** Terway deletes it, and the container runtime fills it in: as the catalogue says. */
  readonly isDropped: boolean;
  readonly isReserved: boolean;
  /** The type of value of which each is right, where there is one. */
  readonly plainType: JsonType | undefined;
}

/** What of the catalogue is held against releases: in one shape, as entries of the catalogue have many. */
export interface FieldReleases {
  /** The first release that is asked for, and those of older lines. */
  readonly floor: string | undefined;
  readonly lines: readonly string[] | undefined;
  readonly until: string | undefined;
  readonly unreleasedAt: string | undefined;
  /** The same of texts in it that came later, or have not come yet. */
  readonly enumSince: FieldSpec['enumSince'] | undefined;
  readonly enumUnreleasedAt: FieldSpec['enumUnreleasedAt'] | undefined;
  /** With this value it asks for nothing, and perhaps when it is empty. */
  readonly neutralValue: FieldSpec['neutralValue'] | undefined;
  readonly isNeutralEmpty: boolean;
  /** Whether releases differ in it, or the catalogue has a release that is asked for. */
  readonly differ: boolean;
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
  return {
    name,
    spec,
    mayHoldStructs: !spec.reserved && holdsStructs(spec),
    releases: releasesOf(spec),
    isDropped: spec.dropped === true,
    isReserved: spec.reserved === true,
    plainType: isPlain(spec) ? spec.type : undefined,
  };
}

function releasesOf(spec: FieldSpec): FieldReleases {
  const { since, sinceOnLines, until, unreleasedAt, documentedMinimum: floor = since } = spec;
  const { enumSince, enumUnreleasedAt } = spec;
  const releases = [floor, until, unreleasedAt, enumSince, enumUnreleasedAt];
  return {
    floor,
    lines: sinceOnLines,
    until,
    unreleasedAt,
    enumSince,
    enumUnreleasedAt,
    neutralValue: spec.neutralValue,
    isNeutralEmpty: spec.isNeutralEmpty === true,
    differ: releases.some((release) => release !== undefined),
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
