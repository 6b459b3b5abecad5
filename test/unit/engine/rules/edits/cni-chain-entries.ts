import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { known } from '../../../../support/facts.ts';
import { NEWEST, PORTMAP_LINES, SIXTEEN, added, withChain } from './cni-chain-write.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** The list of cni_chain and its entries, to which the rules about plugins apply as in a conflist. */

const CONFLIST = conflist([VETH_CONF, PORTMAP]);

export const CNI_CHAIN_ENTRIES_EDITS: readonly WorkedEdit[] = [
  // The shape of the list.
  ...Object.entries({
    'an empty text': '',
    'a comment alone': '# nothing yet\n',
    null: '~\n',
    'a text': 'portmap\n',
    'a number': '16\n',
    'an object of plugins': 'portmap:\n  snat: true\n',
    'a single plugin': 'type: portmap\nsnat: true\n# why\ncapabilities:\n  portMappings: true\n',
    'a single plugin in braces': '{"type": "portmap", "capabilities": {"portMappings": true}}',
    'the key itself': 'cni_chain:\n- type: portmap\n',
    'seventeen plugins': `${SIXTEEN}- type: own\n`,
  }).map(([name, text]) =>
    added(`no list: ${name}`, text, {
      deny: ['cni-chain-shape'],
      ...(name === 'seventeen plugins' ? { warn: ['plugin-unknown'] } : {}),
    }),
  ),
  added('a whole conflist', CONFLIST, { deny: ['cni-chain-shape'] }),
  added('a whole conflist in YAML', `plugins:\n- type: terway\n${PORTMAP_LINES}`, {
    deny: ['cni-chain-shape'],
  }),
  edit('cni_chain: a whole conflist beside one', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(CONFLIST, withConflist(BASE_VETH, CONFLIST)),
    facts: NEWEST,
    deny: ['cni-chain-shape'],
    warn: ['conflist-shadowed'],
  }),

  // Entries.
  ...Object.entries({
    'a name alone': '- portmap\n',
    'no space behind the colon': '- type:portmap\n',
    'a list in the list': '- - type: portmap\n',
    'no type': '- snat: true\n',
    'type in capitals': '- Type: portmap\n',
    'a number for the type': '- type: 1\n',
    'true for the type': '- type: yes\n',
    'an empty type': '- type: ""\n',
    'no value for the type': '- type:\n',
    'null for an entry': '-\n',
  }).map(([name, text]) => added(`entry: ${name}`, text, { deny: ['entry-type'] })),
  added('terway as an entry', `- type: terway\n${PORTMAP_LINES}`, { deny: ['cni-chain-terway'] }),
  added('the text of 10-terway.conf as an entry', JSON.stringify([VETH_CONF, PORTMAP]), {
    deny: ['cni-chain-terway'],
  }),
  added(
    'terway with symmetric_routing',
    `- type: terway\n  symmetric_routing: yes\n${PORTMAP_LINES}`,
    {
      deny: ['cni-chain-terway'],
      says: [
        'Terway puts 10-terway.conf before this list, so terway must not stand in it: every Terway pod fails to start',
      ],
    },
  ),
  added('symmetric_routing in another entry', `${PORTMAP_LINES}  symmetric_routing: true\n`, {
    deny: ['cni-chain-member'],
    says: [
      '"symmetric_routing" is of terway, which does not stand in cni_chain, so it has no effect here',
    ],
  }),
  added('a name in an entry', `- name: ports\n${PORTMAP_LINES.replace('-', ' ')}`, {
    deny: ['cni-chain-member'],
  }),
  added('cniVersion in an entry', `${PORTMAP_LINES}  cniVersion: 0.4.0\n`, {
    deny: ['cni-chain-member'],
  }),
  added('plugins in an entry', `${PORTMAP_LINES}  plugins: []\n`, { deny: ['cni-chain-member'] }),
  added('a name where no plugin is known', '- type: own\n  name: x\n', {
    deny: ['cni-chain-member'],
    warn: ['plugin-unknown'],
  }),

  // What the catalogue knows of plugins counts here as well.
  added('a slip of a type', PORTMAP_LINES.replace('portmap', 'portmapp'), {
    deny: ['plugin-typo'],
  }),
  added('a slip of terway', '- type: terwayy\n', { deny: ['plugin-typo'] }),
  added('a type with a comma', '- type: portmap,\n  snat: true\n', { deny: ['entry-type-name'] }),
  added('a text for a boolean', `${PORTMAP_LINES}  snat: "yes"\n`, { deny: ['field-type'] }),
  added('a text in quotes for a boolean', `${PORTMAP_LINES}  snat: 'true'\n`, {
    deny: ['field-type'],
  }),
  added('a number for a text', '- type: tuning\n  sysctl:\n    net.core.somaxconn: 1024\n', {
    deny: ['field-type'],
  }),
  added(
    'a word for true as the value of a sysctl',
    '- type: tuning\n  sysctl:\n    net.ipv4.ip_forward: yes\n',
    {
      deny: ['field-type'],
    },
  ),
  added('no value', `${PORTMAP_LINES}  conditionsV4:\n`, { warn: ['restart-needed'] }),
  added('a list where an object belongs', '- type: portmap\n  capabilities:\n  - portMappings\n', {
    deny: ['field-type'],
  }),
  added('a value out of range', '- type: tuning\n  mtu: 12\n', { deny: ['tuning-mtu'] }),
  added('a value that is none of those accepted', `${PORTMAP_LINES}  backend: nftable\n`, {
    deny: ['field-value'],
  }),
  added('a member that no release knows', `${PORTMAP_LINES}  snatt: true\n`, {
    warn: ['field-unknown', 'restart-needed'],
  }),
  added('a member of terway', `${PORTMAP_LINES}  eniip_virtual_type: veth\n`, {
    warn: ['field-unknown', 'restart-needed'],
  }),
  added('a member twice', `${PORTMAP_LINES}  snat: true\n  snat: false\n`, {
    deny: ['json-duplicate'],
  }),
  added('a name twice, with quotes and without', '- type: tuning\n  mtu: 1500\n  "mtu": 1400\n', {
    deny: ['json-duplicate'],
  }),
  added('a capability with a slip', '- type: portmap\n  capabilities:\n    portmappings: true\n', {
    deny: ['capability-typo'],
  }),
  added('portmap without its capability', '- type: portmap\n  snat: true\n', {
    warn: ['portmap-capability', 'restart-needed'],
  }),
  added(
    'two ways of marking',
    `${PORTMAP_LINES}  markMasqBit: 5\n  externalSetMarkChain: KUBE-MARK-MASQ\n`,
    {
      deny: ['portmap-marks'],
    },
  ),
  added(
    'a mark chain that kube-proxy does not make',
    `${PORTMAP_LINES}  externalSetMarkChain: KUBE-MARK-MASQ\n`,
    {
      facts: cluster('1.18.0', '1.9.1', { kubeProxyMode: known('nftables') }),
      deny: ['portmap-mark-chain'],
    },
  ),
  added('a sysctl of the node', '- type: tuning\n  sysctl:\n    net.core.rmem_max: "1"\n', {
    deny: ['tuning-sysctl-host'],
  }),
  added(
    'a sysctl of the node beside another',
    '- type: tuning\n  sysctl:\n    # for bursts\n    net.core.rmem_max: "1" # all\n    net.core.somaxconn: "1"\n',
    {
      deny: ['tuning-sysctl-host'],
    },
  ),
  added('a sysctl below another name', '- type: tuning\n  sysctl:\n    kernel.msgmax: "1"\n', {
    deny: ['tuning-sysctl'],
  }),
  added(
    'a value that a sysctl does not take',
    '- type: tuning\n  sysctl: {net.core.somaxconn: "on"}\n',
    {
      deny: ['tuning-sysctl-value'],
    },
  ),
  added('sbr', '- type: sbr\n', { deny: ['sbr-after-terway'] }),
  added('bandwidth with rates', '- type: bandwidth\n  ingressRate: 1000\n  ingressBurst: 1000\n', {
    deny: ['bandwidth-after-terway'],
  }),
  added('a rate without its burst', '- type: bandwidth\n  ingressRate: 1000\n', {
    deny: ['bandwidth-after-terway'],
  }),
  added('a second network', `${PORTMAP_LINES}- type: macvlan\n  master: eth0\n`, {
    deny: ['second-network'],
  }),
  added('a plugin twice', `${PORTMAP_LINES}${PORTMAP_LINES}`, {
    warn: ['plugin-repeated', 'restart-needed'],
  }),
  added('what the runtime fills in', `${PORTMAP_LINES}  runtimeConfig: {}\n`, {
    deny: ['field-reserved'],
  }),
  added('.inf for a number', '- type: own\n  size: .inf\n', {
    deny: ['json-number'],
    warn: ['plugin-unknown'],
  }),
  added('cilium-cni on veth', '- type: cilium-cni\n', { deny: ['cilium-without-datapath'] }),
  added(
    'terway with members of its own',
    '- type: terway\n  a: 1\n  b: 2\n  c: 3\n  d: 4\n- type: own\n',
    { deny: ['cni-chain-terway'], warn: ['plugin-unknown'] },
  ),
  added('a member of another plugin', `${PORTMAP_LINES}  sysctl: {}\n`, {
    warn: ['field-unknown', 'restart-needed'],
  }),
];
