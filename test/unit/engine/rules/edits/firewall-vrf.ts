import { BASE_VETH, PORTMAP } from '../../../../support/config-maps.ts';
import { vethChain } from './chains.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** firewall and vrf. */
export const FIREWALL_VRF_EDITS: readonly WorkedEdit[] = [
  edit('firewall: a chain name with a space', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', iptablesAdminChainName: 'MY CHAIN' }),
    deny: ['firewall-chain'],
  }),
  edit("firewall: one of the plugin's own chains", {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', iptablesAdminChainName: 'CNI-FORWARD' }),
    deny: ['firewall-chain'],
  }),
  edit('firewall: a chain name of 28 characters', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', iptablesAdminChainName: 'C'.repeat(28) }),
    warn: ['restart-needed'],
  }),
  edit('vrf: a name that is too long for an interface', {
    old: BASE_VETH,
    new: vethChain({ type: 'vrf', vrfname: 'v'.repeat(16) }),
    deny: ['vrf-name'],
    warn: ['vrf-after-terway'],
  }),
  edit('vrf: the longest name', {
    old: BASE_VETH,
    new: vethChain({ type: 'vrf', vrfname: 'v'.repeat(15) }),
    warn: ['restart-needed', 'vrf-after-terway'],
  }),
  edit('firewall: open is the default', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', ingressPolicy: 'open' }),
    facts: cluster('1.15.2', '0.8.0'),
    warn: ['restart-needed'],
  }),
  ...(
    [
      [{ type: 'firewall', iptablesAdminChainName: '\u94fe'.repeat(10) }, 'firewall-chain'],
      [{ type: 'firewall', iptablesAdminChainName: 'A\0B' }, 'firewall-chain'],
      [{ ...PORTMAP, externalSetMarkChain: '\u94fe'.repeat(10) }, 'portmap-mark-chain'],
      [{ type: 'tuning', mtu: 1400, dataDir: '/run/\0' }, 'tuning-data-dir'],
    ] as const
  ).map(([plugin, rule]) =>
    edit(`names in bytes: ${JSON.stringify(plugin)}`, {
      old: BASE_VETH,
      new: vethChain(plugin),
      deny: [rule],
    }),
  ),
  edit('names in bytes: a vrf with a NUL in its name', {
    old: BASE_VETH,
    new: vethChain({ type: 'vrf', vrfname: 'a\0b' }),
    deny: ['vrf-name'],
    warn: ['vrf-after-terway'],
  }),
  edit('names in bytes: a chain of 28 bytes', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', iptablesAdminChainName: `${'\u94fe'.repeat(9)}A` }),
    warn: ['restart-needed'],
  }),
  edit('tuning: a dataDir that is no path, and nothing to note in it', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', dataDir: '\0' }),
    warn: ['restart-needed'],
  }),
];
