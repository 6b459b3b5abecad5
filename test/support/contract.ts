import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Test } from 'tap';

/**
 * What other programs rely on, as test/contracts keeps it: a file for each contract and number, with
 * the JSON type of every field. What breaking means is said in docs/versioning.md.
 */
type Contract = Readonly<Record<string, string>>;

/**
 * Holds `printed` to the contract `name` of its own `schema` number: no field of the contract is gone
 * from the page (`documented`) and none has another type. A field that the contract does not hold
 * yet, or a number without a contract, is written down with UPDATE_CONTRACTS=1, which takes nothing
 * away from a contract that exists.
 */
export function keepsContract(
  t: Test,
  name: string,
  documented: readonly string[],
  printed: readonly { readonly schema?: unknown }[],
): void {
  const url = new URL(`../contracts/${name}.${String(printed[0]?.schema)}.json`, import.meta.url);
  const contract = existsSync(url) ? (JSON.parse(readFileSync(url, 'utf8')) as Contract) : {};
  const now = { ...contractOf(documented), ...fieldTypes(printed) };
  t.same(breaches(contract, now), [], `${name}: what breaks its contract raises its schema number`);
  if (process.env.UPDATE_CONTRACTS) {
    const all = Object.entries({ ...now, ...contract }).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(url, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
    return;
  }
  const missing = Object.keys(now).filter((field) => !Object.hasOwn(contract, field));
  t.same(missing, [], `${name}: UPDATE_CONTRACTS=1 writes new fields into the contract`);
}

/** What is broken of a contract by what is printed now, a line for each. */
export function breaches(contract: Contract, now: Contract): string[] {
  return Object.entries(contract).flatMap(([field, type]) => {
    const current = now[field];
    if (current === undefined) return [`${field} is gone`];
    const isSame = current === type || current === UNSEEN || type === UNSEEN;
    return isSame ? [] : [`${field} was ${type} and is ${current}`];
  });
}

/** The type of a field that no test makes the program print. */
const UNSEEN = 'not printed by a test';

const contractOf = (documented: readonly string[]): Contract =>
  Object.fromEntries(documented.map((field) => [field, UNSEEN]));

/** The JSON type of every field of a value, by its path. */
export function fieldTypes(value: unknown, path = ''): Contract {
  if (Array.isArray(value)) {
    const step = path === '' ? '' : `${path}[]`;
    return Object.assign({}, ...value.map((item) => fieldTypes(item, step))) as Contract;
  }
  if (typeof value !== 'object' || value === null) return { [path]: typeof value };
  const members = Object.entries(value).map(([name, member]) =>
    fieldTypes(member, path === '' ? name : `${path}.${path === 'facts' ? '*' : name}`),
  );
  return Object.assign({}, ...members) as Contract;
}
