import { BASE_DATAPATH_V2, BASE_VETH, PORTMAP } from '../../../../support/config-maps.ts';
import { v2Chain, vethChain } from './chains.ts';
import { asProbed, cluster, group, live, seen } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

const marked = vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' });

/** What was found on 120 nodes: these binaries, some of which some nodes lack. */
const binaries = (present: string[], missing: [string, number][] = [], nodes = 120) =>
  live({
    binaries: asProbed({
      probed: nodes,
      present: new Set(present),
      missing: new Map(missing.map(([name, count]) => [name, group(count)])),
    }),
  });

/** Nodes without kube-proxy, without a binary, in exclusive-ENI mode. */
export const LIVE_NODES_EDITS: readonly WorkedEdit[] = [
  edit('live: KUBE-MARK-MASQ, some nodes without kube-proxy', {
    old: BASE_VETH,
    new: marked,
    facts: live({ nodesWithoutKubeProxy: seen(group(4), { kind: 'node-labels' }) }),
    deny: ['portmap-mark-chain'],
  }),
  edit('live: KUBE-MARK-MASQ, one node without kube-proxy, its mode elsewhere unknown', {
    old: BASE_VETH,
    new: marked,
    facts: {
      ...cluster('1.15.2', '1.7.1'),
      nodesWithoutKubeProxy: seen(group(1), { kind: 'node-labels' }),
    },
    deny: ['portmap-mark-chain'],
  }),
  edit('live: KUBE-MARK-MASQ, no node without kube-proxy', {
    old: BASE_VETH,
    new: marked,
    facts: live({ nodesWithoutKubeProxy: seen(group(0), { kind: 'node-labels' }) }),
    warn: ['restart-needed'],
  }),
  edit('live: KUBE-MARK-MASQ, kube-proxy in nftables mode', {
    old: BASE_VETH,
    new: marked,
    facts: live({
      kubeProxyMode: seen('nftables', { kind: 'config-map', name: 'kube-proxy-worker' }),
      nodesWithoutKubeProxy: seen(group(4), { kind: 'node-labels' }),
    }),
    deny: ['portmap-mark-chain'],
  }),
  edit('live: a mark chain of the user, some nodes without kube-proxy', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'MY-MARKS' }),
    facts: live({ nodesWithoutKubeProxy: seen(group(4), { kind: 'node-labels' }) }),
    warn: ['restart-needed'],
  }),
  edit('live: an unknown plugin, its binary missing on some nodes', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni' }),
    facts: binaries(['portmap', 'istio-cni'], [['istio-cni', 3]]),
    deny: ['plugin-missing'],
  }),
  edit('live: an unknown plugin, its binary missing everywhere', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni' }),
    facts: binaries(['portmap']),
    deny: ['plugin-missing'],
  }),
  edit('live: an unknown plugin, its binary missing on the only node', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni' }),
    facts: binaries(['portmap'], [], 1),
    deny: ['plugin-missing'],
  }),
  edit('live: an unknown plugin, its binary on every node', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni' }),
    facts: binaries(['portmap', 'istio-cni']),
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  edit('live: an unknown plugin, no node looked at', {
    old: BASE_VETH,
    new: vethChain({ type: 'istio-cni' }),
    facts: binaries([], [], 0),
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  edit('live: a known plugin, its binary missing on one node', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: binaries(['portmap'], [['portmap', 1]]),
    deny: ['plugin-missing'],
  }),
  edit('live: a known plugin twice, its binary missing everywhere', {
    old: BASE_VETH,
    new: vethChain(PORTMAP, { type: 'tuning', mtu: 1400 }, { type: 'tuning', mtu: 1400 }),
    facts: binaries(['portmap']),
    deny: ['plugin-missing'],
    warn: ['plugin-repeated'],
  }),
  edit('live: binaries that Terway installs are not looked for', {
    old: BASE_DATAPATH_V2,
    new: v2Chain({ type: 'cilium-cni' }),
    facts: binaries(['portmap'], [['terway', 2]]),
    warn: ['restart-needed'],
  }),
  edit('live: a slip of a known type, which no node has', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmapp' }),
    facts: binaries(['portmap']),
    deny: ['plugin-typo'],
  }),
  edit('live: what looks like a slip, but every node has it', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap2' }),
    facts: binaries(['portmap', 'portmap2']),
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  edit('live: what looks like a slip, but most nodes have it', {
    old: BASE_VETH,
    new: vethChain({ type: 'portmap2' }),
    facts: binaries(['portmap', 'portmap2'], [['portmap2', 4]]),
    deny: ['plugin-missing'],
  }),
  edit('live: a chain on a cluster with exclusive-ENI nodes', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: live({ exclusiveEniNodes: seen(group(2), { kind: 'node-labels' }) }),
    warn: ['exclusive-eni-nodes', 'restart-needed'],
  }),
  edit('live: a chain on a cluster with a Terway DaemonSet of another name', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: live({
      terwayDaemonSet: seen('terway-eni', { kind: 'namespace', name: 'kube-system' }),
    }),
    warn: ['restart-needed'],
  }),
];
