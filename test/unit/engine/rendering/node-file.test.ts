import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { type NodeKind, renderNodeFile } from '../../../../src/engine/rendering/node-file.ts';
import { configMap } from '../../../support/changes.ts';
import {
  BASE_EBPF_POLICY,
  BASE_VETH,
  type Data,
  EBPF_POLICY_CONF,
  GOOD,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { knownVersion } from '../../../support/facts.ts';

/** That the file is the one of terway-cli, test/plugins/rendering.test.ts tells with many more. */

const NEWEST: Facts = { ...NO_FACTS, terway: knownVersion('1.18.0') };
const RELEASED: Facts = { ...NO_FACTS, terway: knownVersion('1.17.5') };

const render = (data: Data, node: NodeKind = 'new', facts = RELEASED) =>
  renderNodeFile(configMap(data), node, { facts });

/** The plugins of the file, each as plain JSON. */
function pluginsOf(data: Data, node?: NodeKind, facts?: Facts): unknown {
  const file = render(data, node, facts);
  if (file.kind !== 'file') return file;
  const { plugins, ...rest } = JSON.parse(file.text) as Record<string, unknown>;
  t.same(rest, { cniVersion: '0.4.0', name: 'terway-chainer' });
  return plugins;
}

/** What is left of VETH_CONF: Terway takes `name` and `cniVersion` out. */
const TERWAY = {
  type: 'terway',
  capabilities: { bandwidth: true },
  network_policy_provider: 'iptables',
};
const VETH = { ...TERWAY, eniip_virtual_type: 'veth', bandwidth_mode: 'tc' };
const V2 = {
  ...TERWAY,
  network_policy_provider: 'ebpf',
  eniip_virtual_type: 'datapathv2',
  bandwidth_mode: 'edt',
};
const cilium = (datapath: string) => ({
  type: 'cilium-cni',
  'enable-debug': false,
  'log-file': '/var/run/cilium/cilium-cni.log',
  'data-path': datapath,
});

t.test('without a chain the file is made of 10-terway.conf', async (t) => {
  t.same(pluginsOf(BASE_VETH), [VETH]);
  t.same(pluginsOf(GOOD), [VETH, PORTMAP]);
});

t.test('a node keeps its datapath, and a new one has what policy asks for', async (t) => {
  const chain = withConflist(BASE_EBPF_POLICY, conflist([EBPF_POLICY_CONF, PORTMAP]));
  t.same(pluginsOf(chain), [V2, PORTMAP, cilium('datapathv2')]);
  t.same(pluginsOf({ ...chain, disable_network_policy: 'true' }), [
    { ...VETH, network_policy_provider: 'ebpf' },
    PORTMAP,
  ]);
  t.same(pluginsOf(chain, 'veth'), [{ ...VETH, network_policy_provider: 'ebpf' }, PORTMAP]);
  t.same(pluginsOf(GOOD, 'datapathv2'), [VETH, PORTMAP, cilium('veth')]);
});

t.test('an entry of cilium-cni is kept where it is', async (t) => {
  const entry = { type: 'cilium-cni' };
  const chain = withConflist(BASE_EBPF_POLICY, conflist([EBPF_POLICY_CONF, entry, PORTMAP]));
  t.same(pluginsOf(chain), [V2, { ...entry, datapath: 'datapathv2' }, PORTMAP]);
});

t.test('nodes in exclusive-ENI mode have a list of their own', async (t) => {
  const own = [
    { capabilities: { bandwidth: true }, host_stack_cidrs: ['169.254.20.10/32'], type: 'terway' },
  ];
  t.same(pluginsOf(GOOD, 'exclusive-eni'), own);
  t.match(render(withConflist(BASE_VETH, '{"plugins": [1]}'), 'exclusive-eni'), {
    kind: 'refused',
  });
});

t.test('cni_chain stands behind 10-terway.conf, with a Terway that reads it', async (t) => {
  const data = { ...GOOD, cni_chain: '- type: tuning\n  mtu: 1400\n' };
  t.same(pluginsOf(data, 'new', NEWEST), [VETH, { type: 'tuning', mtu: 1400 }]);
  t.same(pluginsOf(data), [VETH, PORTMAP]);
  const refusal = (text: string) => render({ ...GOOD, cni_chain: text }, 'new', NEWEST);
  t.same(refusal('a: b'), { kind: 'refused', why: 'cni_chain is no list' });
  t.same(refusal('a: ['), { kind: 'refused', why: 'cni_chain is no YAML that Terway reads' });
  t.same(refusal('- type: a\n'.repeat(17)), {
    kind: 'refused',
    why: 'cni_chain has more than 16 entries',
  });
  t.same(render({ ...data, '10-terway.conf': '{' }, 'new', NEWEST), {
    kind: 'refused',
    why: '10-terway.conf is no JSON that Terway reads',
  });
});

t.test('auto_mtu is taken out by a Terway that knows it', async (t) => {
  const data = withConflist(BASE_VETH, conflist([{ ...VETH_CONF, auto_mtu: true }]));
  t.same(pluginsOf(data, 'new', NEWEST), [VETH]);
  t.same(pluginsOf(data), [{ ...VETH, auto_mtu: true }]);
});

t.test('what Terway refuses has no file', async (t) => {
  const chain = (text: string) => render(withConflist(BASE_VETH, text));
  const first = (entry: object) => chain(conflist([entry]));
  t.same(chain('{"plugins": [1]}'), { kind: 'refused', why: 'type not found' });
  t.same(first({ type: 1 }), { kind: 'refused', why: 'type not found' });
  t.same(chain(''), { kind: 'refused', why: '10-terway.conflist is no JSON that Terway reads' });
  t.same(first({ type: 'terway', network_policy_provider: null }), {
    kind: 'refused',
    why: 'network_policy_provider type error',
  });
  t.same(first({ type: 'terway', eniip_virtual_type: 'odd' }), {
    kind: 'refused',
    why: 'invalid datapath',
  });
  for (const key of ['10-terway.conf', 'eni_conf']) {
    const data = Object.fromEntries(Object.entries(BASE_VETH).filter(([name]) => name !== key));
    t.same(render(data), { kind: 'refused', why: `${key} is missing` });
  }
});

t.test('odd lists are what Terway makes of them', async (t) => {
  const of = (text: string) => pluginsOf(withConflist(BASE_VETH, text));
  t.equal(of('{"plugins": null}'), undefined);
  t.same(of('{"plugins": {"a": {"type": "terway"}}}'), [
    { type: 'terway', eniip_virtual_type: 'veth', bandwidth_mode: 'tc' },
  ]);
  t.same(of('{"type": "portmap"}'), [{ type: 'portmap' }]);
});

t.test("what can't be told is not shown", async (t) => {
  const unsure = (text: string) => render(withConflist(BASE_VETH, text));
  t.match(unsure('{"plugins": {"a": {"type": "terway"}, "b": {"type": "a"}}}'), {
    kind: 'unsure',
    why: /random order/,
  });
  t.match(unsure('['.repeat(300) + ']'.repeat(300)), { kind: 'unsure', why: /nested too deeply/ });
  for (const key of ['10-terway.conflist', 'disable_network_policy']) {
    t.same(renderNodeFile(configMap(BASE_VETH, [key]), 'new', { facts: NO_FACTS }), {
      kind: 'unsure',
      why: `${key} stands in binaryData`,
    });
  }
  const alone = configMap({ eni_conf: '{}' });
  t.same(renderNodeFile(alone, 'new', { facts: NO_FACTS, isPartial: true }), {
    kind: 'unsure',
    why: 'there is no 10-terway.conf',
  });
});
