import { JUDGED } from './bandwidth.ts';
import type { VersionFact } from '../../../../../src/engine/core/facts.ts';
import { BASE_VETH, PORTMAP } from '../../../../support/config-maps.ts';
import { SHAPED, SUBNETS, masqAll, vethChain } from './chains.ts';
import { estimated, livePlugin, probed } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

const open = (fact: VersionFact): VersionFact => ({
  ...fact,
  spread: { ...fact.spread!, isOpen: true },
});

/** Nodes with different releases of a plugin, unknown ones and estimates. */
export const LIVE_PLUGINS_EDITS: readonly WorkedEdit[] = [
  edit('live: masqAll, portmap too old on some nodes', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin(
      'portmap',
      probed(120, [
        ['v1.6.2', 3],
        ['v1.7.1', 117],
      ]),
    ),
    deny: ['field-version'],
  }),
  edit('live: masqAll, several releases of portmap too old', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin(
      'portmap',
      probed(
        120,
        [
          ['1.5.1', 2],
          ['1.6.2', 6],
          ['1.7.1', 110],
        ],
        2,
      ),
    ),
    deny: ['field-version'],
  }),
  edit('live: masqAll, portmap too old on one node', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin(
      'portmap',
      probed(120, [
        ['1.6.2', 1],
        ['1.7.1', 119],
      ]),
    ),
    deny: ['field-version'],
  }),
  edit('live: masqAll, portmap too old on all nodes', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', probed(120, [['1.6.2', 120]])),
    deny: ['field-version'],
  }),
  edit('live: masqAll, portmap new enough on all nodes', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin(
      'portmap',
      probed(120, [
        ['1.7.1', 100],
        ['1.8.0', 20],
      ]),
    ),
    warn: ['restart-needed'],
  }),
  edit('live: masqAll, portmap unknown on some nodes', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', probed(120, [['1.7.1', 118]], 2)),
    warn: ['field-version', 'restart-needed'],
  }),
  edit('live: masqAll, portmap unknown on some nodes, onUnknownVersion deny', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', probed(120, [['1.7.1', 118]], 2)),
    policy: { onUnknownVersion: 'deny' },
    deny: ['field-version'],
  }),
  edit('live: a field that every supported cluster has, portmap unknown on some nodes', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, markMasqBit: 13 }),
    facts: livePlugin('portmap', probed(120, [['1.7.1', 118]], 2)),
    policy: { onUnknownVersion: 'deny' },
    warn: ['restart-needed'],
  }),
  edit('live: masqAll, portmap estimated too old', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', estimated('1.6.2')),
    warn: ['field-version', 'restart-needed'],
  }),
  edit('live: masqAll, portmap estimated too old, everything set to deny', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', estimated('1.6.2')),
    policy: { onUnknownVersion: 'deny', rules: new Map([['field-version', 'deny']]) },
    warn: ['field-version', 'restart-needed'],
  }),
  edit('live: masqAll, portmap too old, nodes not listed', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', open(probed(3, [['1.6.2', 3]]))),
    deny: ['field-version'],
  }),
  edit('live: masqAll, portmap new enough, nodes not listed', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', open(probed(3, [['1.7.1', 3]]))),
    warn: ['field-version', 'restart-needed'],
  }),
  edit('live: masqAll, portmap estimated too old on some nodes', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', {
      ...estimated('1.6.2'),
      spread: probed(120, [
        ['1.6.2', 3],
        ['1.7.1', 117],
      ]).spread!,
    }),
    warn: ['field-version', 'restart-needed'],
  }),
  edit('live: masqAll, portmap estimated new enough, onUnknownVersion deny', {
    old: BASE_VETH,
    new: masqAll,
    facts: livePlugin('portmap', estimated('1.7.1')),
    policy: { onUnknownVersion: 'deny' },
    warn: ['restart-needed'],
  }),
  edit('live: an estimate acquits no value that its release would not read', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 5 }),
    facts: livePlugin('portmap', estimated('1.5.1')),
    deny: ['field-type'],
    warn: ['field-version'],
  }),
  edit('live: a wrong value that only some nodes read', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 5 }),
    facts: livePlugin(
      'portmap',
      probed(10, [
        ['1.5.1', 4],
        ['1.7.1', 6],
      ]),
    ),
    deny: ['field-type', 'field-version'],
  }),
  edit('live: a wrong value that no node reads', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 5 }),
    facts: livePlugin(
      'portmap',
      probed(10, [
        ['1.5.0', 4],
        ['1.5.1', 6],
      ]),
    ),
    deny: ['field-version'],
  }),
  edit('live: words of nftables, portmap estimated to know no backends', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'nftables', conditionsV4: ['ip', 'daddr'] }),
    facts: livePlugin('portmap', estimated('1.5.1')),
    warn: ['field-version', 'restart-needed'],
  }),
  edit('live: words of nftables, some nodes with a portmap that knows no backends', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'nftables', conditionsV4: ['ip', 'daddr'] }),
    facts: livePlugin(
      'portmap',
      probed(10, [
        ['1.5.1', 4],
        ['1.9.1', 6],
      ]),
    ),
    deny: ['field-version'],
  }),
  edit('live: words of iptables for nftables, some nodes with a portmap that knows no backends', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'nftables', conditionsV4: ['-d', '10.0.0.0/8'] }),
    facts: livePlugin(
      'portmap',
      probed(10, [
        ['1.5.1', 4],
        ['1.9.1', 6],
      ]),
    ),
    deny: ['field-version', 'portmap-backend'],
  }),
  edit('live: backend nftables, portmap 1.8.0 on some nodes', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'nftables' }),
    facts: livePlugin(
      'portmap',
      probed(10, [
        ['1.8.0', 4],
        ['1.9.1', 6],
      ]),
    ),
    warn: ['portmap-nftables', 'restart-needed'],
  }),
  edit('live: backend nftables, portmap estimated 1.8.0, the rule raised to deny', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, backend: 'nftables' }),
    facts: livePlugin('portmap', estimated('1.8.0')),
    policy: { rules: new Map([['portmap-nftables', 'deny']]) },
    warn: ['portmap-nftables', 'restart-needed'],
  }),
  edit('live: a bandwidth field that some nodes do not have yet and others no longer have', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
    facts: livePlugin(
      'bandwidth',
      probed(10, [
        ['1.4.0', 1],
        ['1.5.1', 3],
        ['1.6.0', 4],
        ['1.7.1', 2],
      ]),
    ),
    deny: ['field-version'],
    warn: ['bandwidth-after-terway'],
  }),
  edit('live: a slip of a field that some nodes no longer have, so it is not suggested', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', shapedSubnet: ['10.0.0.0/8'] }),
    facts: livePlugin(
      'bandwidth',
      probed(10, [
        ['1.5.1', 3],
        ['1.6.0', 7],
      ]),
    ),
    warn: ['bandwidth-after-terway', 'field-unknown', 'restart-needed'],
  }),
  edit('live: both lists of subnets, which some nodes read', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ...SHAPED, ...SUBNETS }),
    facts: livePlugin(
      'bandwidth',
      probed(10, [
        ['1.5.1', 3],
        ['1.6.0', 7],
      ]),
    ),
    policy: JUDGED,
    deny: ['bandwidth-subnets', 'field-version'],
  }),
  edit('live: both lists of subnets, bandwidth estimated to read them', {
    old: BASE_VETH,
    new: vethChain({ type: 'bandwidth', ...SHAPED, ...SUBNETS }),
    facts: livePlugin('bandwidth', estimated('1.5.1')),
    deny: ['bandwidth-after-terway'],
  }),
];
