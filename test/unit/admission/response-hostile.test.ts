import fc from 'fast-check';
import t from 'tap';
import { type WebhookOptions, validate } from '../../../src/admission/validate.ts';
import { DEFAULT_POLICY } from '../../../src/engine/core/policy.ts';
import { unicodeText } from '../../support/arbitraries.ts';
import {
  BASE_VETH,
  type Data,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import { assertAsyncProperty } from '../../support/properties.ts';
import { reviewBody } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';
import { tried } from '../../support/sweeps.ts';

import { ALL_DENIED, faults, faultsOf, respond, respondToChain } from '../../support/responses.ts';

/** Hostile documents get responses of the agreed shape. */

const HOSTILE_TEXTS: [name: string, text: string][] = [
  ['ESC', '\u001b[2J'],
  ['BEL', '\u0007'],
  ['NUL', '\0'],
  ['lone CR', 'a\rb'],
  ['LF', 'a\nb'],
  ['TAB', 'a\tb'],
  ['DEL', '\u007f'],
  ['next line', 'a\u0085b'],
  ['C1 control', '\u009b31m'],
  ['line separator', 'a\u2028b'],
  ['paragraph separator', 'a\u2029b'],
  ['lone high surrogate', '\ud800'],
  ['lone low surrogate', '\udc00'],
  ['right-to-left override', '\u202e'],
  ['long', 'x'.repeat(10_000)],
  ['long and hostile', '\u2028\u0085\u001b'.repeat(3000)],
  ['emoji without end', '\ud83d\ude00'.repeat(3000)],
  ['a line of YAML', 'a: b\n# c: d'],
];

/** Chains that show `text` in every place where a user may write something. */
function chainsWith(text: string): [place: string, chain: unknown][] {
  return [
    ['plugin type', { plugins: [VETH_CONF, { type: text }] }],
    ['plugin type near a known one', { plugins: [VETH_CONF, { type: `portmap${text}` }] }],
    ['type of the first entry', { plugins: [{ ...VETH_CONF, type: text }] }],
    ['before terway', { plugins: [{ type: text }, VETH_CONF] }],
    ['name in an entry', { plugins: [VETH_CONF, { ...PORTMAP, [text]: 1 }] }],
    ['name in an entry of an unknown type', { plugins: [VETH_CONF, { type: text, Dns: text }] }],
    ['name near a known one', { plugins: [VETH_CONF, { ...PORTMAP, [`snat${text}`]: 1 }] }],
    ['reserved name', { plugins: [VETH_CONF, { ...PORTMAP, [`cni.dev/${text}`]: 1 }] }],
    ['value for a word', { plugins: [VETH_CONF, { ...PORTMAP, backend: text }] }],
    ['value for a boolean', { plugins: [VETH_CONF, { ...PORTMAP, snat: text }] }],
    ['value for a chain', { plugins: [VETH_CONF, { ...PORTMAP, externalSetMarkChain: text }] }],
    ['sysctl', { plugins: [VETH_CONF, { type: 'tuning', sysctl: { [text]: 1 } }] }],
    ['hardware address', { plugins: [VETH_CONF, { type: 'tuning', mac: text }] }],
    ['name added to the first entry', { plugins: [{ ...VETH_CONF, [text]: 1 }] }],
    ['value in the first entry', { plugins: [{ ...VETH_CONF, network_policy_provider: text }] }],
    ['deep in the first entry', { plugins: [{ ...VETH_CONF, capabilities: { [text]: text } }] }],
    ['name at the top level', { plugins: [VETH_CONF], [text]: 1 }],
    ['name instead of plugins', { [text]: [VETH_CONF] }],
  ];
}

/** Faults of the responses to several objects, by the place that differs in them. */
async function faultsByPlace(
  objects: readonly [place: string, data: Data][],
  webhook: WebhookOptions,
): Promise<object> {
  const found: Record<string, string[]> = {};
  for (const [place, data] of objects) {
    const list = await faultsOf(() => respond(data, BASE_VETH, webhook));
    if (list.length > 0) found[place] = list;
  }
  return found;
}

for (const [name, text] of HOSTILE_TEXTS) {
  t.test(`hostile text in a chain: ${name}`, async (t) => {
    const objects = chainsWith(text).map(([place, chain]): [string, Data] => [
      place,
      withConflist(BASE_VETH, JSON.stringify(chain, null, 2)),
    ]);
    t.same(await faultsByPlace(objects, WEBHOOK), {}, 'default policy');
    t.same(await faultsByPlace(objects, ALL_DENIED), {}, 'every rule refuses');
  });

  t.test(`hostile text beside a chain: ${name}`, async (t) => {
    const objects: [place: string, data: Data][] = [
      ['the whole chain', withConflist(BASE_VETH, text)],
      ['inside a chain, raw', withConflist(BASE_VETH, `{"plugins": [{"${text}": 1,}]}`)],
      ['10-terway.conf', { ...BASE_VETH, '10-terway.conf': text }],
      ['the whole eni_conf', { ...BASE_VETH, eni_conf: text }],
      ['a name in eni_conf', { ...BASE_VETH, eni_conf: JSON.stringify({ [text]: 1 }) }],
      ['disable_network_policy', { ...BASE_VETH, disable_network_policy: text }],
      ['in_cluster_loadbalance', { ...BASE_VETH, in_cluster_loadbalance: text }],
      ['another key', { ...BASE_VETH, [text]: text }],
    ];
    t.same(await faultsByPlace(objects, WEBHOOK), {}, 'default policy');
    t.same(await faultsByPlace(objects, ALL_DENIED), {}, 'every rule refuses');
  });

  t.test(`hostile text in a conf, which the first entry must equal: ${name}`, async (t) => {
    const confs: [place: string, conf: object][] = [
      ['a name', { ...VETH_CONF, [text]: 1 }],
      ['a value', { ...VETH_CONF, cilium_args: text }],
      ['a list', { ...VETH_CONF, host_stack_cidrs: [text] }],
      ['further down', { ...VETH_CONF, capabilities: { [text]: { [text]: true } } }],
    ];
    const objects = confs.flatMap(([place, conf]): [string, Data][] => {
      const data = { ...BASE_VETH, '10-terway.conf': JSON.stringify(conf) };
      return [
        [`${place}, which the chain lacks`, withConflist(data, conflist([VETH_CONF]))],
        [`${place}, and no terway in the chain`, withConflist(data, conflist([PORTMAP]))],
        [`${place}, which the chain has`, withConflist(data, conflist([conf]))],
      ];
    });
    t.same(await faultsByPlace(objects, WEBHOOK), {});
  });
}

t.test('hostile text in the name of an exempt user', async (t) => {
  for (const [name, text] of HOSTILE_TEXTS) {
    const exempt = { users: new Set([text]), groups: new Set<string>() };
    const body = reviewBody({
      oldData: BASE_VETH,
      data: withConflist(BASE_VETH, '{'),
      username: text,
    });
    const policy = { ...DEFAULT_POLICY, exempt };
    const { response } = await validate(body, { ...WEBHOOK, policy });
    t.same(faults(response), [], name);
    t.match(response.auditAnnotations?.exemption, /^user /);
  }
});

t.test('a megabyte of findings', async (t) => {
  const many = (entry: string, count: number) =>
    `{"plugins": [${JSON.stringify(VETH_CONF)}${`,\n${entry}`.repeat(count)}]}`;
  const chains: [name: string, text: string][] = [
    ['entries that are no objects', many('1', 300_000)],
    ['entries without type', many('{}', 250_000)],
    ['slips of a known type', many('{"type": "portmapp"}', 45_000)],
    ['a second terway, and a third', many('{"type": "terway"}', 45_000)],
    ['unknown types', many('{"type": "istio-cni"}', 45_000)],
    ['duplicates', many('{"type": "portmap", "a": 1, "a": 2}', 25_000)],
    ['syntax problems', many(',', 300_000)],
    ['one long line of names', `{"plugins": [{${'"a":1,'.repeat(150_000)}"b":1}]}`],
    ['brackets', '['.repeat(1_000_000)],
    ['quotes', '"'.repeat(1_000_001)],
    ['line breaks', '\n'.repeat(1_000_000)],
  ];
  for (const [name, text] of tried(chains)) {
    t.ok(text.length <= 1024 * 1024, `${name}: fits into a ConfigMap`);
    t.same(await faultsOf(() => respondToChain(text)), [], name);
  }
});

/** Text with a taste for what breaks things. */
const hostile = fc
  .array(
    fc.oneof(
      unicodeText({ maxLength: 5 }),
      fc.constantFrom(...HOSTILE_TEXTS.map(([, text]) => text.slice(0, 100))),
      fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '#', '\r\n', '  ', '* '),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

t.test('property: no text in the chain breaks the shape of a response', async (t) => {
  const chain = hostile.chain((text) =>
    fc.constantFrom(...chainsWith(text).map(([, value]) => JSON.stringify(value, null, 1))),
  );
  await assertAsyncProperty(
    t,
    fc.asyncProperty(fc.oneof(hostile, chain), fc.boolean(), async (text, allDenied) => {
      const found = faults(await respondToChain(text, allDenied ? ALL_DENIED : WEBHOOK));
      if (found.length > 0) throw new Error(found.join('; '));
    }),
    1000,
  );
});

t.test(
  'property: no conf, chain and eni_conf together break the shape of a response',
  async (t) => {
    const value = fc.oneof(hostile, fc.jsonValue(), fc.dictionary(hostile, hostile));
    const conf = fc
      .dictionary(hostile, value)
      .map((members) => JSON.stringify({ ...members, type: 'terway' }));
    const chain = fc
      .tuple(fc.dictionary(hostile, value), fc.array(fc.dictionary(hostile, value)))
      .map(([first, others]) =>
        JSON.stringify({ plugins: [{ ...first, type: 'terway' }, ...others] }),
      );
    const eniConf = fc.dictionary(hostile, value).map((members) => JSON.stringify(members));
    await assertAsyncProperty(
      t,
      fc.asyncProperty(conf, chain, eniConf, async (conf, chain, eniConf) => {
        const data = { '10-terway.conf': conf, eni_conf: eniConf };
        const body = reviewBody({ operation: 'CREATE', data: withConflist(data, chain) });
        const found = faults((await validate(body, ALL_DENIED)).response);
        if (found.length > 0) throw new Error(found.join('; '));
      }),
      500,
    );
  },
);
