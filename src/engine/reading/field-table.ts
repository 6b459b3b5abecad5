import type { FieldSpec } from '../catalogue/field.ts';
import { foldName } from '../json/go-names.ts';

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
    dropped: all.filter(({ spec }) => spec.dropped).map(({ name }) => name),
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
  };
}

const holdsStructs = ({ fields, items, values }: FieldSpec): boolean =>
  fields !== undefined ||
  [items, values].some((inner) => inner !== undefined && holdsStructs(inner));

/** The field a member counts as; letter case counts where Terway looks the name up itself. */
export function fieldOf(name: string, { byName, byFoldedName }: FieldTable): Field | undefined {
  return byName.get(name) ?? byFoldedName.get(foldName(name));
}
