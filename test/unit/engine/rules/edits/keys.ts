import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import type { RuleId } from '../../../../../src/engine/rules/index.ts';
import { vethChain, withEniConf, without } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

const CHAIN = conflist([VETH_CONF, PORTMAP]);

const brought = (key: string, text: string, rows: { deny?: RuleId; warn?: RuleId }): WorkedEdit =>
  edit(`key ${key}`, {
    old: BASE_VETH,
    new: { ...BASE_VETH, [key]: text },
    deny: rows.deny ? [rows.deny] : [],
    warn: rows.warn ? [rows.warn] : [],
  });

const renamed = (from: string, to: string, deny: RuleId): WorkedEdit =>
  edit(`key ${from} renamed to ${to}`, {
    old: BASE_VETH,
    new: { ...without(BASE_VETH, from), [to]: BASE_VETH[from] ?? '' },
    deny: [deny],
  });

/** Keys of the object that no program reads. */
export const KEYS_EDITS: readonly WorkedEdit[] = [
  ...[
    '10-terway.confilst',
    '10-terway.conflists',
    '10-terway.Conflist',
    '10-terway.cnilist',
    '10-terway-conflist',
    '10_terway.conflist',
    '10-terway.conf.list',
    '10-terway.conf-list',
    '10-Terway.ConfList',
    '1O-terway.conflist',
    '10-terway.conflst',
    '10-treway.conflist',
    '_10-terway.conflist',
    '10-terwayconflist',
  ].map((key) => brought(key, CHAIN, { deny: 'key-typo' })),
  ...['cni-chain', 'cniChain', 'cni.chain', 'cni_chains', 'CNI_CHAIN'].map((key) =>
    brought(key, '[]', { deny: 'key-typo' }),
  ),
  brought('static_rules.json', '{}', { deny: 'key-typo' }),
  brought('felix-relay-service', 'calico-typha', { deny: 'key-typo' }),
  brought('felix_relay_service', 'calico-typha', {}),
  brought('static-rules.json', '{}', {}),
  ...[
    'in_cluster_loadbalence',
    'in-cluster-loadbalance',
    'in_cluster_load_balance',
    'in_cluster_loadbalancer',
  ].map((key) => renamed('in_cluster_loadbalance', key, 'key-typo')),
  ...['disable_networkpolicy', 'disableNetworkPolicy', 'disable_network_polcy'].map((key) =>
    renamed('disable_network_policy', key, 'key-typo'),
  ),
  ...['eni-conf', 'eniconf', 'eni_config', 'ENI_CONF'].map((key) =>
    renamed('eni_conf', key, 'eni-conf-missing'),
  ),
  renamed('10-terway.conf', '10-terway.cnf', 'conf-missing'),
  edit('key 10-terway.conflist renamed in the editor', {
    old: vethChain(PORTMAP),
    new: { ...BASE_VETH, '10-terway.conflits': CHAIN },
    deny: ['key-typo'],
  }),
  edit('key 10-terway.conflist put aside', {
    old: vethChain(PORTMAP),
    new: { ...BASE_VETH, '10-terway.conflist.bak': CHAIN },
    warn: ['key-unknown', 'portmap-removed', 'restart-needed'],
  }),
  edit('a slip of a key that stands beside it', {
    old: vethChain(PORTMAP),
    new: { ...vethChain(PORTMAP), '10-terway.conflits': CHAIN },
    warn: ['key-unknown'],
  }),
  edit('two slips of one key', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conflits': CHAIN, '10-terway.confilst': CHAIN },
    deny: ['key-typo'],
  }),
  edit('a slip that is stored already, its text changed', {
    old: { ...BASE_VETH, '10-terway.conflits': CHAIN },
    new: { ...BASE_VETH, '10-terway.conflits': '{}' },
  }),
  edit('CREATE with a slip of a key', {
    new: { ...BASE_VETH, '10-terway.conflits': CHAIN },
    deny: ['key-typo'],
  }),
  edit('a key of the object as a member of eni_conf', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { disable_network_policy: 'true' }),
    warn: ['field-unknown'],
    says: [
      '"disable_network_policy" has no effect in here; it is a key of the ConfigMap\'s data, beside eni_conf',
    ],
  }),
  edit('a key of the object as a member of a plugin', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, in_cluster_loadbalance: true }),
    warn: ['field-unknown', 'restart-needed'],
  }),
  edit('a key of the object as a member of the chain', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      JSON.stringify({ plugins: [VETH_CONF], disable_network_policy: 'true' }),
    ),
    warn: ['chain-top-level', 'restart-needed'],
  }),
  edit('the name of its key around the chain', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, `{"10-terway.conflist": ${CHAIN}}`),
    deny: ['chain-shape'],
  }),
  ...[
    'conflist',
    '10-terway.conflist.json',
    '10-terway.conflist.bak',
    '10-terway.conflist-old',
    '10-terway.conflist.20261125',
    '10-terway.conflist_2',
    '10-terway.conf.orig',
    'eni_conf.old',
    'eni_conf-2026-11-25',
    'old-10-terway.conflist',
    'note',
    'README.md',
    'a'.repeat(253),
    'cilium_args',
    'symmetric-routing',
    'max_pool_size',
    'vswitches',
    'masqAll',
    'portmap',
    'plugins',
    '10-calico.conflist',
  ].map((key) => brought(key, 'x', { warn: 'key-unknown' })),
  edit('key eni_conf under another name in binaryData', {
    old: BASE_VETH,
    new: without(BASE_VETH, 'eni_conf'),
    newBinary: ['eni-conf'],
    deny: ['eni-conf-missing'],
  }),
];
