import fc from 'fast-check';

import { ENI_CONF_FIELDS } from '../../src/engine/catalogue/eni-conf.ts';
import type { FieldSpec } from '../../src/engine/catalogue/field.ts';
import { PLUGINS } from '../../src/engine/catalogue/plugins.ts';
import { CHAIN_ONLY_FIELDS } from '../../src/engine/catalogue/plugins/terway.ts';
import {
  BASE_DATAPATH_V2,
  BASE_EBPF_POLICY,
  BASE_VETH,
  type Data,
  PORTMAP,
} from '../support/config-maps.ts';
import { rightValues, valuesFor } from '../support/field-values.ts';
import { PLUGIN_TYPES } from '../support/plugin-releases.ts';
import { type Member, memberOf, randomEntry } from './generate.ts';
import { chainOf } from './terway-merge.ts';

/** A write of eni-config for Terway's own code and the guard to judge; without `old` a CREATE. */
export interface Document {
  readonly old?: Data;
  readonly data: Data;
}

const CONF = '10-terway.conf';
const CHAIN = '10-terway.conflist';
const BASES = [BASE_VETH, BASE_DATAPATH_V2, BASE_EBPF_POLICY] as const;
const PORTMAP_TEXT = JSON.stringify(PORTMAP);

const TERWAY = PLUGINS.get('terway')!.fields;
const SYMMETRIC = TERWAY.symmetric_routing_config!;
const isSymmetric = (name: string) => (CHAIN_ONLY_FIELDS as readonly string[]).includes(name);

/** Every field that Terway reads, alone, with every value worth trying. */
export function everyField(): Document[] {
  return [
    ...terwayFields(),
    ...symmetricFields(),
    ...eniConfFields(),
    ...plainTexts(),
    ...misspeltTypes(),
  ];
}

function* terwayFields(): Generator<Document> {
  for (const [name, field] of Object.entries(TERWAY)) {
    if (isSymmetric(name)) continue;
    for (const value of valuesFor(field)) {
      for (const base of [BASE_VETH, BASE_DATAPATH_V2]) {
        yield withFirstEntry(base, objectWith(base[CONF]!, [[name, value]]));
      }
    }
  }
}

/** The chain's first entry must equal 10-terway.conf, so a CREATE brings both. */
const withFirstEntry = (base: Data, entry: string): Document => ({
  data: { ...base, [CONF]: entry, [CHAIN]: chainOf(entry, [PORTMAP_TEXT]) },
});

function* symmetricFields(): Generator<Document> {
  const on: Member = ['symmetric_routing', 'true'];
  for (const name of CHAIN_ONLY_FIELDS) {
    for (const value of valuesFor(TERWAY[name]!)) {
      yield withSymmetric([[name, value]]);
    }
  }
  yield withSymmetric([on], BASE_DATAPATH_V2);
  for (const value of valuesFor(SYMMETRIC)) {
    yield withSymmetric([on, ['symmetric_routing_config', value]]);
  }
  for (const [name, field] of Object.entries(SYMMETRIC.fields!)) {
    for (const value of valuesFor(field)) {
      yield withSymmetric([['symmetric_routing_config', `{"${name}": ${value}}`]]);
    }
    for (const value of [...valuesFor(field), ...LONG_TEXTS]) {
      yield withSymmetric([on, ['symmetric_routing_config', `{"${name}": ${value}}`]]);
      const nftables = `{"backend": "nftables", "${name}": ${value}}`;
      yield withSymmetric([on, ['symmetric_routing_config', nftables]]);
    }
  }
}

/** Durations and fractions at the limits of what Go reads. */
const ODD_TEXTS = [
  '99999999h',
  '0x1p-2',
  '1_0',
  'Inf',
  'NaN',
  '2540400h10m10.000000000s',
  '1e400',
].map((text) => JSON.stringify(text));

/** At the limits of nftables' notes and of a program's arguments. */
const LONG_TEXTS = [253, 254, 255, 256, 257, 131_071, 131_072].map((length) =>
  JSON.stringify('c'.repeat(length)),
);

function withSymmetric(members: readonly Member[], base: Data = BASE_VETH): Document {
  const chain = chainOf(objectWith(base[CONF]!, members), [PORTMAP_TEXT]);
  return { old: base, data: { ...base, [CHAIN]: chain } };
}

function* eniConfFields(): Generator<Document> {
  yield { data: { ...BASE_VETH, eni_conf: '{"ipam_type": "crd", "max_pool_size": -1}' } };
  for (const other of OTHER_CASE) {
    yield { data: { ...BASE_VETH, eni_conf: objectWith('{}', [other]) } };
  }
  for (const [name, field] of Object.entries(ENI_CONF_FIELDS)) {
    for (const value of [
      ...valuesFor(field),
      ...structsOf(field),
      ...(field.format ? ODD_TEXTS : []),
      ...(INSIDE_ENI_CONF[name] ?? []),
    ]) {
      yield { data: { ...BASE_VETH, eni_conf: objectWith(BASE_VETH.eni_conf!, [[name, value]]) } };
    }
  }
}

/** Right to terway-cli, which decodes a name in any letter case; the daemon reads its own one. */
const OTHER_CASE: readonly Member[] = [
  ['IP_STACK', '"ipv6"'],
  ['Idle_IP_Reclaim_Interval', '"soon"'],
];

/** Values inside values, where a type of Terway goes deeper than the catalogue needs to. */
const INSIDE_ENI_CONF: Readonly<Record<string, readonly string[]>> = {
  backoff_override: ['Steps', 'Duration', 'Factor', 'Jitter', 'Cap', 'InitialDelay'].flatMap(
    (name) =>
      ['"5"', '5', '5.5', 'null', '"5s"', '9223372036854775808', '1e30', 'true'].map(
        (value) => `{"eni_create": {"${name}": ${value}}}`,
      ),
  ),
  kube_client_qps: ['-1e39', '1e38', '3.5e38', '1e-50'],
  security_groups: [9, 10, 11].map((count) => JSON.stringify(Array<string>(count).fill('sg-1'))),
};

/** Each member of a struct alone with odd values, and in two spellings: the struct itself, or one inside. */
function structsOf({ fields, items, values }: FieldSpec): string[] {
  if (items?.fields) return structsOf(items).map((struct) => `[${struct}]`);
  if (values?.fields) return structsOf(values).map((struct) => `{"k": ${struct}}`);
  return Object.entries(fields ?? {}).flatMap(([name, field]) => {
    const values = valuesFor(field);
    const [right = '""'] = rightValues(field);
    return [
      ...values.map((value) => `{"${name}": ${value}}`),
      ...['[]', right].map((value) => `{"${name}": ${right}, "${name.toUpperCase()}": ${value}}`),
    ];
  });
}

function* plainTexts(): Generator<Document> {
  for (const key of ['disable_network_policy', 'in_cluster_loadbalance']) {
    for (const text of ['true', 'false', 'False', '0', '1', '', 'false\n', '"false"']) {
      for (const old of BASES) yield { old, data: { ...old, [key]: text } };
    }
  }
}

/** Slips of a plugin's type, which Terway hands on. */
function* misspeltTypes(): Generator<Document> {
  const misspelt = chainOf(BASE_VETH[CONF]!, ['{"type": "fEirewall"}']);
  yield { old: BASE_VETH, data: { ...BASE_VETH, [CHAIN]: misspelt } };
  for (const type of ['trway', 'Terway', 't{rway']) {
    const entry = objectWith(BASE_VETH[CONF]!, [['type', JSON.stringify(type)]]);
    yield { old: BASE_VETH, data: { ...BASE_VETH, [CHAIN]: chainOf(entry, [PORTMAP_TEXT]) } };
  }
}

/**
 * `count` random writes, drawn with `seed`: chains and eni_conf with several members at once, in odd
 * spellings, and texts with some characters changed.
 */
export function randomDocuments(count: number, seed: number): Document[] {
  return fc.sample(anyDocument, { seed, numRuns: count });
}

const member = (name: string, field: FieldSpec) => memberOf(name, field);

const eniConfMembers = fc.array(
  fc.oneof(...Object.entries(ENI_CONF_FIELDS).map(([name, field]) => member(name, field))),
  { minLength: 1, maxLength: 6 },
);

const terwayMembers = fc.array(
  fc.oneof(
    ...Object.entries(TERWAY)
      .filter(([name]) => !isSymmetric(name))
      .map(([name, field]) => member(name, field)),
  ),
  { minLength: 1, maxLength: 4 },
);

const symmetricMembers = fc
  .array(
    fc.oneof(...Object.entries(SYMMETRIC.fields!).map(([name, field]) => member(name, field))),
    { maxLength: 4 },
  )
  .map((members): Member[] => [
    ['symmetric_routing', 'true'],
    ['symmetric_routing_config', `{${membersText(members)}}`],
  ]);

const entries = fc.array(fc.oneof(...PLUGIN_TYPES.map((plugin) => randomEntry(plugin))), {
  maxLength: 3,
});

const base = fc.constantFrom(...BASES);

const eniConf: fc.Arbitrary<Document> = fc
  .tuple(base, eniConfMembers, fc.boolean())
  .map(([old, members, isNew]) => {
    const data = { ...old, eni_conf: objectWith(old.eni_conf!, members) };
    return isNew ? { data } : { old, data };
  });

const chain: fc.Arbitrary<Document> = fc
  .tuple(base, entries)
  .map(([old, texts]) => ({ old, data: { ...old, [CHAIN]: chainOf(old[CONF]!, texts) } }));

const firstEntry: fc.Arbitrary<Document> = fc
  .tuple(base, terwayMembers)
  .map(([old, members]) => withFirstEntry(old, objectWith(old[CONF]!, members)));

const symmetric: fc.Arbitrary<Document> = fc
  .tuple(base, symmetricMembers)
  .map(([old, members]) => withSymmetric(members, old));

/** Values that a slip leaves at places where Terway looks for a list or an entry. */
const odd = fc.constantFrom(
  'null',
  '{}',
  '[]',
  '"terway"',
  '1',
  '[[]]',
  '{"type": 1}',
  '{"a": {}}',
);

const oddChain: fc.Arbitrary<Document> = fc
  .tuple(base, odd, fc.nat(4))
  .map(([old, value, shape]) => {
    const entry = old[CONF]!;
    const text = [
      value,
      `{"plugins": ${value}}`,
      `{"plugins": [${entry}, ${value}]}`,
      `{"plugins": [${value}, ${entry}]}`,
      `{"plugins": {"a": ${entry}, "b": ${value}}}`,
    ][shape]!;
    return { old, data: { ...old, [CHAIN]: text } };
  });

const CHARACTERS = Array.from('{}[]:,"\\/ \n\t0123456789eE+-.tfnu\'#\u0000\ufeff\u00a0\u2028');

/** One to three characters of a text taken out, put in or replaced. */
const slips = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    removed: fc.nat(1),
    added: fc.oneof(fc.constant(''), fc.constantFrom(...CHARACTERS)),
  }),
  { minLength: 1, maxLength: 3 },
);

const slipped = (document: fc.Arbitrary<Document>, key: string): fc.Arbitrary<Document> =>
  fc.tuple(document, slips).map(([{ old, data }, all]) => {
    let text = data[key] ?? data[CONF]!;
    for (const { at, removed, added } of all) {
      const offset = Math.floor(at * text.length);
      text = text.slice(0, offset) + added + text.slice(offset + removed);
    }
    return { ...(old && { old }), data: { ...data, [key]: text } };
  });

const anyDocument: fc.Arbitrary<Document> = fc.oneof(
  { weight: 6, arbitrary: eniConf },
  { weight: 5, arbitrary: chain },
  { weight: 5, arbitrary: firstEntry },
  { weight: 1, arbitrary: symmetric },
  { weight: 1, arbitrary: oddChain },
  { weight: 2, arbitrary: slipped(eniConf, 'eni_conf') },
  { weight: 2, arbitrary: slipped(chain, CHAIN) },
);

/** A JSON object's text with members at its end, instead of those of the same name. */
function objectWith(text: string, members: readonly Member[]): string {
  const written = new Set(members.map(([name]) => JSON.parse(`"${name}"`) as string));
  const kept = Object.entries(JSON.parse(text) as Record<string, unknown>)
    .filter(([name]) => !written.has(name))
    .map(([name, value]): Member => [name, JSON.stringify(value)]);
  return `{${membersText([...kept, ...members])}}`;
}

const membersText = (members: readonly Member[]) =>
  members.map(([name, value]) => `"${name}": ${value}`).join(', ');
