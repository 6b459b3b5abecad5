import { BASE_VETH } from '../../../../support/config-maps.ts';
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
  }),
  edit('vrf: the longest name', {
    old: BASE_VETH,
    new: vethChain({ type: 'vrf', vrfname: 'v'.repeat(15) }),
    warn: ['restart-needed'],
  }),
  edit('firewall: open is the default', {
    old: BASE_VETH,
    new: vethChain({ type: 'firewall', ingressPolicy: 'open' }),
    facts: cluster('1.15.2', '0.8.0'),
    warn: ['restart-needed'],
  }),
];
