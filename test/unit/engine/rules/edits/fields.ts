import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { firstEntry, ownConf, vethChain, withEniConf } from './chains.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** Types, values and names of the fields of known plugins. */
export const FIELDS_EDITS: readonly WorkedEdit[] = [
  edit('B18 a text for a boolean', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, symmetric_routing: 'true' }, PORTMAP])),
    deny: ['field-type'],
  }),
  edit('B24 a mark bit out of range', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, markMasqBit: 32 }),
    deny: ['field-value'],
  }),
  edit('B25 numeric sysctl values', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', sysctl: { 'net.ipv6.conf.all.disable_ipv6': 1 } }),
    deny: ['field-type'],
  }),
  edit('B37 wrong types in eni_conf', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { max_pool_size: '10' }),
    deny: ['field-type'],
  }),
  edit('field: snat as text', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, snat: 'true' }),
    deny: ['field-type'],
  }),
  edit('field: a capability as text', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', capabilities: { portMappings: 'true' } }),
    deny: ['field-type'],
  }),
  edit('field: a capability of an unknown plugin as text', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni', capabilities: { bandwidth: 'true' } }),
    deny: ['field-type'],
    warn: ['plugin-unknown'],
  }),
  edit('field: symmetric_routing_config.mark as text', {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { mark: '0x20' },
    }),
    deny: ['field-type'],
  }),
  edit('field: null leaves a field alone', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, snat: null, markMasqBit: null, masqAll: null }),
    warn: ['restart-needed'],
  }),
  edit('field: a backend that portmap does not know', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'ipvs' }),
    deny: ['field-value'],
  }),
  edit('field: a backend of firewall that it does not know, which it forgives', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', backend: 'nft' }),
    warn: ['restart-needed'],
  }),
  edit('field: an ingressPolicy that firewall does not know', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', ingressPolicy: 'closed' }),
    deny: ['field-value'],
  }),
  edit('field: a mark bit that is no whole number', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, markMasqBit: 12.5 }),
    deny: ['field-type'],
  }),
  edit('field: a mark bit that is a whole number, written otherwise', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      conflist([VETH_CONF, { ...PORTMAP, markMasqBit: 12 }]).replace('12', '1.2e1'),
    ),
    warn: ['restart-needed'],
  }),
  edit('field: capabilities as a list', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap', capabilities: ['portMappings'] }),
    deny: ['field-type'],
  }),
  edit('field: what the runtime decodes of every plugin, in the wrong type', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni', dns: [], ipam: { type: 1 } }),
    deny: ['field-type'],
    warn: ['plugin-unknown'],
  }),
  edit('field: conditions as text', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, conditionsV4: '! -d 10.8.0.0/16' }),
    deny: ['field-type'],
  }),
  edit('field: vrf without its name', {
    old: BASE_VETH,
    new: vethChain({ type: 'vrf' }),
    deny: ['field-value'],
    warn: ['vrf-after-terway'],
  }),
  edit('field: a host_stack_cidrs item that is no CIDR, as in the conf', {
    old: ownConf({ ...VETH_CONF, host_stack_cidrs: ['169.254.20.10'] }),
    new: withConflist(
      ownConf({ ...VETH_CONF, host_stack_cidrs: ['169.254.20.10'] }),
      conflist([{ ...VETH_CONF, host_stack_cidrs: ['169.254.20.10'] }]),
    ),
    warn: ['field-value', 'restart-needed'],
  }),
  ...['runtimeConfig', 'args', 'prevResult', 'cni.dev/valid-attachments'].map((name) =>
    edit(`field: ${name} is reserved for the runtime`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, [name]: {} }),
      deny: ['field-reserved'],
    }),
  ),
  edit('field: null for what the runtime fills in, in another letter case', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, prevresult: null }),
    deny: ['field-reserved'],
    warn: ['json-name-case'],
  }),
  edit('field: null for what the runtime overwrites', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, prevResult: null }),
    warn: ['restart-needed'],
  }),
  edit('field: a name that only looks reserved', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, 'cni.example.com/a': {} }),
    warn: ['field-unknown', 'restart-needed'],
  }),
  edit('field: unknown to the plugin', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, masquerade: true }),
    warn: ['field-unknown', 'restart-needed'],
  }),
  edit('field: a slip of one that no release has yet, so it is not suggested', {
    old: BASE_VETH,
    new: vethChain({ type: 'sbr', gateway: ['10.0.0.1'] }),
    deny: ['sbr-after-terway'],
    warn: ['field-unknown'],
    says: [
      "sbr moves the routes of eth0 to another table and can't reach the gateway there: every new pod fails",
      'sbr does not know "gateway", so it has no effect',
    ],
  }),
  edit('field: a slip of one that is not there yet', {
    old: BASE_VETH,
    new: vethChain({ type: 'sbr', tabel: 100 }),
    deny: ['sbr-after-terway'],
    warn: ['field-unknown'],
    says: [
      "sbr moves the routes of eth0 to another table and can't reach the gateway there: every new pod fails",
      'sbr does not know "tabel", so it has no effect; did you mean "table"?',
    ],
  }),
  edit('every plugin: cniVersion twice in letters that sort behind it', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      conflist([
        VETH_CONF,
        { type: 'firewall', 'cniVer\u017fion': '0.3.0', twin: '0.3.0' },
      ]).replace('"twin"', '"cniVer\u017fion"'),
    ),
    deny: ['field-value', 'json-duplicate'],
    warn: ['json-name-case'],
  }),
  edit('portmap: a chain of iptables, named twice, with the backend nftables', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      conflist([
        VETH_CONF,
        {
          ...PORTMAP,
          backend: 'nftables',
          externalSetMarkChain: 'A',
          twin: 'B',
        },
      ]).replace('"twin"', '"externalSetMarkChain"'),
    ),
    deny: ['portmap-backend', 'json-duplicate'],
    warn: ['portmap-nftables'],
  }),
  edit('every plugin: a spelling of cniVersion beside cniVersion, which Terway deletes', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', cniVersion: '0.3.0', CNIVERSION: '0.4.0' }),
    deny: ['json-duplicate'],
    warn: ['json-name-case'],
  }),
  edit('every plugin: a spelling of cniVersion that overrides the version of the list', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', cniversion: '1.0.0' }),
    deny: ['field-value'],
    warn: ['json-name-case'],
  }),
  edit('every plugin: a spelling of cniVersion that is overridden itself', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', CNIVERSION: '1.0.0' }),
    warn: ['json-name-case', 'restart-needed'],
  }),
  edit('a type spelt twice', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', Type: 5 }),
    deny: ['json-duplicate'],
    warn: ['json-name-case'],
  }),
  edit('vrf: a table of -0, which Terway passes on as such', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      conflist([VETH_CONF, { type: 'vrf', vrfname: 'blue', table: 7 }]).replace('7', '-0'),
    ),
    deny: ['field-value'],
    warn: ['vrf-after-terway'],
  }),
  ...(
    [
      [
        { ...PORTMAP, symmetric_routing: true },
        'symmetric_routing',
        'in plugins[0], the entry of terway',
      ],
      [{ ...PORTMAP, max_pool_size: 5 }, 'max_pool_size', 'in eni_conf'],
      [{ ...PORTMAP, sysctl: {} }, 'sysctl', 'in an entry of tuning'],
      [{ ...PORTMAP, portMappings: true }, 'portMappings', 'inside "capabilities"'],
      [{ type: 'tuning', masqAll: true }, 'masqAll', 'in an entry of portmap'],
    ] as const
  ).map(([plugin, name, home]) =>
    edit(`field: ${name} of another place in ${plugin.type}`, {
      old: BASE_VETH,
      new: vethChain(plugin),
      warn: ['field-unknown', 'restart-needed'],
      says: [
        `${plugin.type} does not know "${name}", so it has no effect here; it belongs ${home}`,
      ],
    }),
  ),
  ...(
    [
      ['a list of names for capabilities', { capabilities: ['portMappings', 'portMappings'] }],
      ['an empty list for capabilities', { capabilities: [] }],
      ['a list with a number for capabilities', { capabilities: ['portMappings', 1] }],
      ['a text for a list', { capabilities: { portMappings: true }, conditionsV4: '-p tcp' }],
    ] as const
  ).map(([name, members]) =>
    edit(`fields: ${name}`, {
      old: BASE_VETH,
      new: vethChain({ type: 'portmap', ...members }),
      deny: ['field-type'],
    }),
  ),
  edit('fields: an empty text where a name is needed', {
    old: BASE_VETH,
    new: vethChain({ type: 'vrf', vrfname: '' }),
    deny: ['field-value'],
    warn: ['vrf-after-terway'],
  }),
  edit('fields: a spelling that overrides the version with the same one', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, cniversion: '0.4.0' }),
    warn: ['json-name-case', 'restart-needed'],
  }),
  edit('fields: a number above the largest in eni_conf', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { idle_ip_reclaim_batch_size: 11 }),
    facts: cluster('1.17.1', '1.7.1'),
    deny: ['field-value'],
  }),
  edit('fields: a text for a number with a fraction', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { eni_cap_ratio: '1' }),
    deny: ['field-type'],
  }),
  edit('fields: true where the text false is read', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      conflist([{ ...VETH_CONF, cilium_enable_hubble: false }, PORTMAP]),
    ),
    deny: ['field-type', 'first-entry-differs'],
  }),
];
