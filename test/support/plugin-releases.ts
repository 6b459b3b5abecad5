/** Releases of github.com/containernetworking/plugins that the guard is measured against. */
export const PLUGIN_RELEASES = ['1.5.1', '1.6.2', '1.7.1', '1.9.1', '1.10.0'] as const;
export type PluginRelease = (typeof PLUGIN_RELEASES)[number];

/** What the nodes of the lab have. */
export const LAB_RELEASE: PluginRelease = '1.9.1';

/** Plugins that users chain after terway, by the name of their binary. */
export const PLUGIN_TYPES = ['portmap', 'tuning', 'bandwidth', 'firewall', 'sbr', 'vrf'] as const;
export type PluginType = (typeof PLUGIN_TYPES)[number];

/** Plugins of the same releases that make a pod's interface or hand out its addresses, by folder. */
export const NETWORK_MAKERS = {
  main: ['bridge', 'dummy', 'host-device', 'ipvlan', 'loopback', 'macvlan', 'ptp', 'tap', 'vlan'],
  ipam: ['dhcp', 'host-local', 'static'],
} as const;

/** The Terway release whose own `terway-cli cni` merges the chain before a plugin sees it. */
export const TERWAY_RELEASE = '1.17.5';
