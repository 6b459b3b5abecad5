import { NO_FACTS } from '../../../../../src/engine/core/facts.ts';
import {
  BASE_DATAPATH_V2,
  BASE_VENDOR,
  BASE_VETH,
  DATAPATH_V2_CONF,
  PORTMAP,
  VENDOR_CHAINS,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { firstEntry, masqAll, v2Chain, vethChain, withEniConf } from './chains.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** What needs a newer Terway or plugin than the cluster has, or an older one. */
export const VERSIONS_EDITS: readonly WorkedEdit[] = [
  edit('B15 masqAll with portmap 1.6.2', {
    old: BASE_DATAPATH_V2,
    new: withConflist(
      BASE_DATAPATH_V2,
      conflist([
        { ...DATAPATH_V2_CONF, symmetric_routing: true },
        { ...PORTMAP, masqAll: true },
      ]),
    ),
    facts: cluster('1.15.2', '1.6.2'),
    deny: ['field-version'],
  }),
  edit('B16 symmetric_routing with Terway 1.14.5', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, symmetric_routing: true }, PORTMAP])),
    facts: cluster('1.14.5', '1.7.1'),
    deny: ['field-version'],
  }),
  edit('B17 a chain with Terway 1.5.5', {
    old: BASE_VENDOR,
    new: withConflist(BASE_VENDOR, VENDOR_CHAINS['private access'] ?? ''),
    facts: cluster('1.5.5', '1.7.1'),
    deny: ['chain-version'],
  }),
  edit('B35 ingressPolicy isolated with firewall 1.6.2', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', backend: 'iptables', ingressPolicy: 'isolated' }),
    facts: cluster('1.15.2', '1.6.2'),
    deny: ['field-version'],
    warn: ['firewall-ingress'],
  }),
  edit('a field in another letter case is judged as the field', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, MasqAll: true }),
    facts: cluster('1.15.2', '1.6.2'),
    deny: ['field-version'],
    warn: ['json-name-case'],
  }),
  edit('version: a chain with Terway 1.5.6', {
    old: BASE_VENDOR,
    new: withConflist(BASE_VENDOR, VENDOR_CHAINS['private access'] ?? ''),
    facts: cluster('1.5.6', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('version: a chain, Terway unknown', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: NO_FACTS,
    warn: ['chain-version', 'restart-needed'],
  }),
  edit('version: a chain, Terway unknown, onUnknownVersion deny', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: NO_FACTS,
    policy: { onUnknownVersion: 'deny' },
    deny: ['chain-version'],
  }),
  edit('version: a chain with Terway 1.5.5, which the operator trusts', {
    old: BASE_VENDOR,
    new: withConflist(BASE_VENDOR, VENDOR_CHAINS['private access'] ?? ''),
    facts: cluster('1.5.5', '1.7.1'),
    policy: { minimumVersions: new Map([['terway.plugins', '1.5.5']]) },
    warn: ['restart-needed'],
  }),
  edit('version: a chain with Terway 1.15.2, where the operator asks for more', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    policy: { minimumVersions: new Map([['terway.plugins', '1.16.0']]) },
    deny: ['chain-version'],
    says: [
      "a custom CNI chain needs Terway 1.16.0 or newer; this cluster runs 1.15.2 (from the guard's configuration)",
    ],
  }),
  edit('version: a chain, Terway unknown, where the operator asks for more', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: NO_FACTS,
    policy: { minimumVersions: new Map([['terway.plugins', '1.16.0']]) },
    warn: ['chain-version', 'restart-needed'],
    says: ['a custom CNI chain needs Terway 1.16.0 or newer; the installed version is not known'],
  }),
  edit('version: no chain, Terway 1.5.5', {
    old: BASE_VETH,
    new: { ...BASE_VETH, disable_network_policy: 'true' },
    facts: cluster('1.5.5', '1.7.1'),
  }),
  edit('version: a chain removed, Terway 1.5.5', {
    old: vethChain(),
    new: BASE_VETH,
    facts: cluster('1.5.5', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('version: masqAll with portmap 1.7.1', {
    old: BASE_VETH,
    new: masqAll,
    warn: ['restart-needed'],
  }),
  edit('version: masqAll with portmap 1.7.0', {
    old: BASE_VETH,
    new: masqAll,
    facts: cluster('1.15.2', '1.7.0'),
    deny: ['field-version'],
  }),
  edit('version: masqAll with a release candidate of 1.7.1', {
    old: BASE_VETH,
    new: masqAll,
    facts: cluster('1.15.2', 'v1.7.1-rc.1'),
    deny: ['field-version'],
  }),
  edit('version: masqAll, portmap unknown', {
    old: BASE_VETH,
    new: masqAll,
    facts: cluster('1.15.2', undefined),
    warn: ['field-version', 'restart-needed'],
  }),
  edit('version: masqAll, portmap unknown, onUnknownVersion deny', {
    old: BASE_VETH,
    new: masqAll,
    facts: cluster('1.15.2', undefined),
    policy: { onUnknownVersion: 'deny' },
    deny: ['field-version'],
  }),
  edit('version: masqAll false asks for nothing', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, masqAll: false }),
    facts: cluster('1.15.2', '0.8.0'),
    warn: ['restart-needed'],
  }),
  edit('version: masqAll with portmap 1.2.0, which the operator trusts', {
    old: BASE_VETH,
    new: masqAll,
    facts: cluster('1.15.2', '1.2.0'),
    policy: { minimumVersions: new Map([['portmap.masqAll', '1.2.0']]) },
    warn: ['restart-needed'],
  }),
  edit('version: masqAll with portmap 1.7.1, where the operator asks for more', {
    old: BASE_VETH,
    new: masqAll,
    policy: { minimumVersions: new Map([['portmap.masqAll', '1.8.0']]) },
    deny: ['field-version'],
  }),
  edit('version: symmetric_routing false asks for nothing', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, symmetric_routing: false }),
    facts: cluster('1.14.5', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('version: symmetric_routing with a build made after Terway 1.15.0', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, symmetric_routing: true }),
    facts: cluster('v1.15.0-d7c63c9e', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('version: symmetric_routing, Terway unknown', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, symmetric_routing: true }),
    facts: cluster(undefined, '1.7.1'),
    warn: ['chain-version', 'field-version', 'restart-needed'],
  }),
  edit('version: symmetric_routing_config.backend with Terway 1.15.2', {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { backend: 'iptables' },
    }),
    deny: ['field-version'],
  }),
  edit('version: symmetric_routing_config.backend with Terway 1.17.1', {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { backend: 'iptables' },
    }),
    facts: cluster('1.17.1', '1.7.1'),
    warn: ['restart-needed'],
  }),
  edit('version: portmap backend with portmap 1.5.1', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'iptables' }),
    facts: cluster('1.15.2', '1.5.1'),
    deny: ['field-version'],
  }),
  edit('version: ingressPolicy isolated with firewall 1.7.1', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', ingressPolicy: 'isolated' }),
    warn: ['firewall-ingress', 'restart-needed'],
  }),
  edit('version: ingressPolicy same-bridge with firewall 1.6.2', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', ingressPolicy: 'same-bridge' }),
    facts: cluster('1.15.2', '1.6.2'),
    warn: ['firewall-ingress', 'restart-needed'],
  }),
  edit('version: sbr table with 1.6.0', {
    old: BASE_VETH,
    new: vethChain({ type: 'sbr', table: 100 }),
    facts: cluster('1.15.2', '1.6.0'),
    warn: ['restart-needed', 'sbr-after-terway'],
  }),
  edit('version: sbr gateways, which no release up to 1.9.1 has', {
    old: BASE_VETH,
    new: vethChain({ type: 'sbr', gateways: ['10.0.0.1'] }),
    facts: cluster('1.15.2', '1.9.1'),
    deny: ['field-version', 'sbr-after-terway'],
  }),
  edit('version: an eni_conf member newer than Terway', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { idle_ip_reclaim_after: '10m' }),
    deny: ['field-version'],
  }),
  edit('version: an eni_conf member that Terway 1.9.6 removed', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { wait_trunk_eni: true }),
    deny: ['field-version'],
  }),
  edit('version: the same with the Terway that has it', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { idle_ip_reclaim_after: '10m' }),
    facts: cluster('1.16.0', '1.7.1'),
  }),
  ...(
    [
      ['1.16.8', []],
      ['1.16.9', []],
      ['1.17.1', []],
      ['1.16.7', ['field-version']],
      ['1.17.0', ['field-version']],
      ['1.15.9', ['field-version']],
    ] as const
  ).map(([terway, deny]) =>
    edit(`version: the backend of symmetric_routing_config with Terway ${terway}`, {
      old: BASE_VETH,
      new: firstEntry({
        ...VETH_CONF,
        symmetric_routing: true,
        symmetric_routing_config: { backend: 'nftables' },
      }),
      facts: cluster(terway, '1.7.1'),
      deny,
      ...(deny.length === 0 ? { warn: ['restart-needed'] as const } : {}),
    }),
  ),
  edit('version: how a floor of two lines of releases is told', {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { backend: 'nftables' },
    }),
    facts: cluster('1.16.7', '1.7.1'),
    deny: ['field-version'],
    says: [
      'symmetric_routing_config.backend needs Terway 1.17.1 or newer (of 1.16: 1.16.8); ' +
        "this cluster runs 1.16.7 (from the guard's configuration)",
    ],
  }),
  edit('version: a backend of symmetric_routing_config that is empty means the default', {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { backend: '' },
    }),
    warn: ['restart-needed'],
  }),
  ...(
    [
      ['1.9.1', ['portmap-masqall-nftables'], []],
      ['1.10.0', [], ['restart-needed']],
      [undefined, [], ['field-version', 'portmap-masqall-nftables', 'restart-needed']],
    ] as const
  ).map(([portmap, deny, warn]) =>
    edit(`version: masqAll with nftables, portmap ${portmap ?? 'unknown'}`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, masqAll: true, backend: 'nftables' }),
      facts: cluster('1.15.2', portmap),
      deny,
      warn,
    }),
  ),
  ...(
    [
      ['1.6.0', ['portmap-backend'], []],
      ['1.6.1', [], ['restart-needed']],
      ['1.5.1', [], ['restart-needed']],
    ] as const
  ).map(([portmap, deny, warn]) =>
    edit(`version: conditions that begin with !, portmap ${portmap}`, {
      old: BASE_VETH,
      new: vethChain({ ...PORTMAP, conditionsV4: ['!', '-d', '10.8.0.0/16'] }),
      facts: cluster('1.15.2', portmap),
      deny,
      warn,
    }),
  ),
  edit('version: sbr gateways and hints with 1.10.0', {
    old: BASE_VETH,
    new: vethChain({ type: 'sbr', table: 100, gateways: ['10.0.0.1'], addSourceHints: true }),
    facts: cluster('1.15.2', '1.10.0'),
    warn: ['restart-needed', 'sbr-after-terway'],
  }),
  edit('cilium-cni: members that it reads', {
    old: BASE_DATAPATH_V2,
    new: v2Chain({
      type: 'cilium-cni',
      'chaining-mode': 'terway-chainer',
      'enable-route-mtu': true,
    }),
    warn: ['restart-needed'],
  }),
  edit('cilium-cni: members of a wrong type', {
    old: BASE_DATAPATH_V2,
    new: v2Chain({ type: 'cilium-cni', 'chaining-mode': true, ipam: { type: 1 } }),
    deny: ['field-type'],
  }),
];
