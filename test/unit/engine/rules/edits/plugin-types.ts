import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { v2Chain, vethChain } from './chains.ts';
import { known } from '../../../../support/facts.ts';
import { ACK } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** Types of plugins: known ones, slips of them, unknown ones. */
export const PLUGIN_TYPES_EDITS: readonly WorkedEdit[] = [
  ...[
    'portmapp',
    'PortMap',
    'protmap',
    'tunning',
    'cilium_cni',
    'cilium',
    'SBR',
    'terwai',
    'portMapping',
    'portMappings',
    'portMaps',
    'hostPort',
    'hostports',
    'sysctl',
    'sysctls',
    'tune',
    'bandwith',
    'bandwidth-limit',
    'firewalld',
    'portmap.exe',
    'portmap2',
    'source-based-routing',
  ].map((type) =>
    edit(`plugin type: ${type} is a slip of a known one`, {
      old: BASE_VETH,
      new: vethChain({ type, capabilities: { portMappings: true } }),
      deny: ['plugin-typo'],
    }),
  ),
  edit('plugin type: a slip of terway in second place, where terway must not stand', {
    old: BASE_VETH,
    new: vethChain({ type: 'teraway' }),
    deny: ['plugin-typo'],
    says: ['there is no plugin "teraway"'],
  }),
  edit('plugin type: a slip of another plugin in first place, where only terway may stand', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ type: 'tunning' }, VETH_CONF])),
    deny: ['plugin-typo', 'terway-not-first'],
  }),
  ...[
    'istio-cni',
    'route-override',
    'portmap-v2',
    'sbr-custom',
    'vrrp',
    'br',
    'nrf',
    'sdr',
    'srb',
  ].map((type) =>
    edit(`plugin type: ${type} is not known to the guard`, {
      old: BASE_VETH,
      new: vethChain({ type, anything: { goes: [1, 'two', null] } }),
      warn: ['plugin-unknown', 'restart-needed'],
    }),
  ),
  edit('plugin type: a short name is asked about, not refused', {
    old: BASE_VETH,
    new: vethChain({ type: 'srb' }),
    warn: ['plugin-unknown', 'restart-needed'],
    says: [
      'the guard does not know the plugin "srb", so it checks nothing inside it; did you mean "sbr"?',
    ],
  }),
  edit('plugin type: a short name that the probe misses is a slip', {
    old: BASE_VETH,
    new: vethChain({ type: 'srb' }),
    facts: {
      ...ACK,
      binaries: known({ probed: 3, present: new Set(['sbr']), missing: new Map() }),
    },
    deny: ['plugin-typo'],
  }),
  edit('plugin type: a name with a number may be a binary of its own', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning2' }),
    deny: ['plugin-typo'],
    says: [
      'there is no plugin "tuning2"; did you mean "tuning"? ' +
        'If such a binary is on the nodes, rules: {plugin-typo: warn} admits it',
    ],
  }),
  edit('plugin type: a name with a number that the probe found', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning2' }),
    facts: {
      ...ACK,
      binaries: known({ probed: 3, present: new Set(['tuning2']), missing: new Map() }),
    },
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  ...[
    '/opt/cni/bin/portmap',
    'portmap ',
    'C:\\cni\\portmap.exe',
    'port map',
    `p${'o'.repeat(255)}`,
  ].map((type) =>
    edit(`plugin type: ${type.slice(0, 30)} is no file name`, {
      old: BASE_VETH,
      new: vethChain({ type }),
      deny: ['entry-type-name'],
    }),
  ),
  edit('plugin type: a longer name than a file can have', {
    old: BASE_VETH,
    new: vethChain({ type: 'a'.repeat(256) }),
    deny: ['entry-type-name'],
    says: [
      `"${'a'.repeat(80)}..." has more than the 255 bytes of a file name, so no plugin binary is found: every new pod fails`,
    ],
  }),
  edit('plugin type: loopback does no harm', {
    old: BASE_VETH,
    new: vethChain({ type: 'loopback' }),
    warn: ['restart-needed'],
  }),
  ...[
    'bridge',
    'ptp',
    'macvlan',
    'ipvlan',
    'host-device',
    'vlan',
    'dummy',
    'tap',
    'dhcp',
    'host-local',
    'static',
    'flannel',
    'calico',
    'calico-ipam',
    'multus',
    'multus-shim',
    'weave-net',
    'kube-ovn',
    'aws-cni',
    'azure-vnet',
    'whereabouts',
  ].map((type) =>
    edit(`plugin type: ${type} makes the network of a pod a second time`, {
      old: BASE_VETH,
      new: vethChain({ type }, PORTMAP),
      deny: ['second-network'],
    }),
  ),
  edit('plugin type: addresses from elsewhere', {
    old: BASE_VETH,
    new: vethChain({ type: 'host-local', ipam: { type: 'host-local', subnet: '10.22.0.0/16' } }),
    deny: ['second-network'],
    says: ["host-local replaces terway's result: pods report an address that they do not have"],
  }),
  edit('plugin type: addresses from nowhere', {
    old: BASE_VETH,
    new: vethChain({ type: 'static' }),
    deny: ['second-network'],
    says: ['static needs an "ipam" to hand out addresses from: every new pod fails'],
  }),
  edit('plugin type: bridge before terway', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ type: 'bridge' }, VETH_CONF, PORTMAP])),
    deny: ['second-network'],
  }),
  edit('plugin type: bridge in place of terway', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ type: 'bridge' }, PORTMAP])),
    deny: ['second-network', 'terway-not-first'],
  }),
  edit('chain: the same plugin twice', {
    old: BASE_VETH,
    new: vethChain(PORTMAP, PORTMAP),
    warn: ['plugin-repeated', 'restart-needed'],
    says: [
      '"portmap" stands in the chain a second time, after plugins[1]: both run for every new pod',
    ],
  }),
  edit('chain: two different entries of one plugin', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', promisc: true }, PORTMAP, { type: 'tuning', mtu: 1400 }),
    warn: ['plugin-repeated', 'restart-needed'],
  }),
  edit('plugin type: all that are known', {
    old: BASE_DATAPATH_V2,
    new: v2Chain(
      { type: 'cilium-cni' },
      PORTMAP,
      { type: 'tuning' },
      { type: 'firewall' },
      { type: 'sbr', table: 100 },
      { type: 'vrf', vrfname: 'blue' },
    ),
    warn: ['restart-needed', 'sbr-after-terway', 'vrf-after-terway'],
  }),
];
