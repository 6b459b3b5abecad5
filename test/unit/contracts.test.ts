import { existsSync, readFileSync, readdirSync } from 'node:fs';
import t from 'tap';
import { breaches } from '../support/contract.ts';
import { type Schema, refusals } from '../support/schema-refusals.ts';

/** What breaks a contract is seen; the outputs are held to theirs where they are printed. */

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

t.test('a field that goes or gets another type breaks an output', async (t) => {
  const contract = { schema: 'number', 'findings[].rule': 'string' };
  t.same(breaches(contract, { ...contract, more: 'boolean' }), [], 'a new one does not');
  t.same(breaches(contract, { schema: 'number' }), ['findings[].rule is gone']);
  t.same(breaches(contract, { ...contract, schema: 'string' }), [
    'schema was number and is string',
  ]);
});

t.test('what a configuration can no longer say breaks it', async (t) => {
  const port = { type: 'integer', minimum: 1, maximum: 9 };
  const mode = { enum: ['on', 'off'] };
  const old: Schema = { type: 'object', additionalProperties: false, properties: { port, mode } };
  const changed = (properties: Readonly<Record<string, Schema>>, more: Schema = {}) =>
    refusals(old, { ...old, properties, ...more });
  t.same(changed({ port, mode, more: { type: 'string' } }), [], 'a new member does not');
  t.same(changed({ port: { ...port, maximum: 99 }, mode }), [], 'more values do not');
  t.same(changed({ port, mode: { enum: ['on', 'off', 'auto'] } }), [], 'more words do not');
  t.same(changed({ mode }), ['port is gone']);
  t.same(changed({ port: { ...port, type: 'string' }, mode }), ['port: type changed']);
  t.same(changed({ port: { ...port, maximum: 8 }, mode }), ['port: maximum is lower']);
  t.same(changed({ port: { ...port, minimum: 2 }, mode }), ['port: minimum is higher']);
  t.same(changed({ port, mode: { enum: ['on'] } }), ['mode: "off" is taken no more']);
  t.same(changed({ port, mode: { ...mode, pattern: '^o' } }), ['mode: pattern changed']);
  t.same(changed({ port, mode }, { required: ['port'] }), ['port is required']);
});

t.test('the configuration takes what its number promises', async (t) => {
  const now = JSON.parse(read('docs/schemas/configuration.json')) as Schema & {
    'x-schema': number;
  };
  const path = `test/contracts/configuration.${now['x-schema']}.json`;
  t.ok(existsSync(new URL(`../../${path}`, import.meta.url)), `${path} keeps the schema as it is`);
  const promised = JSON.parse(read(path)) as Schema;
  t.same(refusals(promised, now), [], 'what breaks it raises CONFIGURATION_NUMBER');
});

t.test('metrics keep their types and labels', async (t) => {
  const rows = read('docs/metrics.md').matchAll(/^\| `([^`]+)` \| (\w+) \| ([^|]*) \|/gm);
  const now = Object.fromEntries(
    [...rows].map(([, name, type, labels]) => [name!, `${type!}: ${labels!}`]),
  );
  const [, number] = /metrics\.(\d+)\.json/.exec(read('docs/versioning.md')) ?? [];
  const contract = JSON.parse(read(`test/contracts/metrics.${number!}.json`)) as typeof now;
  t.same(breaches(contract, now), [], 'what breaks them is said in docs/versioning.md');
});

t.test('docs/versioning.md names every contract with its number', async (t) => {
  const page = read('docs/versioning.md');
  const kept = /test\/contracts\/([\w-]+)\.(\d+)\.json/g;
  const named = [...page.matchAll(kept)].map(([, name, number]) => `${name}.${number}`);
  const files = readdirSync(new URL('../contracts', import.meta.url));
  const newest = new Map<string, number>();
  for (const file of files) {
    const [, name = '', number] = /^([\w-]+)\.(\d+)\.json$/.exec(file) ?? [];
    newest.set(name, Math.max(newest.get(name) ?? 0, Number(number)));
  }
  for (const [name, number] of newest) t.ok(named.includes(`${name}.${number}`), name);
  t.equal(named.length, newest.size);
});

t.test('every output with a number has a contract', async (t) => {
  const sections = read('docs/json-outputs.md').split(/^## /m).slice(1);
  const numbered = sections.filter((text) => /^\| `schema`/m.test(text));
  t.ok(numbered.length > 3);
  for (const text of numbered) {
    const [name = ''] = text.split('\n', 1);
    const [, number] = /^\| `schema` +\| (\d+)/m.exec(text) ?? [];
    t.ok(existsSync(new URL(`../contracts/${name}.${number}.json`, import.meta.url)), name);
  }
});
