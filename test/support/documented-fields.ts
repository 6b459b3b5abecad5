import { readFileSync } from 'node:fs';

/** Pages that list fields of JSON, held against real JSON. */

/** The fields in the first column of the tables of a section (`## section`) of a page in docs/. */
export function documentedFields(page: string, section: string): string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const part = text.split(/^## /m).find((one) => one.startsWith(`${section}\n`)) ?? '';
  return [...part.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!);
}

/** The fields of a value: `findings[].rule`; under facts any name is `*`. */
export function fieldsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldsIn(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) =>
    fieldsIn(member, path === '' ? name : `${path}.${path === 'facts' ? '*' : name}`),
  );
}
