import { BASE_VETH } from '../../../../support/config-maps.ts';
import { vethChain, withEniConf } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** tuning: sysctls, MTU, IPv6. */
export const TUNING_EDITS: readonly WorkedEdit[] = [
  ...['kernel.msgmax', 'vm.swappiness', 'networks.a', 'net'].map((name) =>
    edit(`tuning: the sysctl ${name}`, {
      old: BASE_VETH,
      new: vethChain({ type: 'tuning', sysctl: { [name]: '1' } }),
      deny: ['tuning-sysctl'],
    }),
  ),
  edit('tuning: a sysctl with slashes', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', sysctl: { 'net/ipv4/conf/IFNAME/arp_filter': '1' } }),
    warn: ['restart-needed'],
  }),
  edit('tuning: an MTU that the kernel refuses', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', mtu: 67 }),
    deny: ['tuning-mtu'],
  }),
  edit('tuning: the smallest MTU, and none', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', mtu: 68 }, { type: 'tuning', mtu: 0 }),
    warn: ['restart-needed'],
  }),
  edit('tuning: IPv6 off on a dual-stack cluster', {
    old: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
    new: withEniConf(
      vethChain({ type: 'tuning', sysctl: { 'net.ipv6.conf.all.disable_ipv6': '1' } }),
      { ip_stack: 'dual' },
    ),
    warn: ['restart-needed', 'tuning-ipv6'],
  }),
];
