import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { known } from '../../../../support/facts.ts';
import { firstEntry, ownConf, vethChain, withEniConf } from './chains.ts';
import { ACK, cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

const symmetric = (config: object) =>
  firstEntry({ ...VETH_CONF, symmetric_routing: true, symmetric_routing_config: config });
const marked = (mark: number) => ({ mark, mask: mark });
const isDefault = (name: string) => `${name} 0 or less counts as absent: the default is used`;
const overlaps = (mark: number) =>
  `mark ${mark} overlaps marks of portmap (0x2000), kube-proxy (0xc000) or Calico (0xfff00000)`;

/** The options of terway and cilium-cni, and nodes in exclusive-ENI mode. */
export const TERWAY_EDITS: readonly WorkedEdit[] = [
  edit('CREATE with a policy provider that is null, which terway-cli does not take for absent', {
    new: withConflist(
      ownConf({ ...VETH_CONF, network_policy_provider: null }),
      conflist([{ ...VETH_CONF, network_policy_provider: null }]),
    ),
    deny: ['terway-policy-provider'],
    says: [
      'network_policy_provider must be text in double quotes, not null: every Terway pod fails to start',
    ],
  }),
  edit('CREATE with a virtual type that is no text, which counts as veth', {
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 1 }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 1 }]),
    ),
    deny: ['field-type'],
    says: ['"eniip_virtual_type" must be text in double quotes, not 1: it has no effect'],
  }),
  edit('B46 a chain on a cluster with exclusive-ENI nodes', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
    facts: { ...ACK, exclusiveEniNodes: known({ count: 3, names: [] }) },
    warn: ['exclusive-eni-nodes', 'restart-needed'],
  }),
  edit('terway: an unknown datapath, as in the conf', {
    old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }]),
    ),
    warn: ['restart-needed', 'terway-virtual-type'],
  }),
  edit('terway: the same before 1.13.2, which took it for veth', {
    old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }]),
    ),
    facts: cluster('1.12.1', '1.7.1'),
    warn: ['restart-needed', 'terway-virtual-type'],
  }),
  edit('terway: a datapath in the spelling of the console', {
    old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }]),
    ),
    warn: ['restart-needed'],
  }),
  edit('terway: a policy engine that acts as iptables', {
    old: ownConf({ ...VETH_CONF, network_policy_provider: 'EBPF' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, network_policy_provider: 'EBPF' }),
      conflist([{ ...VETH_CONF, network_policy_provider: 'EBPF' }]),
    ),
    warn: ['restart-needed', 'terway-policy-provider'],
  }),
  edit('terway: symmetric_routing_config without symmetric_routing', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, symmetric_routing_config: { mark: 16 } }),
    warn: ['restart-needed', 'symmetric-routing'],
  }),
  edit("terway: a symmetric mark that is kube-proxy's", {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { mark: 0x4000, mask: 0x4000 },
    }),
    warn: ['restart-needed', 'symmetric-routing'],
  }),
  edit('terway: symmetric routing on a dual-stack cluster', {
    old: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
    new: withEniConf(firstEntry({ ...VETH_CONF, symmetric_routing: true }), { ip_stack: 'dual' }),
    warn: ['restart-needed', 'symmetric-routing'],
    says: [
      'on a dual-stack cluster symmetric_routing needs an IPv6 default gateway on every node, ' +
        'or its Terway pod fails to start',
    ],
  }),
  edit('terway: symmetric_routing false on a dual-stack cluster', {
    old: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
    new: withEniConf(firstEntry({ ...VETH_CONF, symmetric_routing: false }), { ip_stack: 'dual' }),
    warn: ['restart-needed'],
  }),
  ...Object.entries({
    'a mark of 0': { config: { mark: 0 }, says: [isDefault('mark')] },
    'a negative mark': { config: { mark: -1 }, says: [isDefault('mark')] },
    'a mask of 0, which is the default': { config: { mask: 0 }, says: [isDefault('mask')] },
    'a table of 0': { config: { table_id: 0 }, says: [isDefault('table_id')] },
    'a priority of 0': { config: { rule_priority: 0 }, says: [isDefault('rule_priority')] },
    'a mark outside its mask': {
      config: { mark: 0x30, mask: 0x10 },
      says: ['mark 48 has bits outside mask 16, so marked packets are not recognised'],
    },
    'a mask without the default mark': {
      config: { mask: 0x20 },
      says: ['mark 16 has bits outside mask 32, so marked packets are not recognised'],
    },
    "a mark of portmap's": { config: marked(0x2000), says: [overlaps(0x2000)] },
    "the lowest mark of Calico's": { config: marked(0x10_0000), says: [overlaps(0x10_0000)] },
    "the highest mark of Calico's": { config: marked(2 ** 31), says: [overlaps(2 ** 31)] },
  }).map(([name, { config, says }]) =>
    edit(`terway: symmetric routing with ${name}`, {
      old: BASE_VETH,
      new: symmetric(config),
      warn: ['restart-needed', 'symmetric-routing'],
      says,
    }),
  ),
  ...Object.entries({
    'the smallest numbers': { mark: 1, mask: 1, table_id: 1, rule_priority: 1 },
    'a mark inside a larger mask': { mark: 0x30, mask: 0xf0 },
    "the largest mark below Calico's": { mark: 0x8_0000, mask: 0x8_0000 },
  }).map(([name, config]) =>
    edit(`terway: symmetric routing with ${name}`, {
      old: BASE_VETH,
      new: symmetric(config),
      warn: ['restart-needed'],
    }),
  ),
  edit('cilium-cni on veth', {
    old: BASE_VETH,
    new: vethChain({ type: 'cilium-cni' }),
    deny: ['cilium-without-datapath'],
  }),
  edit('cilium-cni on veth, with eBPF policy', {
    old: ownConf({ ...VETH_CONF, network_policy_provider: 'ebpf' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, network_policy_provider: 'ebpf' }),
      conflist([{ ...VETH_CONF, network_policy_provider: 'ebpf' }, { type: 'cilium-cni' }]),
    ),
    facts: cluster('1.12.1', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('cilium-cni on veth, with eBPF policy that is switched off', {
    old: ownConf({ ...VETH_CONF, network_policy_provider: 'ebpf' }),
    new: withConflist(
      {
        ...ownConf({ ...VETH_CONF, network_policy_provider: 'ebpf' }),
        disable_network_policy: 'true',
      },
      conflist([{ ...VETH_CONF, network_policy_provider: 'ebpf' }, { type: 'cilium-cni' }]),
    ),
    facts: cluster('1.12.1', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('cilium-cni on IPvlan, before Terway made Datapath V2 of it', {
    old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }, { type: 'cilium-cni' }]),
    ),
    facts: cluster('1.12.1', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('no exclusive-ENI nodes', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: { ...ACK, exclusiveEniNodes: known({ count: 0, names: [] }) },
    warn: ['restart-needed'],
  }),
  ...(
    [
      ['mark', 2 ** 32],
      ['mask', 2 ** 32],
      ['mark', 1e18],
      ['table_id', 2 ** 32],
      ['rule_priority', 2 ** 32],
      ['comment', 'x'.repeat(131_072)],
      ['comment', 'a\0b'],
    ] as const
  ).map(([name, value]) =>
    edit(`terway: symmetric routing with ${name} ${JSON.stringify(value).slice(0, 20)}`, {
      old: BASE_VETH,
      new: symmetric({ [name]: value }),
      deny: ['symmetric-routing-limits'],
    }),
  ),
  edit('terway: a mark of 33 bits for iptables and for nftables', {
    old: BASE_VETH,
    new: symmetric({ mark: 2 ** 32 + 16 }),
    deny: ['symmetric-routing-limits'],
    says: ['mark has 32 bits, so 4294967295 at most: every Terway pod fails to start'],
  }),
  edit('terway: the same with nftables', {
    old: BASE_VETH,
    new: symmetric({ mark: 2 ** 32 + 16, backend: 'nftables' }),
    facts: cluster('1.17.5', '1.7.1'),
    deny: ['symmetric-routing-limits'],
    says: ['mark has 32 bits, so 4294967295 at most: what is above them is cut off without a word'],
  }),
  edit('terway: the longest comment for nftables', {
    old: BASE_VETH,
    new: symmetric({ comment: 'x'.repeat(256), backend: 'nftables' }),
    facts: cluster('1.17.5', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('terway: a comment that is too long for nftables, in bytes', {
    old: BASE_VETH,
    new: symmetric({ comment: '\u6ce8'.repeat(86), backend: 'nftables' }),
    facts: cluster('1.17.5', '1.7.1'),
    deny: ['symmetric-routing-limits'],
  }),
  edit('terway: a comment of 1000 characters for iptables', {
    old: BASE_VETH,
    new: symmetric({ comment: 'x'.repeat(1000) }),
    warn: ['restart-needed'],
  }),
  edit('terway: values out of range that are not used', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, symmetric_routing_config: { mark: 2 ** 32 } }),
    warn: ['restart-needed', 'symmetric-routing'],
  }),
  ...['a'.repeat(16), 'eth0\0', 'eth 0', 'eth/0', '\u4e00'.repeat(6), '..'].map((name) =>
    edit(`terway: the interface ${JSON.stringify(name)}`, {
      old: BASE_VETH,
      new: symmetric({ interface: name }),
      deny: ['field-value'],
    }),
  ),
  ...['', 'a'.repeat(15), 'eth0.100'].map((name) =>
    edit(`terway: the interface ${JSON.stringify(name)} is a name`, {
      old: BASE_VETH,
      new: symmetric({ interface: name }),
      warn: ['restart-needed'],
    }),
  ),
  edit('terway: a rule of symmetric routing after that of table main', {
    old: BASE_VETH,
    new: symmetric({ rule_priority: 32_767 }),
    warn: ['restart-needed', 'symmetric-routing'],
    says: [
      'rule_priority 32767 comes after the rule of table main (32766), so the routes of symmetric_routing are not looked at',
    ],
  }),
  edit('terway: NETWORK_POLICY_PROVIDER of a wrong type, which no program decodes, on CREATE', {
    new: withConflist(
      ownConf({ ...VETH_CONF, NETWORK_POLICY_PROVIDER: {} }),
      conflist([{ ...VETH_CONF, NETWORK_POLICY_PROVIDER: {} }]),
    ),
    warn: ['field-unknown', 'restart-needed'],
  }),
  ...(
    [
      ['CILIUM_ARGS', 1],
      ['Cilium_Hubble_Metrics', true],
      ['ENIIP_VIRTUAL_TYPE', {}],
      ['BANDWIDTH_MODE', []],
      ['SYMMETRIC_ROUTING_CONFIG', 'x'],
    ] as const
  ).map(([name, value]) =>
    edit(`terway: ${name} of a wrong type, on CREATE`, {
      new: withConflist(
        ownConf({ ...VETH_CONF, [name]: value }),
        conflist([{ ...VETH_CONF, [name]: value }]),
      ),
      deny: ['terway-name-case'],
      warn: ['field-unknown'],
    }),
  ),
  edit('terway: a range of addresses that is null, on CREATE', {
    new: withConflist(
      ownConf({ ...VETH_CONF, host_stack_cidrs: [null] }),
      conflist([{ ...VETH_CONF, host_stack_cidrs: [null] }]),
    ),
    deny: ['field-value'],
  }),
];
