import { Ajv } from 'ajv';
import fc from 'fast-check';
import t from 'tap';
import { knownVersion } from '../../../support/facts.ts';
import { ENI_CONF_FIELDS } from '../../../../src/engine/catalogue/eni-conf.ts';
import type { FieldSpec } from '../../../../src/engine/catalogue/field.ts';
import { conflistSchema, eniConfSchema } from '../../../../src/engine/catalogue/json-schema.ts';
import { GENERIC_FIELDS } from '../../../../src/engine/catalogue/plugins/generic.ts';
import { PLUGINS } from '../../../../src/engine/catalogue/plugins.ts';
import { createContext } from '../../../../src/engine/core/context.ts';
import { CONFLIST_KEY, ENI_CONF_KEY } from '../../../../src/engine/core/eni-config.ts';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { formatPath } from '../../../../src/engine/json/path.ts';
import { pathOf } from '../../../../src/engine/json/node.ts';
import { fieldErrors } from '../../../../src/engine/reading/field-errors.ts';
import { creation } from '../../../support/changes.ts';
import { valuesFor } from '../../../support/field-values.ts';
import { assertProperty } from '../../../support/properties.ts';

type Fields = Readonly<Record<string, FieldSpec>>;
type Key = typeof CONFLIST_KEY | typeof ENI_CONF_KEY;

/** What the walk finds in a document. */
function errorsIn(key: Key, text: string, facts: Facts = NO_FACTS) {
  return fieldErrors(createContext(creation({ [key]: text }), facts, DEFAULT_POLICY));
}

/** The same as `path: kind`. */
function described(key: Key, text: string, facts?: Facts): string[] {
  return errorsIn(key, text, facts).map((error) => {
    const node = error.kind === 'missing' ? error.decoded.node : error.node;
    return `${formatPath(pathOf(node))}: ${error.kind}`;
  });
}

const ajv = new Ajv({ strict: true, allowUnionTypes: true });
const SCHEMAS = {
  [CONFLIST_KEY]: ajv.compile(conflistSchema()),
  [ENI_CONF_KEY]: ajv.compile(eniConfSchema()),
};

const isValid = (key: Key, text: string) => SCHEMAS[key](JSON.parse(text));

/** A chain of one entry; members are given as JSON text. */
const chainOf = (type: string, members: string) => `{"plugins": [{"type": "${type}"${members}}]}`;

/** A program, its fields, and how its document looks with some members in it. */
interface Program {
  readonly name: string;
  readonly key: Key;
  readonly fields: Fields;
  readonly text: (members: readonly string[]) => string;
}

const PROGRAMS: readonly Program[] = [
  ...[...PLUGINS.values(), { type: 'some-plugin', fields: GENERIC_FIELDS as Fields }].map(
    ({ type, fields }): Program => ({
      name: type,
      key: CONFLIST_KEY,
      fields,
      text: (members) => {
        const required = Object.keys(fields).filter((name) => fields[name]?.required);
        const missing = required.filter((name) => !members.some((m) => m.startsWith(`"${name}"`)));
        const all = [...missing.map((name) => `"${name}": "text"`), ...members];
        return chainOf(type, all.map((member) => `, ${member}`).join(''));
      },
    }),
  ),
  {
    name: ENI_CONF_KEY,
    key: ENI_CONF_KEY,
    fields: ENI_CONF_FIELDS,
    text: (members) => `{${members.join(', ')}}`,
  },
];

/** A field at any depth, and the member of the program's object that brings a value to it. */
interface Place {
  readonly name: string;
  readonly field: FieldSpec;
  readonly member: (value: string) => string;
}

function* placesIn(fields: Fields): Generator<Place> {
  for (const [name, field] of Object.entries(fields)) {
    // Without its type an entry has no program.
    if (name === 'type' && field === GENERIC_FIELDS.type) continue;
    yield* placesAt({ name, field, member: (value) => `${JSON.stringify(name)}: ${value}` });
  }
}

function* placesAt(place: Place): Generator<Place> {
  const { name, field, member } = place;
  yield place;
  if (field.items) {
    const inList = (value: string) => member(`[${value}]`);
    yield* placesAt({ name: `${name}[]`, field: field.items, member: inList });
  }
  if (field.values) {
    const inMap = (value: string) => member(`{"some key": ${value}}`);
    yield* placesAt({ name: `${name}.*`, field: field.values, member: inMap });
  }
  for (const [inner, spec] of Object.entries(field.fields ?? {})) {
    const inObject = (value: string) => member(`{${JSON.stringify(inner)}: ${value}}`);
    yield* placesAt({ name: `${name}.${inner}`, field: spec, member: inObject });
  }
}

/** What is wrong to Go, and nothing that a schema could say. */
const BEYOND_SCHEMAS = [
  'cidr',
  'mac',
  'duration',
  'float',
  'documented',
  'interface',
  'negative-zero',
  'notation',
];

/** A schema knows a member by its exact name only. */
function isInOtherCase(error: ReturnType<typeof errorsIn>[number]): boolean {
  if (error.kind === 'missing') return false;
  return error.decoded.variants.some(([{ value }]) => value === error.node);
}

/** Whether schema and walk say the same of a document, but for what is beyond a schema. */
function agree(key: Key, text: string): boolean {
  const sayable = errorsIn(key, text).filter(
    (error) => !BEYOND_SCHEMAS.includes(error.kind) && !isInOtherCase(error),
  );
  return isValid(key, text) === (sayable.length === 0);
}

for (const { name, key, fields, text } of PROGRAMS) {
  t.test(`${name}: schema and walk agree on every field`, (t) => {
    const tried = { valid: 0, invalid: 0 };
    for (const place of placesIn(fields)) {
      const texts = valuesFor(place.field).map((value) => text([place.member(value)]));
      const wrong = texts.filter((one) => !agree(key, one));
      t.same(wrong, [], place.name);
      for (const one of texts) tried[isValid(key, one) ? 'valid' : 'invalid'] += 1;
    }
    t.ok(tried.valid > 100 && tried.invalid > 100, JSON.stringify(tried));
    t.end();
  });
}

t.test('property: schema and walk agree on documents with several members', (t) => {
  const documents = fc.constantFrom(...PROGRAMS).chain(({ key, fields, text }) => {
    const member = fc
      .constantFrom(...placesIn(fields))
      .chain((place) => fc.constantFrom(...valuesFor(place.field)).map(place.member));
    return fc.array(member, { maxLength: 6 }).map((members) => ({ key, text: text(members) }));
  });
  assertProperty(
    t,
    fc.property(documents, (document) => agree(document.key, document.text)),
    3000,
  );
  t.end();
});

t.test('the schemas refuse documents of another shape', (t) => {
  const texts: [key: Key, text: string][] = [
    [CONFLIST_KEY, '[]'],
    [CONFLIST_KEY, '{}'],
    [CONFLIST_KEY, '{"plugins": {}}'],
    [CONFLIST_KEY, '{"plugins": []}'],
    [CONFLIST_KEY, '{"plugins": ["terway"]}'],
    [CONFLIST_KEY, '{"plugins": [{"snat": true}]}'],
    [CONFLIST_KEY, '{"plugins": [{"type": ""}]}'],
    [ENI_CONF_KEY, '[]'],
    [ENI_CONF_KEY, 'null'],
  ];
  for (const [key, text] of texts) t.notOk(isValid(key, text), `${key}: ${text}`);
  t.end();
});

t.test('what a schema cannot say: it takes what the program refuses', (t) => {
  const texts: [name: string, key: Key, text: string, found: string[]][] = [
    [
      'a CIDR as Go reads it',
      CONFLIST_KEY,
      chainOf('terway', ', "host_stack_cidrs": ["10.0.0.0/33"]'),
      ['plugins[0].host_stack_cidrs[0]: cidr'],
    ],
    [
      'a hardware address that the kernel takes',
      CONFLIST_KEY,
      chainOf('tuning', ', "mac": "01:00:5e:00:00:01"'),
      ['plugins[0].mac: mac'],
    ],
    [
      'the name of an interface as the kernel reads it',
      CONFLIST_KEY,
      chainOf('terway', ', "symmetric_routing_config": {"interface": "a/b"}'),
      ['plugins[0].symmetric_routing_config.interface: interface'],
    ],
    [
      'a Go duration; the format "duration" of JSON schemas is another one',
      ENI_CONF_KEY,
      '{"idle_ip_reclaim_after": "PT10M"}',
      ['idle_ip_reclaim_after: duration'],
    ],
    [
      'a number inside a text',
      ENI_CONF_KEY,
      '{"idle_ip_reclaim_jitter_factor": "a tenth"}',
      ['idle_ip_reclaim_jitter_factor: float'],
    ],
    [
      'what ACK documents, where the daemon takes more',
      ENI_CONF_KEY,
      '{"idle_ip_reclaim_jitter_factor": "1.1", "idle_ip_reclaim_batch_size": 11}',
      ['idle_ip_reclaim_jitter_factor: documented', 'idle_ip_reclaim_batch_size: documented'],
    ],
    [
      '-0',
      CONFLIST_KEY,
      chainOf('bandwidth', ', "ingressRate": -0'),
      ['plugins[0].ingressRate: negative-zero'],
    ],
    [
      'how an integer is written',
      ENI_CONF_KEY,
      '{"max_pool_size": 1e1}',
      ['max_pool_size: notation'],
    ],
    [
      'that letter case does not count',
      CONFLIST_KEY,
      chainOf('portmap', ', "SNAT": "false"'),
      ['plugins[0].SNAT: type'],
    ],
  ];
  for (const [name, key, text, found] of texts) {
    t.ok(isValid(key, text), `${name}: valid by the schema`);
    t.same(described(key, text), found, `${name}: refused by the walk`);
  }
  t.same(
    BEYOND_SCHEMAS.filter((kind) => !texts.some(([, , , found]) => found.join().includes(kind))),
    [],
    'every kind that is beyond a schema stands in the list',
  );
  t.end();
});

t.test('what a schema cannot say: it refuses what is no error of a field', (t) => {
  const known = knownVersion('1.5.1');
  const texts: [name: string, key: Key, text: string, facts?: Facts][] = [
    ['a number beyond float64, which no program reads', ENI_CONF_KEY, '{"max_eni": 1e400}'],
    ['an entry without a program', CONFLIST_KEY, '{"plugins": [{"type": 5, "snat": "no"}]}'],
    [
      'a field that the installed release does not read',
      CONFLIST_KEY,
      chainOf('portmap', ', "backend": "ipfw"'),
      { ...NO_FACTS, plugins: new Map([['portmap', known]]) },
    ],
  ];
  for (const [name, key, text, facts] of texts) {
    t.notOk(isValid(key, text), `${name}: refused by the schema`);
    t.same(described(key, text, facts), [], `${name}: left to other rules`);
  }
  t.end();
});

t.test('unsigned integers begin at 0', (t) => {
  const unsigned = PROGRAMS.flatMap(({ fields }) => [...placesIn(fields)]).filter(
    ({ field }) => field.unsigned,
  );
  t.ok(unsigned.length > 0);
  for (const { name, field } of unsigned) t.equal(field.min, 0, name);
  t.end();
});

t.test('one slip is one error', (t) => {
  for (const { name, key, fields, text } of PROGRAMS) {
    for (const place of placesIn(fields)) {
      const scalars = valuesFor(place.field).filter((value) => !/[[{]/.test(value));
      const several = scalars.filter(
        (value) => errorsIn(key, text([place.member(value)])).length > 1,
      );
      t.same(several, [], `${name}, ${place.name}`);
    }
  }
  t.end();
});

t.test('the first thing that is wrong with a value is its error', (t) => {
  const entries: [members: string, found: string[]][] = [
    ['"backend": 5', ['backend: type']],
    ['"backend": "ipfw"', ['backend: enum']],
    ['"markMasqBit": -1.5', ['markMasqBit: type']],
    ['"markMasqBit": 32', ['markMasqBit: range']],
    // What reaches the plugin of these is 10.
    ['"markMasqBit": 1e1', []],
    ['"markMasqBit": 10.0', []],
    ['"conditionsV4": [1, null, "-s", []]', ['conditionsV4[0]: type', 'conditionsV4[3]: type']],
    ['"capabilities": {"a": "true", "b": null}', ['capabilities.a: type']],
    ['"dns": {"search": 5, "domain": null, "x": 1}', ['dns.search: type']],
    ['"snat": null, "masqAll": "yes"', ['masqAll: type']],
    // Filled in by the runtime, or deleted by Terway: another rule speaks, or none.
    ['"runtimeConfig": 5, "name": 5', []],
    ['"snatt": 5', []],
    // The last of two members counts, and in a struct the spelling that sorts last.
    ['"capabilities": {"a": 1, "a": true}', []],
    ['"capabilities": {"a": true, "a": 1}', ['capabilities.a: type']],
    ['"snat": 1, "Snat": true', ['snat: type']],
  ];
  for (const [members, found] of entries) {
    const paths = found.map((error) => `plugins[0].${error}`);
    t.same(described(CONFLIST_KEY, chainOf('portmap', `, ${members}`)), paths, members);
  }
  const eniConf: [text: string, found: string[]][] = [
    ['{"max_eni": 1e20}', ['max_eni: range']],
    [
      '{"rate_limit": {"a": 1.0, "b": 5, "c": "5"}}',
      ['rate_limit.a: notation', 'rate_limit.c: type'],
    ],
    [
      '{"extra_routes": [{"dst": 5, "DST": null}, 7]}',
      ['extra_routes[0].dst: type', 'extra_routes[1]: type'],
    ],
    ['{"max_eni": -0}', []],
  ];
  for (const [text, found] of eniConf) t.same(described(ENI_CONF_KEY, text), found, text);
  t.end();
});

t.test('a required member is missing where it is absent or null', (t) => {
  t.same(described(CONFLIST_KEY, chainOf('vrf', '')), ['plugins[0]: missing']);
  t.same(described(CONFLIST_KEY, chainOf('vrf', ', "vrfname": null')), ['plugins[0]: missing']);
  t.same(described(CONFLIST_KEY, chainOf('vrf', ', "vrfname": ""')), ['plugins[0].vrfname: empty']);
  t.same(described(CONFLIST_KEY, chainOf('vrf', ', "VRFName": "blue"')), []);
  t.end();
});

t.test('an error in a field that only some releases read stands while one of them may run', (t) => {
  const text = chainOf('terway', ', "symmetric_routing_config": {"backend": "ipfw", "mark": "5"}');
  const at = 'plugins[0].symmetric_routing_config';
  const foundWith = (release: string) =>
    described(CONFLIST_KEY, text, {
      ...NO_FACTS,
      terway: knownVersion(release),
    });
  t.same(described(CONFLIST_KEY, text), [`${at}.backend: enum`, `${at}.mark: type`]);
  t.same(foundWith('1.17.1'), [`${at}.backend: enum`, `${at}.mark: type`]);
  t.same(foundWith('1.16.0'), [`${at}.mark: type`]);
  t.same(foundWith('1.14.0'), []);
  t.end();
});
