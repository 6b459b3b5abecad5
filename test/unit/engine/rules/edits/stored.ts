import {
  BASE_EBPF_POLICY,
  BASE_VETH,
  type Data,
  EBPF_POLICY_CONF,
  PORTMAP,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { publicChain, v2Chain, vethChain, withEniConf, without } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

const broken: Data = {
  '10-terway.conf': '{"type": "flannel"}',
  '10-terway.conflist': '{"plugins": []}',
  note: 'before',
};

const NFTABLES_MASQALL = { ...PORTMAP, backend: 'nftables', masqAll: true };
const TUNING = { type: 'tuning', sysctl: { 'net.ipv4.tcp_keepalive_time': '600' } };

/** An object that is broken already, edited elsewhere. */
export const STORED_EDITS: readonly WorkedEdit[] = [
  edit('G13 a larger pool beside a stored chain', {
    old: v2Chain({ ...PORTMAP, masqAll: true }),
    new: withEniConf(v2Chain({ ...PORTMAP, masqAll: true }), {
      max_pool_size: 20,
      min_pool_size: 5,
    }),
  }),
  edit('stored problems: a write elsewhere is allowed and names them', {
    old: broken,
    new: { ...broken, note: 'after' },
    warn: ['chain-shape', 'conf-not-entry', 'eni-conf-missing'],
  }),
  edit('stored problems: a write that changes nothing is allowed', {
    old: broken,
    new: broken,
    warn: ['chain-shape', 'conf-not-entry', 'eni-conf-missing'],
  }),
  edit('stored problems: only the text that changes is judged', {
    old: broken,
    new: { ...broken, '10-terway.conflist': '{"plugins": {}}' },
    deny: ['chain-shape'],
    warn: ['conf-not-entry', 'eni-conf-missing'],
  }),
  edit('stored problems: a chain that fits no longer, eni_conf edited', {
    old: withConflist(BASE_VETH, conflist([EBPF_POLICY_CONF, PORTMAP])),
    new: withEniConf(withConflist(BASE_VETH, conflist([EBPF_POLICY_CONF, PORTMAP])), {
      max_pool_size: 20,
    }),
    warn: ['first-entry-differs'],
  }),
  edit('stored problems: a chain in binaryData, edited elsewhere', {
    old: BASE_VETH,
    oldBinary: ['10-terway.conflist'],
    new: { ...BASE_VETH, note: 'after' },
    newBinary: ['10-terway.conflist'],
    warn: ['binary-data', 'key-unknown'],
  }),
  edit('nothing changes on a good object', { old: vethChain(PORTMAP), new: vethChain(PORTMAP) }),
  edit('stored problems: a left-over without effect beside a new vSwitch', {
    old: withEniConf(BASE_VETH, { wait_trunk_eni: true }),
    new: withEniConf(BASE_VETH, { wait_trunk_eni: true, max_pool_size: 20 }),
    warn: ['field-version'],
  }),
  edit('stored problems: a left-over without effect, set anew', {
    old: withEniConf(BASE_VETH, { wait_trunk_eni: false }),
    new: withEniConf(BASE_VETH, { wait_trunk_eni: true, max_pool_size: 20 }),
    deny: ['field-version'],
  }),
  edit('stored problems: a left-over without effect, new on a CREATE', {
    new: withEniConf(BASE_VETH, { wait_trunk_eni: true }),
    deny: ['field-version'],
  }),
  edit('stored problems: a left-over without effect in an entry that moves', {
    old: vethChain(NFTABLES_MASQALL),
    new: vethChain(TUNING, NFTABLES_MASQALL),
    warn: ['portmap-masqall-nftables', 'portmap-nftables', 'restart-needed'],
  }),
  edit('stored problems: a left-over without effect, in another entry as well', {
    old: vethChain(NFTABLES_MASQALL),
    new: vethChain(NFTABLES_MASQALL, { ...NFTABLES_MASQALL, snat: true }),
    deny: ['portmap-masqall-nftables'],
    warn: ['plugin-repeated', 'portmap-masqall-nftables', 'portmap-nftables'],
  }),
  edit('stored problems: what harms is refused when its document changes', {
    old: vethChain({ ...PORTMAP, backend: 'iptable' }),
    new: vethChain({ ...PORTMAP, backend: 'iptable' }, TUNING),
    deny: ['field-value'],
  }),
  edit('two steps: a switch makes what is stored need masqAll', {
    old: {
      ...publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
      disable_network_policy: 'true',
    },
    new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
    deny: ['public-access-masqall'],
  }),
  edit('two steps: the switch removed', {
    old: {
      ...publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
      disable_network_policy: 'true',
    },
    new: without(
      publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
      'disable_network_policy',
    ),
    deny: ['public-access-masqall'],
  }),
  edit('two steps: the switch moved to binaryData', {
    old: BASE_VETH,
    new: without(BASE_VETH, 'disable_network_policy'),
    newBinary: ['disable_network_policy'],
    deny: ['binary-data'],
  }),
  edit('many warnings hide no refusal', {
    old: BASE_VETH,
    new: vethChain(
      ...Array.from({ length: 150 }, () => ({ type: 'tuning', sysctl: {}, unknownMember: 1 })),
      { type: 'tuning', mtu: '1400' },
    ),
    deny: ['field-type'],
    warn: ['field-unknown', 'plugin-repeated'],
  }),
  edit('many stored problems hide no refusal in another key', {
    old: vethChain(...Array.from({ length: 150 }, () => ({ type: 'tuning', mtu: '1400' }))),
    new: withEniConf(
      vethChain(...Array.from({ length: 150 }, () => ({ type: 'tuning', mtu: '1400' }))),
      { max_pool_size: 'eight' },
    ),
    deny: ['field-type'],
    warn: ['field-type', 'plugin-repeated'],
  }),
];
