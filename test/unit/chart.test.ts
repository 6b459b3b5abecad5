import { readFileSync, readdirSync } from 'node:fs';
import { Ajv } from 'ajv';
import t from 'tap';
import { type Pair, type Scalar, type YAMLMap, isMap, parse, parseDocument } from 'yaml';
import { CHART, renderChartFiles } from '../../scripts/chart/render.ts';
import { VALUES_SCHEMA } from '../../scripts/chart/values-schema.ts';
import { TERWAY_DAEMONSETS } from '../../src/engine/core/facts.ts';
import { ADMISSION_POLICY_RULES } from '../../src/engine/rules/admission-policy.ts';
import { RULE_INFO } from '../../src/engine/rules/index.ts';

const read = (name: string) => readFileSync(new URL(name, CHART), 'utf8');
const values = read('values.yaml');
const accepts = new Ajv({ strict: false, allErrors: true }).compile(VALUES_SCHEMA);

t.test('generated files are up to date; `npm run chart` brings them there', async (t) => {
  for (const [name, text] of Object.entries(renderChartFiles())) t.equal(read(name), text, name);
});

t.test('every template that is included is defined', async (t) => {
  const files = readdirSync(new URL('templates/', CHART), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((name) => /\.\w+$/.test(name))
    .map((name) => read(`templates/${name}`));
  const named = (pattern: RegExp) =>
    new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name)));
  const defined = named(/\{\{-? *define "([^"]+)"/g);
  const included = named(/\b(?:include|template) "([^"]+)"/g);
  t.ok(included.size > 0);
  for (const name of included) t.ok(defined.has(name), String(name));
});

t.test('the schema takes the values as they stand', async (t) => {
  t.ok(accepts(parse(values)), JSON.stringify(accepts.errors));
});

t.test('the schema refuses an unknown key beside every known one', async (t) => {
  const places = mapsIn(VALUES_SCHEMA as Schema).filter(
    (path) => path.length > 0 && path[0] !== 'global',
  );
  t.ok(places.length > 20, 'they were found');
  for (const path of [[], ...places]) {
    const unknown = path.reduceRight<unknown>((value, key) => ({ [key]: value }), { unknwon: {} });
    t.notOk(accepts(unknown));
    const named = accepts.errors?.flatMap(({ params }) => Object.values<unknown>(params));
    t.ok(named?.includes('unknwon'), path.join('.'));
  }
});

t.test("the schema is open only where names are the user's", async (t) => {
  t.same(openMapsIn(VALUES_SCHEMA as Schema), [
    'global',
    'monitoring.serviceMonitor.labels',
    'monitoring.prometheusRule.labels',
    'monitoring.dashboard.labels',
    'nodeSelector',
    'affinity.nodeAffinity',
    'affinity.podAffinity',
    'affinity.podAntiAffinity',
    'podAnnotations',
    'podLabels',
  ]);
});

t.test('the schema misses what a template would', async (t) => {
  // Helm drops a value that is set to null before it looks at the schema.
  const complete = parse(values) as Record<string, Record<string, unknown>>;
  for (const section of Object.keys(complete)) {
    if (OPTIONAL.includes(section)) continue;
    const dropped = complete[section] ?? {};
    t.notOk(accepts(without(complete, section)), section);
    if (section === 'config' || typeof dropped !== 'object') continue;
    for (const key of Object.keys(dropped)) {
      const isOptional = section === 'resources';
      const rest = { ...complete, [section]: without(dropped, key) };
      t.equal(accepts(rest), isOptional, `${section}.${key}`);
    }
  }
});

t.test('every value says when to change it, and the schema knows no other', async (t) => {
  const document = parseDocument<YAMLMap>(values);
  t.same(silentIn(document.contents as unknown as YAMLMap, document.commentBefore ?? ''), []);
  const known = Object.keys((VALUES_SCHEMA as Schema).properties ?? {});
  const shown = Object.keys(parse(values) as object);
  t.same(
    known.filter((key) => !shown.includes(key)),
    ['global'],
  );
});

t.test('every value is used by a template', async (t) => {
  const folder = new URL('templates/', CHART);
  const templates = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  for (const key of Object.keys(parse(values) as object)) {
    t.match(templates, new RegExp(`\\.Values\\.${key}\\b`), key);
  }
});

t.test("rights and webhooks are for the DaemonSets that may be Terway's", async (t) => {
  const names = TERWAY_DAEMONSETS.join(', ');
  t.match(read('templates/rbac.yaml'), `resources: [daemonsets]\n  resourceNames: [${names}]\n`);
  const list = TERWAY_DAEMONSETS.map((name) => `"${name}"`).join(', ');
  t.match(read('templates/webhooks.yaml'), `expression: 'object.metadata.name in [${list}]'`);
});

t.test('the floor holds rules that refuse, in words that the API server takes', async (t) => {
  const template = read('templates/_floor.tpl');
  const messages = [...template.matchAll(/^ {2}message: (".*")$/gm)].map(
    ([, text = '']) => JSON.parse(text) as string,
  );
  t.equal(messages.length, ADMISSION_POLICY_RULES.length);
  for (const [index, { rule }] of ADMISSION_POLICY_RULES.entries()) {
    t.equal(RULE_INFO[rule].severity, 'deny');
    t.ok(messages[index]?.includes(`rule: eni-config-guard/${rule}.`), rule);
    t.notMatch(messages[index], /[\n\r]/, 'Kubernetes refuses line breaks');
  }
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly additionalProperties?: unknown;
  readonly propertyNames?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const without = (map: Readonly<Record<string, unknown>>, key: string) =>
  Object.fromEntries(Object.entries(map).filter(([other]) => other !== key));

/** Values whose absence means nothing else than their emptiness. */
const OPTIONAL = ['nodeSelector', 'podAnnotations', 'podLabels'];

/** Paths of all maps that may have any key. */
function openMapsIn(schema: Schema, path: readonly string[] = []): string[] {
  const { properties = {}, additionalProperties, propertyNames, items, anyOf = [], type } = schema;
  const isClosed = additionalProperties === false || propertyNames !== undefined;
  return [
    ...(type === 'object' && !isClosed ? [path.join('.')] : []),
    ...Object.entries(properties).flatMap(([key, inner]) => openMapsIn(inner, [...path, key])),
    ...[...anyOf, ...(items ? [items] : [])].flatMap((inner) => openMapsIn(inner, path)),
  ];
}

/** Paths of all maps whose keys are known. */
function mapsIn({ properties = {} }: Schema, path: readonly string[] = []): string[][] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const here = [...path, key];
    const closed = schema.additionalProperties === false || schema.propertyNames !== undefined;
    return [...(closed ? [here] : []), ...mapsIn(schema, here)];
  });
}

/** Paths of values that neither they nor, for a whole map, the one above explains. */
function silentIn(map: YAMLMap, first: string, path = ''): string[] {
  return (map.items as Pair<Scalar<string>>[]).flatMap(({ key, value }, index) => {
    const here = `${path}${key.value}`;
    const comment = key.commentBefore ?? (index === 0 ? first : '');
    if (!isMap(value)) return comment === '' ? [here] : [];
    const inner = silentIn(value, value.commentBefore ?? '', `${here}.`);
    // A map of free content is explained as a whole.
    const leaves = value.items.length;
    return comment !== '' && inner.length >= leaves ? [] : inner;
  });
}
