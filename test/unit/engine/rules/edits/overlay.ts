import { BASE_VETH } from '../../../../support/config-maps.ts';
import { withEniConf, without } from './chains.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** ConfigMaps that the label terway-config of a node names, merged over eni-config. */

const eniConf = (members: object) => ({ eni_conf: JSON.stringify(members) });
const over = { base: BASE_VETH };
const GOOD = eniConf({ max_pool_size: 10, vswitches: { 'cn-shanghai-l': ['vsw-new'] } });

export const OVERLAY_EDITS: readonly WorkedEdit[] = [
  edit('overlay: new settings for some nodes', { new: GOOD, overlay: over, says: [] }),
  edit('overlay: a zone taken away', {
    new: eniConf({ vswitches: { 'cn-shanghai-l': null } }),
    overlay: over,
  }),
  edit('overlay: a copy of what eni-config has', {
    new: eniConf({ max_pool_size: 8 }),
    overlay: over,
    warn: ['overlay-idle'],
    says: ['eni-config has all of this already, so it changes nothing'],
  }),
  edit('overlay: another one', {
    old: GOOD,
    new: eniConf({ max_pool_size: 12 }),
    overlay: over,
  }),
  ...['null', '"x"', '1', 'true', '[]', '[1]'].map((text) =>
    edit(`overlay: ${text} is no patch`, {
      new: { eni_conf: text },
      overlay: over,
      deny: ['overlay-no-patch'],
    }),
  ),
  ...['{', ' ', '\ufeff{}', '{} x', '{"max_pool_size": 1,}'].map((text) =>
    edit(`overlay: ${JSON.stringify(text)} is no JSON`, {
      new: { eni_conf: text },
      overlay: over,
      deny: ['json-syntax'],
    }),
  ),
  edit('overlay: an empty text is no patch, and changes nothing', {
    new: { eni_conf: '' },
    overlay: over,
    warn: ['overlay-idle'],
  }),
  edit('overlay: a value that does not decode', {
    new: eniConf({ max_pool_size: '10' }),
    overlay: over,
    deny: ['field-type'],
  }),
  edit('overlay: a whole number with a point, beside a good one of eni-config', {
    new: { eni_conf: '{"min_pool_size": 1.0}' },
    overlay: over,
    deny: ['field-type'],
  }),
  edit('overlay: a member that Terway does not know', {
    new: eniConf({ max_pool_sice: 10 }),
    overlay: over,
    warn: ['field-unknown'],
  }),
  edit('overlay: too small for what eni-config has', {
    new: eniConf({ max_pool_size: 1 }),
    overlay: over,
    warn: ['eni-conf-idle'],
    says: [
      'min_pool_size is cut to max_pool_size, which is smaller; the member stands in eni-config',
    ],
  }),
  edit('overlay: what is wrong with eni-config is not told of it', {
    new: GOOD,
    overlay: { base: withEniConf(BASE_VETH, { min_pool_size: 99, odd: 1 }) },
    says: [],
  }),
  edit('overlay: a half whose other half stands in eni-config', {
    new: eniConf({ ipv4_prefix_count: 2 }),
    overlay: { base: withEniConf(BASE_VETH, { ipam_type: 'crd', enable_ip_prefix: true }) },
    facts: cluster('1.17.5', '1.7.1'),
  }),
  edit('overlay: a half without the other one', {
    new: eniConf({ ipv4_prefix_count: 2 }),
    overlay: over,
    facts: cluster('1.17.5', '1.7.1'),
    warn: ['eni-conf-halves'],
  }),
  edit('overlay: newer than the installed Terway', {
    new: eniConf({ enable_ip_prefix: true }),
    overlay: { base: withEniConf(BASE_VETH, { ipam_type: 'crd', ipv4_prefix_count: 1 }) },
    deny: ['field-version'],
    warn: ['overlay-idle'],
  }),
  edit('overlay: a member that Terway takes from eni-config alone', {
    new: eniConf({ enable_patch_pod_ips: false }),
    overlay: over,
    warn: ['overlay-idle'],
    says: [
      "enable_patch_pod_ips has no effect here: the daemon takes it from eni-config's eni_conf",
    ],
  }),
  edit('overlay: a member that Terway takes from both', {
    new: eniConf({ enable_erdma: true }),
    overlay: over,
    warn: ['overlay-idle'],
    says: [
      "enable_erdma acts by half here: the init container and the daemon take it from eni-config's eni_conf",
    ],
  }),
  edit('overlay: another IP stack', {
    new: eniConf({ ip_stack: 'dual' }),
    overlay: over,
    warn: ['overlay-idle', 'eni-conf-protected'],
  }),
  edit('overlay: a null for what is not there', {
    new: eniConf({ rate_limit: null, max_pool_size: 9 }),
    overlay: over,
    warn: ['overlay-idle'],
  }),
  edit('overlay: keys that Terway reads in eni-config only', {
    new: { ...GOOD, '10-terway.conf': '{', disable_network_policy: 'true' },
    overlay: over,
    warn: ['overlay-idle'],
  }),
  edit('overlay: eni-config is not known', {
    new: eniConf({ min_pool_size: '2', kube_client_qps: 5 }),
    overlay: {},
    deny: ['field-type'],
    warn: ['overlay-base-unknown', 'overlay-idle'],
  }),
  edit('overlay: eni-config itself is broken', {
    new: GOOD,
    overlay: { base: { ...BASE_VETH, eni_conf: '{' } },
    warn: ['overlay-base-unknown'],
  }),
  edit('overlay: a label beside an old mistake', {
    old: eniConf({ max_pool_size: '10' }),
    new: eniConf({ max_pool_size: '10' }),
    overlay: over,
    warn: ['field-type'],
  }),
  edit('overlay: cni_chain with terway in it', {
    new: { cni_chain: '- type: terway\n' },
    overlay: over,
    deny: ['cni-chain-terway'],
    warn: ['cni-chain-version'],
  }),
  edit('overlay: cni_chain with a wrong type', {
    new: { ...GOOD, cni_chain: '- type: portmap\n  snat: "true"\n' },
    overlay: over,
    deny: ['field-type'],
    warn: ['cni-chain-version', 'portmap-capability'],
  }),
  edit('overlay: deleted while nodes name it', {
    old: GOOD,
    overlay: { ...over, nodes: 3 },
    deny: ['overlay-lost'],
    says: ['3 nodes carry the label terway-config: pool-a, so Terway needs this ConfigMap there'],
  }),
  edit('overlay: deleted, and no node names it', { old: GOOD, overlay: { ...over, nodes: 0 } }),
  edit('overlay: deleted, and the nodes could not be asked for', {
    old: GOOD,
    overlay: over,
    warn: ['overlay-lost'],
  }),
  edit('overlay: its key taken away while a node names it', {
    old: { ...GOOD, note: 'x' },
    new: { note: 'x' },
    overlay: { ...over, nodes: 1 },
    deny: ['overlay-lost'],
  }),
  edit('overlay: its cni_chain taken away, which no release reads', {
    old: { ...GOOD, cni_chain: '[]' },
    new: without({ ...GOOD, cni_chain: '[]' }, 'cni_chain'),
    overlay: { ...over, nodes: 1 },
    warn: ['overlay-lost'],
  }),
  edit('overlay: deleted while more nodes name it than were counted', {
    old: GOOD,
    overlay: { ...over, nodes: 500, isOpen: true },
    deny: ['overlay-lost'],
    says: [
      '500 nodes or more carry the label terway-config: pool-a, so Terway needs this ConfigMap there',
    ],
  }),
  edit('overlay: a key that counts in eni-config only, as it was', {
    old: { ...GOOD, disable_network_policy: 'true' },
    new: { ...eniConf({ max_pool_size: 12 }), disable_network_policy: 'true' },
    overlay: over,
  }),
  edit('overlay: a member taken away of a base that is not known', {
    new: eniConf({ max_pool_size: null }),
    overlay: {},
    warn: ['overlay-base-unknown'],
  }),
];
