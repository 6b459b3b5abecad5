import { BASE_VETH, PORTMAP, VETH_CONF, withConflist } from '../../../../support/config-maps.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** The keys that hold plain text, and switches that do not belong in the chain. */
export const PLAIN_TEXT_KEYS_EDITS: readonly WorkedEdit[] = [
  edit('B42 the policy switch with a capital letter', {
    old: BASE_VETH,
    new: { ...BASE_VETH, disable_network_policy: 'False' },
    warn: ['network-policy-text'],
  }),
  edit('B45 switches at the top level', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      JSON.stringify({
        name: 'terway',
        cniVersion: '1.1.0',
        disableCheck: true,
        loadOnlyInlinedPlugins: true,
        plugins: [VETH_CONF, PORTMAP],
      }),
    ),
    warn: ['chain-top-level', 'restart-needed'],
  }),
  ...['', '0', 'false', 'true'].map((text) =>
    edit(`disable_network_policy ${JSON.stringify(text)}`, {
      old: BASE_VETH,
      new: { ...BASE_VETH, disable_network_policy: text },
    }),
  ),
  ...['no', 'false\n', ' false', 'TRUE'].map((text) =>
    edit(`disable_network_policy ${JSON.stringify(text)}`, {
      old: BASE_VETH,
      new: { ...BASE_VETH, disable_network_policy: text },
      warn: ['network-policy-text'],
    }),
  ),
  edit('in_cluster_loadbalance with a line break', {
    old: BASE_VETH,
    new: { ...BASE_VETH, in_cluster_loadbalance: 'true\n' },
    warn: ['load-balance-text'],
  }),
  edit('in_cluster_loadbalance "false"', {
    old: BASE_VETH,
    new: { ...BASE_VETH, in_cluster_loadbalance: 'false' },
  }),
  edit('chain: a name and a version of its own, as the CNI specification has them', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      JSON.stringify({ cniVersion: '0.4.0', name: 'terway', plugins: [VETH_CONF] }),
    ),
    warn: ['restart-needed'],
  }),
  edit('in_cluster_loadbalance: neither true nor false', {
    old: BASE_VETH,
    new: { ...BASE_VETH, in_cluster_loadbalance: 'on' },
    warn: ['load-balance-text'],
  }),
];
