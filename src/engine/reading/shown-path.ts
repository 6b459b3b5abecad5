import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import type { FieldSpec } from '../catalogue/field.ts';
import { isSecretKey } from '../core/eni-config.ts';
import { foldName } from '../json/go-names.ts';
import { type JsonPath, formatPath } from '../json/path.ts';
import type { Fields } from './field-table.ts';

/**
 * What is shown of places. Names of `eni_conf` that Terway does not know, as those of its maps, are
 * the writer's own words: a tag, or a secret that was pasted in the wrong place.
 */

/** What stands for a name that is not shown. */
const HIDDEN = '...';

/** The path as text, in a document of this key. */
export const pathText = (key: string | undefined, path: JsonPath): string =>
  formatPath(shownSteps(key, path));

/** Whether the last name of a path may be shown. */
export const isNameShown = (key: string, path: JsonPath): boolean =>
  shownSteps(key, path).at(-1) !== HIDDEN;

function shownSteps(key: string | undefined, path: JsonPath): JsonPath {
  if (key === undefined || !isSecretKey(key)) return path;
  let field: Pick<FieldSpec, 'fields' | 'items' | 'values'> | undefined = {
    fields: ENI_CONF_FIELDS,
  };
  return path.map((step) => {
    if (typeof step === 'number') {
      field = field?.items;
      return step;
    }
    const known = knownName(step, field?.fields);
    field = known === undefined ? field?.values : field?.fields?.[known];
    return known === undefined ? HIDDEN : step;
  });
}

/** By their folded names; a document can have thousands of members to ask for. */
const namesOf = new WeakMap<Fields, ReadonlyMap<string, string>>();

function knownName(name: string, fields: Fields | undefined): string | undefined {
  if (!fields) return undefined;
  const known =
    namesOf.get(fields) ?? new Map(Object.keys(fields).map((each) => [foldName(each), each]));
  namesOf.set(fields, known);
  return known.get(foldName(name));
}
