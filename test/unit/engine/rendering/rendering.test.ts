import fc from 'fast-check';
import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { readJson } from '../../../../src/engine/json/document.ts';
import { pluginChanges } from '../../../../src/engine/rendering/differences.ts';
import {
  type GoObject,
  goValueOf,
  isSameValue,
} from '../../../../src/engine/rendering/go-value.ts';
import { renderObject } from '../../../../src/engine/rendering/rendering.ts';
import { asJson } from '../../../../src/engine/report/render-json.ts';
import {
  absence,
  changeSentences,
  renderRemarks,
} from '../../../../src/engine/report/render-sentences.ts';
import { configMap } from '../../../support/changes.ts';
import {
  BASE_EBPF_POLICY,
  BASE_VETH,
  type Data,
  GOOD,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { known, knownVersion } from '../../../support/facts.ts';
import { without } from '../rules/edits/chains.ts';

const OF_VETH: Facts = {
  ...NO_FACTS,
  terway: knownVersion('1.17.5'),
  datapath: known('veth'),
};
const FACTS: Facts = { ...OF_VETH, exclusiveEniNodes: known({ count: 0, names: [] }) };

function sentences(old: Data, now: Data, facts = FACTS): readonly string[] {
  return changeSentences(renderObject(configMap(now), configMap(old), { facts }), facts);
}

function remarks(data: Data, facts: Facts): readonly string[] {
  const object = configMap(data);
  return renderRemarks(object, renderObject(object, undefined, { facts }), facts);
}

const chain = (...plugins: readonly unknown[]) =>
  withConflist(BASE_VETH, conflist([VETH_CONF, ...plugins]));
const RESTART =
  'takes effect when Terway restarts: kubectl rollout restart -n kube-system daemonset.apps/terway-eniip';
const TUNING = { type: 'tuning', mtu: 1400 };

t.test('a plugin comes, goes and moves', async (t) => {
  t.same(sentences(BASE_VETH, GOOD), ['portmap added after terway', RESTART]);
  t.same(sentences(GOOD, BASE_VETH), ['portmap removed', RESTART]);
  t.same(sentences(chain(PORTMAP, TUNING), chain(TUNING, PORTMAP)), [
    'portmap moved, now after tuning',
    RESTART,
  ]);
  t.same(sentences(chain(TUNING), chain(TUNING, TUNING)), [
    'tuning (number 2) added after tuning',
    RESTART,
  ]);
  const first = withConflist(BASE_VETH, conflist([{ type: 'a b' }, VETH_CONF]));
  t.same(sentences(BASE_VETH, first), ['"a b" added in the first place', RESTART]);
});

t.test('a member comes, goes and changes, by its path and with short values', async (t) => {
  const before = chain({ ...PORTMAP, snat: true, conditionsV4: ['-i', 'eth0'] });
  const now = chain({
    type: 'portmap',
    capabilities: { portMappings: false },
    snat: { a: [] },
    long: 'x'.repeat(1000),
    'odd\n': 1,
  });
  t.same(sentences(before, now), [
    'portmap: capabilities.portMappings changed from true to false',
    'portmap: snat changed from true to {"a": []}',
    'portmap: conditionsV4 removed, was ["-i", "eth0"]',
    `portmap: long added: "${'x'.repeat(196)}...`,
    'portmap: ["odd\\n"] added: 1',
    RESTART,
  ]);
});

t.test('thousands of changes are counted', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}`, i]));
  const told = sentences(chain(TUNING), chain({ ...TUNING, ...many }));
  t.equal(told.length, 102);
  t.equal(told.at(-2), 'and 200 more changes');
  const plugins = Array.from({ length: 300 }, (_, i) => ({ type: `p${i}` }));
  t.match(sentences(chain(...plugins), chain(...plugins.toReversed())), [/stays as it is/]);
});

t.test('exclusive-ENI nodes are told to ignore it', async (t) => {
  const with3 = { ...FACTS, exclusiveEniNodes: known({ count: 3, names: ['a', 'b', 'c'] }) };
  t.same(sentences(BASE_VETH, GOOD, with3).at(-1), '3 exclusive-ENI nodes (a, b, c) ignore it');
  const with1 = { ...FACTS, exclusiveEniNodes: known({ count: 1, names: ['a'] }) };
  t.same(sentences(BASE_VETH, GOOD, with1).at(-1), '1 exclusive-ENI node (a) ignores it');
  t.same(sentences(BASE_VETH, GOOD, OF_VETH).at(-1), RESTART);
});

t.test('a change that no node sees', async (t) => {
  const same = withConflist(
    BASE_VETH,
    JSON.stringify({ name: 'x', plugins: [{ ...VETH_CONF, name: 'y' }, PORTMAP] }),
  );
  t.same(sentences(GOOD, same), ["a node's file stays as it is"]);
});

t.test('the file goes, and comes again', async (t) => {
  const bad = withConflist(BASE_VETH, '{"plugins": [1]}');
  const why = 'Terway writes no file, its init container fails: type not found';
  t.same(sentences(GOOD, bad)[0], why);
  t.same(sentences(bad, GOOD)[0], `Terway writes a file again; so far: ${why}`);
  t.same(sentences(bad, bad), ["a node's file stays as it is"]);
  t.equal(absence({ kind: 'unsure', why: 'x' }), "what Terway writes can't be told: x");
});

t.test('of eni_conf members are named, and no values', async (t) => {
  const eniConf = (text: string): Data => ({ ...GOOD, eni_conf: text });
  const start = "acts at the next start of Terway's containers on a node";
  const before = eniConf('{"access_key": "secret-1", "max_pool_size": 5, "region_id": "r"}');
  const now = eniConf('{"access_key": "secret-2", "max_pool_size": 5, "min_pool_size": 7654}');
  t.same(sentences(before, now).slice(1), [
    `eni_conf: access_key changed, region_id removed, min_pool_size added; ${start}`,
  ]);
  t.match(
    sentences(before, eniConf('{"ipam_type": "crd"}')).at(-1),
    /acts at once where it is read/,
  );
  t.same(sentences(before, eniConf('{')).slice(1), [`eni_conf: another text; ${start}`]);
  t.same(sentences(before, eniConf(`${before.eni_conf!} `)).slice(1), []);
  t.same(sentences(without(GOOD, 'eni_conf'), before).at(-1), `eni_conf: another text; ${start}`);
});

t.test('switches are told with their texts', async (t) => {
  const start = "; acts at the next start of Terway's containers on a node";
  const told = (text: string | undefined, now: string | undefined) => {
    const of = (value: string | undefined): Data =>
      value === undefined
        ? without(GOOD, 'in_cluster_loadbalance')
        : { ...GOOD, in_cluster_loadbalance: value };
    return sentences(of(text), of(now)).slice(1);
  };
  t.same(told('true', 'yes'), [`in_cluster_loadbalance changed from "true" to "yes"${start}`]);
  t.same(told(undefined, 'true'), [`in_cluster_loadbalance added: "true"${start}`]);
  t.same(told('true', undefined), [`in_cluster_loadbalance removed${start}`]);
});

t.test('what is not known is said', async (t) => {
  t.same(remarks(GOOD, FACTS), []);
  t.same(remarks(GOOD, NO_FACTS), [
    'the version of Terway is not known (--terway): shown as Terway 1.13.2 to 1.17.5 writes it',
    'shown for a new node, as the nodes run a datapath that is not known',
    'a node that already runs datapathv2 gets another file (--datapath datapathv2)',
    'whether there are nodes in exclusive-ENI mode, which get a file of their own, is not known',
  ]);
  const mixed: Facts = { ...FACTS, datapath: known('mixed') };
  t.same(remarks(BASE_EBPF_POLICY, mixed), [
    'shown for a new node, as the nodes run several datapaths',
    'a node that already runs veth gets another file (--datapath veth)',
  ]);
  t.same(remarks(BASE_EBPF_POLICY, FACTS), ['a node that joins gets another file']);
  const bad = withConflist(BASE_VETH, '{"plugins": [1]}');
  t.same(remarks(bad, FACTS), []);
  const nodes = { ...FACTS, exclusiveEniNodes: known({ count: 1, names: ['a'] }) };
  t.same(remarks(BASE_VETH, nodes).at(-1), '1 exclusive-ENI node (a) gets a file of its own');
});

t.test('other releases of Terway are said to be others', async (t) => {
  const release = (text: string): Facts => ({ ...FACTS, terway: knownVersion(text) });
  t.match(remarks(GOOD, release('1.12.0')), [/1\.12\.0 is older and may write another file/]);
  t.match(remarks(GOOD, release('1.18.0')), [/newest source of Terway says; 1\.18\.0 was not run/]);
  const auto = withConflist(BASE_VETH, conflist([{ ...VETH_CONF, auto_mtu: true }]));
  t.match(remarks(auto, FACTS), [/puts mtu in place of auto_mtu/]);
  const listed = { ...GOOD, cni_chain: '- type: tuning\n' };
  const nodes = { ...release('1.18.0'), exclusiveEniNodes: known({ count: 2, names: [] }) };
  t.match(remarks(listed, nodes), [
    /^made of 10-terway.conf and cni_chain/,
    /^2 exclusive-ENI nodes get a file of their own with these plugins$/,
  ]);
});

t.test('the JSON has every kind of node', async (t) => {
  const object = configMap(GOOD);
  const rendering = renderObject(object, configMap(BASE_VETH), { facts: FACTS });
  const report = { file: 'a', object, rendering, facts: FACTS, remarks: ['r'] };
  const { nodes, changes, remarks } = JSON.parse(asJson(report)) as Record<string, unknown[]>;
  t.match(nodes, [{ kind: 'new' }, { kind: 'veth', shown: true }, {}, { kind: 'exclusive-eni' }]);
  t.same(changes, [
    {
      kind: 'added',
      plugin: 'portmap',
      number: 1,
      after: 'terway',
      sentence: 'portmap added after terway',
    },
  ]);
  t.same(remarks, ['r']);
  const changed = renderObject(
    configMap(chain({ ...PORTMAP, snat: true })),
    configMap(chain({ ...PORTMAP, masqAll: true })),
    { facts: FACTS },
  );
  const members = JSON.parse(asJson({ ...report, rendering: changed })) as object;
  t.match(members, {
    changes: [
      { kind: 'member', plugin: 'portmap', path: 'masqAll', before: 'true' },
      { kind: 'member', plugin: 'portmap', path: 'snat', now: 'true' },
    ],
    changesOmitted: 0,
  });
});

const plugin = fc
  .record({
    type: fc.constantFrom('terway', 'portmap', 'tuning', 'a'),
    b: fc.jsonValue({ maxDepth: 2 }),
  })
  .map((value) => goValueOf(readJson(JSON.stringify(value)).root!) as GoObject);
const plugins = fc.array(plugin, { maxLength: 5 });

t.test('two lists differ where a change is told, and nowhere else', async (t) => {
  fc.assert(
    fc.property(plugins, plugins, (before, now) => {
      return (pluginChanges(before, now).length === 0) === isSameValue(before, now);
    }),
    { numRuns: 100 },
  );
  fc.assert(
    fc.property(plugins, (list) => pluginChanges(list, list).length === 0),
    { numRuns: 20 },
  );
  t.pass();
});
