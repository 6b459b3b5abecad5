import type { RuleId } from '../../../../../src/engine/rules/index.ts';
import {
  BASE_EBPF_POLICY,
  BASE_VETH,
  EBPF_POLICY_CONF,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { version } from '../../../../support/facts.ts';
import { ownConf, publicChain, vethChain } from './chains.ts';
import { live, rollingOut, seen } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

const symmetricRouting = {
  old: vethChain(),
  new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, symmetric_routing: true }])),
};
const oddConf = { ...VETH_CONF, eniip_virtual_type: 'datapathv3' };

/** Nodes with different releases of Terway, and the datapath that follows from them. */
export const LIVE_TERWAY_EDITS: readonly WorkedEdit[] = [
  edit('live: symmetric_routing, the rollout of Terway half done', {
    ...symmetricRouting,
    facts: live({
      terway: rollingOut(10, [
        ['v1.14.3', 3],
        ['v1.15.2', 7],
      ]),
    }),
    deny: ['field-version'],
  }),
  edit('live: symmetric_routing, the rollout of a Terway of another name half done', {
    ...symmetricRouting,
    facts: live({
      terway: rollingOut(10, [
        ['v1.14.3', 3],
        ['v1.15.2', 7],
      ]),
      terwayDaemonSet: seen('terway', { kind: 'namespace', name: 'kube-system' }),
    }),
    deny: ['field-version'],
  }),
  edit('live: symmetric_routing, an upgrade of Terway that waits for its pods to be deleted', {
    ...symmetricRouting,
    facts: live({
      terway: rollingOut(10, [
        ['v1.14.3', 3],
        ['v1.15.2', 7],
      ]),
      terwayUpdates: seen('OnDelete', { kind: 'namespace', name: 'kube-system' }),
    }),
    deny: ['field-version'],
  }),
  edit('live: symmetric_routing, Terway too old on all nodes', {
    ...symmetricRouting,
    facts: live({ terway: rollingOut(10, [['v1.14.3', 10]]) }),
    deny: ['field-version'],
  }),
  edit('live: symmetric_routing, Terway too old, nodes not told apart', {
    ...symmetricRouting,
    facts: live({ terway: seen(version('v1.14.3'), { kind: 'daemon-set', name: 'terway-eniip' }) }),
    deny: ['field-version'],
  }),
  edit('live: symmetric_routing, Terway unknown on one node', {
    ...symmetricRouting,
    facts: live({ terway: rollingOut(10, [['v1.15.2', 9]], 1) }),
    warn: ['field-version', 'restart-needed'],
  }),
  edit('live: a chain, the rollout of the first Terway that reads it half done', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: live({
      terway: rollingOut(10, [
        ['v1.5.5', 3],
        ['v1.9.0', 7],
      ]),
    }),
    deny: ['chain-version'],
    warn: ['field-version'],
  }),
  edit('live: a chain, Terway unknown on one node, as every supported cluster reads it', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: live({ terway: rollingOut(10, [['v1.9.0', 9]], 1) }),
    warn: ['restart-needed'],
  }),
  edit('live: an unknown datapath, which the newer Terway of some nodes refuses', {
    old: ownConf(oddConf),
    new: withConflist(ownConf(oddConf), conflist([oddConf])),
    facts: live({
      terway: rollingOut(10, [
        ['v1.12.1', 3],
        ['v1.15.2', 7],
      ]),
    }),
    warn: ['restart-needed', 'terway-virtual-type'],
  }),
  ...(
    [
      [
        'all nodes veth',
        [
          ['v1.11.5', 4],
          ['v1.12.1', 6],
        ],
        [],
      ],
      [
        'nodes mixed',
        [
          ['v1.12.1', 3],
          ['v1.13.2', 7],
        ],
        ['public-access-masqall'],
      ],
    ] as [string, [string, number][], RuleId[]][]
  ).map(([nodes, releases, warn]) =>
    edit(`live: public access with eBPF policy, ${nodes}`, {
      old: BASE_EBPF_POLICY,
      new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
      facts: live({ terway: rollingOut(10, releases) }),
      policy: { minimumVersions: new Map([['terway.symmetric_routing', '1.11.0']]) },
      warn: [...warn, 'restart-needed'],
    }),
  ),
  edit('live: public access with eBPF policy, all nodes Datapath V2', {
    old: BASE_EBPF_POLICY,
    new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
    facts: live({ terway: rollingOut(10, [['v1.15.2', 10]]) }),
    deny: ['public-access-masqall'],
  }),
  edit('live: public access with eBPF policy, Terway unknown on one node', {
    old: BASE_EBPF_POLICY,
    new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
    facts: live({ terway: rollingOut(10, [['v1.15.2', 9]], 1) }),
    warn: ['field-version', 'public-access-masqall', 'restart-needed'],
  }),
  edit('live: public access, the datapath read from the nodes', {
    old: BASE_VETH,
    new: publicChain(BASE_VETH, VETH_CONF, PORTMAP),
    facts: live({ datapath: seen('datapathv2', { kind: 'config-map', name: 'eni-config' }) }),
    deny: ['public-access-masqall'],
  }),
];
