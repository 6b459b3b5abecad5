import { existsSync, readFileSync, readdirSync } from 'node:fs';
import t from 'tap';
import { EVENT_TYPES } from '../../src/audit/events.ts';
import { createEventStore } from '../../src/audit/event-store.ts';
import { encodeProbeResult } from '../../src/probe/result.ts';
import { answeringApi } from '../support/answering-api.ts';
import { breaches, fieldTypes } from '../support/contract.ts';
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

/** The number under which docs/versioning.md keeps a contract without a number of its own. */
const numberOf = (name: string) =>
  new RegExp(`${name}\\.(\\d+)\\.json`).exec(read('docs/versioning.md'))?.[1] ?? '';

const contractOf = (name: string) =>
  JSON.parse(read(`test/contracts/${name}.${numberOf(name)}.json`)) as Record<string, string>;

t.test('metrics keep their types and labels', async (t) => {
  const rows = read('docs/metrics.md').matchAll(/^\| `([^`]+)` \| (\w+) \| ([^|]*) \|/gm);
  const now = Object.fromEntries(
    [...rows].map(([, name, type, labels]) => [name!, `${type!}: ${labels!}`]),
  );
  t.same(breaches(contractOf('metrics'), now), [], 'what breaks them: docs/versioning.md');
});

t.test('Events keep their reasons, types and object', async (t) => {
  const { api, calls } = answeringApi({}, {});
  const note = { type: 'Warning', reason: 'Refused', message: 'a' } as const;
  const times = { count: 1, firstMs: 0, lastMs: 0 };
  await createEventStore(api, 'guard-0').record({ ...note, ...times });
  const { involvedObject, source, reportingComponent } = calls[0]?.body as PostedEvent;
  const now = {
    ...EVENT_TYPES,
    RefusedWriters: 'Normal',
    'involvedObject.kind': involvedObject.kind,
    'involvedObject.namespace': involvedObject.namespace,
    'involvedObject.name': involvedObject.name,
    'source.component': source.component,
    reportingComponent,
  };
  t.same(breaches(contractOf('events'), now), [], 'what breaks them: docs/versioning.md');
  const documented = [...read('docs/events.md').matchAll(/^\| `([\w.]+)` +\| `?([\w-]+)/gm)];
  t.same(Object.fromEntries(documented.map(([, name, value]) => [name, value])), now, 'the page');
});

interface PostedEvent {
  readonly involvedObject: Readonly<Record<'kind' | 'namespace' | 'name', string>>;
  readonly source: { readonly component: string };
  readonly reportingComponent: string;
}

t.test('a result of the node probe keeps its contract, to the field', async (t) => {
  const binary = { version: 'v1.7.1', specVersions: ['1.0.0'] };
  const text = encodeProbeResult({ binaries: new Map([['portmap', binary]]), leftOut: 1 });
  const message = JSON.parse(text) as { v: number };
  t.equal(String(message.v), numberOf('probe-result'));
  t.same(
    fieldTypes(message),
    contractOf('probe-result'),
    'guards of the version before refuse a field that they do not know: any change raises FORMAT',
  );
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
