import t from 'tap';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { parseVersion } from '../../../../src/engine/core/version.ts';
import { type DatapathAnswer, storedDatapath } from '../../../../src/engine/reading/datapath.ts';
import { configMap } from '../../../support/changes.ts';
import {
  BASE_DATAPATH_V2,
  BASE_EBPF_POLICY,
  BASE_VETH,
  type Data,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { known, knownVersion } from '../../../support/facts.ts';

const terway = (version: string): Facts => ({ ...NO_FACTS, terway: knownVersion(version) });
const withType = (type: string) => ({ ...VETH_CONF, eniip_virtual_type: type });
const ipvlan: Data = { ...BASE_VETH, '10-terway.conf': JSON.stringify(withType('IPVlan')) };
const noPolicy: Data = { ...BASE_EBPF_POLICY, disable_network_policy: 'true' };

const cases: [name: string, data: Data, facts: Facts, answer: DatapathAnswer][] = [
  [
    'a fact decides',
    BASE_VETH,
    { ...NO_FACTS, datapath: known('mixed') },
    { datapath: 'mixed', origin: "from the guard's configuration" },
  ],
  [
    '10-terway.conf without a type',
    BASE_VETH,
    NO_FACTS,
    { datapath: 'veth', origin: 'the terway entry has no eniip_virtual_type' },
  ],
  [
    '10-terway.conf with datapathv2',
    BASE_DATAPATH_V2,
    NO_FACTS,
    { datapath: 'datapathv2', origin: 'eniip_virtual_type is datapathv2' },
  ],
  [
    'the terway entry of a chain counts, not 10-terway.conf',
    withConflist(BASE_DATAPATH_V2, conflist([withType('Veth')])),
    NO_FACTS,
    { datapath: 'veth', origin: 'eniip_virtual_type is "Veth"' },
  ],
  [
    'a chain that cannot be read',
    withConflist(BASE_DATAPATH_V2, '{"plugins": ['),
    NO_FACTS,
    { datapath: 'unknown', origin: 'the terway entry cannot be read' },
  ],
  [
    'a 10-terway.conf that cannot be read',
    { ...BASE_VETH, '10-terway.conf': '{' },
    NO_FACTS,
    { datapath: 'unknown', origin: 'the terway entry cannot be read' },
  ],
  [
    'ipvlan, release unknown',
    ipvlan,
    NO_FACTS,
    { datapath: 'unknown', origin: 'eniip_virtual_type is ipvlan, Terway version unknown' },
  ],
  [
    'ipvlan before 1.13.2',
    ipvlan,
    terway('1.13.1'),
    { datapath: 'veth', origin: 'eniip_virtual_type is ipvlan' },
  ],
  [
    'ipvlan since 1.13.2',
    ipvlan,
    terway('1.13.2'),
    { datapath: 'datapathv2', origin: 'eniip_virtual_type is ipvlan' },
  ],
  [
    'eBPF policy',
    BASE_EBPF_POLICY,
    terway('1.13.2'),
    { datapath: 'datapathv2', origin: 'network_policy_provider is ebpf' },
  ],
  [
    'eBPF policy that is switched off',
    noPolicy,
    terway('1.13.2'),
    { datapath: 'veth', origin: 'the terway entry has no eniip_virtual_type' },
  ],
];

t.test('an object without the keys that decide', async (t) => {
  t.same(storedDatapath(configMap({}), NO_FACTS), {
    datapath: 'unknown',
    origin: 'the terway entry cannot be read',
  });
});

t.test('a switch of NetworkPolicy in binaryData', async (t) => {
  const object = configMap(BASE_EBPF_POLICY, ['disable_network_policy']);
  t.same(storedDatapath(object, terway('1.13.2')), {
    datapath: 'unknown',
    origin: 'disable_network_policy stands in binaryData',
  });
});

t.test('nodes on both sides of 1.13.2', async (t) => {
  const origin = (old: number, recent: number) => {
    const nodes = (count: number) => ({ count, names: [] });
    const versions = [
      { version: parseVersion('1.13.1')!, nodes: nodes(old) },
      { version: parseVersion('1.13.2')!, nodes: nodes(recent) },
    ];
    const spread = { total: old + recent, versions, unknown: nodes(0) };
    const fact = { ...knownVersion('1.13.1'), spread };
    return storedDatapath(configMap(ipvlan), { ...NO_FACTS, terway: fact });
  };
  const reason = 'eniip_virtual_type is ipvlan';
  t.same(origin(2, 1), {
    datapath: 'mixed',
    origin: `${reason}, and 1 of 3 nodes has Terway 1.13.2 or newer`,
  });
  t.same(origin(1, 2), {
    datapath: 'mixed',
    origin: `${reason}, and 2 of 3 nodes have Terway 1.13.2 or newer`,
  });
});

for (const [name, data, facts, answer] of cases) {
  t.test(name, async (t) => {
    t.same(storedDatapath(configMap(data), facts), answer);
  });
}
