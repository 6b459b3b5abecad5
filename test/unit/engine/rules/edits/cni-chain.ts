import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  type Data,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { NO_FACTS } from '../../../../../src/engine/core/facts.ts';
import { known } from '../../../../support/facts.ts';
import { ACK, cluster, estimated, group, live, rollingOut } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** The key cni_chain: YAML, read in place of the conflist by Terway newer than 1.17.5. */

const NEWEST = cluster('1.18.0', '1.9.1', { kubeProxyMode: known('ipvs') });

const PORTMAP_LINES = `- type: portmap
  capabilities:
    portMappings: true
`;

const withChain = (text: string, data: Data = BASE_VETH): Data => ({ ...data, cni_chain: text });
const CONFLIST = conflist([VETH_CONF, PORTMAP]);

type Row = Parameters<typeof edit>[1];

/** A write that adds the key on a cluster whose Terway reads it. */
const added = (name: string, text: string, row: Row = {}) =>
  edit(`cni_chain: ${name}`, { old: BASE_VETH, new: withChain(text), facts: NEWEST, ...row });

const good = (name: string, text: string) => added(name, text, { warn: ['restart-needed'] });

const broken = (name: string, text: string, ...says: readonly string[]) =>
  added(name, text, { deny: ['json-syntax'], ...(says.length > 0 ? { says } : {}) });

const FINE: Readonly<Record<string, string>> = {
  'as the documentation has it': `${PORTMAP_LINES}  externalSetMarkChain: KUBE-MARK-MASQ\n`,
  'an empty list': '[]',
  'an empty list with a comment': '# off\n[]  # nothing\n',
  'JSON is YAML as well': JSON.stringify([PORTMAP]),
  'JSON over lines, with tabs': JSON.stringify([PORTMAP], null, '\t'),
  'in brackets without quotes': '[{type: portmap, capabilities: {portMappings: yes}}]',
  'a trailing comma in brackets': '[{type: portmap, capabilities: {portMappings: true},},]',
  'words of YAML 1.1 for true':
    '- type: portmap\n  capabilities: {portMappings: On}\n  snat: YES\n',
  'a document mark and a comment': `# plugins\n---\n${PORTMAP_LINES}...\n`,
  'Windows line ends': PORTMAP_LINES.replaceAll('\n', '\r\n'),
  'a byte-order mark': `\ufeff${PORTMAP_LINES}`,
  'an octal number': '- type: tuning\n  mtu: 02734\n',
  'an indented list':
    '  - type: portmap\n    capabilities:\n      portMappings: true\n  - type: tuning\n    mtu: 1500\n',
};

const SIXTEEN = Array.from({ length: 16 }, (_, i) => `- type: own-${i}\n`).join('');

/** Texts that are no YAML, and what is said of them. */
const SLIPS: readonly (readonly [name: string, text: string, says: string])[] = [
  [
    'a tab as indentation',
    '- type: portmap\n\tsnat: true\n',
    'not valid YAML: a tab where YAML takes spaces: tabs are no indentation',
  ],
  [
    'a tab before the first element',
    '\t- type: portmap\n',
    'not valid YAML: a tab where YAML takes spaces: tabs are no indentation',
  ],
  [
    'no space behind the colon',
    '- type:portmap\n  snat: true\n',
    'not valid YAML: a colon without a space behind it does not end a name',
  ],
  [
    'no space behind a later colon',
    '- type: portmap\n  snat:true\n',
    'not valid YAML: a colon without a space behind it does not end a name',
  ],
  [
    'a member indented deeper',
    '- type: portmap\n    snat: true\n',
    'not valid YAML: this line begins deeper than the one before it, so it goes on with its text',
  ],
  [
    'a member indented less',
    '- type: portmap\n snat: true\n',
    'not valid YAML: the indentation of this line fits none of the lines before it',
  ],
  [
    'a member in the first column',
    '- type: portmap\nsnat: true\n',
    'not valid YAML: the indentation of this line fits none of the lines before it',
  ],
  [
    'an element in another column',
    '  - type: portmap\n- type: tuning\n',
    'not valid YAML: this line begins before the first one, so the list has ended and nothing more is read',
  ],
  ['an element deeper than the first', '- type: portmap\n   - type: tuning\n', 'not valid YAML: '],
  ['a brace that stays open', '- {type: portmap\n- type: tuning\n', 'not valid YAML: '],
  [
    'a bracket that stays open',
    '[{"type": "portmap"}',
    'not valid YAML: the [ that opens here is not closed',
  ],
  [
    'a bracket of the other kind',
    '[{"type": "portmap"]}',
    'not valid YAML: a ] that does not close the { of line 1',
  ],
  ['a bracket too many', '[{"type": "portmap"}]]', 'not valid YAML: a ] that closes nothing'],
  [
    'a missing comma',
    '[{"type": "portmap" "snat": true}]',
    'not valid YAML: a comma is missing behind this, between [ ] and { } it separates members',
  ],
  [
    'a missing comma without quotes',
    '[{type: portmap snat: true}]',
    'not valid YAML: a comma is missing here, between [ ] and { } it separates members',
  ],
  [
    'a quote that stays open',
    '- type: "portmap\n  snat: true\n',
    'not valid YAML: unterminated string: the quote that opens here is not closed',
  ],
  [
    'a second colon',
    '- type: portmap: x\n',
    'not valid YAML: a second ": " on one line: only a text in quotes may hold it',
  ],
  [
    'an equals sign',
    '- type: portmap\n  snat = true\n',
    'not valid YAML: an equals sign instead of a colon',
  ],
  [
    'an alias without an anchor',
    '- type: portmap\n  comment: *all\n',
    'not valid YAML: an alias of YAML (*name) whose anchor (&name) does not stand before it',
  ],
  [
    'an alias inside its anchor',
    '- &a [*a]\n',
    'not valid YAML: an alias of YAML that stands inside its own anchor, without an end',
  ],
  ['an at sign', '- type: @portmap\n', "not valid YAML: a text without quotes can't begin with @"],
  [
    'a code fence',
    '```yaml\n- type: portmap\n```\n',
    'not valid YAML: a code fence (```) of Markdown',
  ],
  [
    'a placeholder',
    '- type: {{ plugin }}\n',
    'not valid YAML: a placeholder of a template: { begins an object in YAML',
  ],
  ['a NUL', '- type: port\0map\n', 'not valid YAML: a control character, which YAML does not take'],
  [
    'UTF-16',
    Array.from('- type: a', (c) => `${c}\0`).join(''),
    'not valid YAML: a control character, which YAML does not take',
  ],
  [
    'YAML 1.2',
    '%YAML 1.2\n---\n- type: portmap\n',
    'not valid YAML: a line that begins with % is a directive of YAML; only %YAML 1.1 and %TAG before --- are read',
  ],
  [
    'an escape that is none',
    '- type: "port\\map"\n',
    'not valid YAML: invalid escape: a backslash in double quotes stands before \\ " n t or u and digits',
  ],
  [
    'null for a name',
    '- type: portmap\n  ~: 1\n',
    'not valid YAML: a name that is no text: null, a list or an object',
  ],
];

export const CNI_CHAIN_EDITS: readonly WorkedEdit[] = [
  ...Object.entries(FINE).map(([name, text]) => good(name, text)),
  added('sixteen plugins', SIXTEEN, {
    warn: ['plugin-unknown', 'restart-needed'],
  }),
  ...SLIPS.map(([name, text, says]) => broken(name, text, ...(says.endsWith(': ') ? [] : [says]))),

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

  // Aliases.
  good(
    'an anchor and an alias',
    '- type: tuning\n  sysctl: &s {net.core.somaxconn: "1"}\n- type: firewall\n',
  ),
  added(
    'what an alias stands for is judged',
    '- type: own\n  dns: &s {net.core.rmem_max: "1"}\n- type: tuning\n  sysctl: *s\n',
    {
      deny: ['tuning-sysctl-host'],
      warn: ['plugin-unknown'],
    },
  ),
  added('members merged in', '- &p\n  type: tuning\n  mtu: 1500\n- <<: *p\n  mtu: 12\n', {
    deny: ['tuning-mtu'],
    warn: ['plugin-repeated'],
  }),
  added(
    'aliases upon aliases',
    '- &a [x,x,x,x,x,x,x,x,x]\n' +
      'bcdefghi'.replace(
        /./g,
        (name, index: number) =>
          `- &${name} [${Array(9).fill(`*${'abcdefgh'[index]!}`).join(',')}]\n`,
      ),
    {
      deny: ['json-size'],
    },
  ),

  // Limits.
  added('more than 64 KiB', `# ${'x'.repeat(64 * 1024)}\n[]\n`, { deny: ['json-size'] }),
  added('64 KiB of brackets', '['.repeat(64 * 1024), { deny: ['json-depth'] }),
  added('64 KiB of dashes', '- '.repeat(32 * 1024), { deny: ['json-depth'] }),
  added('64 KiB of anchors', `[${'&a ,'.repeat(13_000)}]`, {
    deny: ['json-size'],
  }),
  added('n for a type', '- type: n\n', {
    deny: ['entry-type'],
    says: [
      '"type" must be text, not true or false: every Terway pod fails to start; n without quotes is false in YAML 1.1',
    ],
  }),
  added('a second document', `${PORTMAP_LINES}---\n- type: tuning\n`, {
    warn: ['cni-chain-rest', 'restart-needed'],
  }),

  // Beside a conflist, and in its place.
  edit('cni_chain: beside a conflist that is edited', {
    old: withChain(PORTMAP_LINES, withConflist(BASE_VETH, CONFLIST)),
    new: withChain(PORTMAP_LINES, withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP], 4))),
    facts: NEWEST,
    warn: ['conflist-shadowed'],
  }),
  edit('cni_chain: [] beside a conflist', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain('[]', withConflist(BASE_VETH, CONFLIST)),
    facts: NEWEST,
    warn: ['conflist-shadowed', 'portmap-removed', 'restart-needed'],
  }),
  edit('cni_chain: in the place of a conflist, newest Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: NEWEST,
    warn: ['restart-needed'],
  }),
  edit('cni_chain: in the place of a conflist, older Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: ACK,
    deny: ['cni-chain-version'],
  }),
  edit('cni_chain: in the place of a conflist, an estimated Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: { ...ACK, terway: estimated('1.15.2') },
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  edit('cni_chain: in the place of a conflist, nothing known', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: NO_FACTS,
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  added('ahead of the upgrade', PORTMAP_LINES, { facts: ACK, warn: ['cni-chain-version'] }),
  added('[] with an older Terway and no conflist', '[]', { facts: ACK }),
  edit('cni_chain: [] beside a conflist, older Terway', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain('[]', withConflist(BASE_VETH, CONFLIST)),
    facts: ACK,
    warn: ['cni-chain-version'],
  }),
  edit('cni_chain: a conflist is edited beside it, older Terway', {
    old: withChain(PORTMAP_LINES, withConflist(BASE_VETH, CONFLIST)),
    new: withChain(PORTMAP_LINES, withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP], 4))),
    facts: ACK,
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  edit('cni_chain: is taken away', {
    old: withChain(PORTMAP_LINES),
    new: BASE_VETH,
    facts: NEWEST,
    warn: ['portmap-removed', 'restart-needed'],
  }),
  edit('cni_chain: on nodes with whole ENIs', {
    old: BASE_VETH,
    new: withChain(PORTMAP_LINES),
    facts: { ...NEWEST, exclusiveEniNodes: known(group(2)) },
    warn: ['restart-needed'],
  }),
  edit('cni_chain: in binaryData', {
    old: BASE_VETH,
    new: BASE_VETH,
    newBinary: ['cni_chain'],
    facts: NEWEST,
    deny: ['binary-data'],
  }),
  edit('cni_chain: public access by 10-terway.conf on Datapath V2', {
    old: {
      ...BASE_DATAPATH_V2,
      '10-terway.conf': BASE_DATAPATH_V2['10-terway.conf']!.replace(
        '{',
        '{"symmetric_routing": true,',
      ),
    },
    new: withChain(PORTMAP_LINES, {
      ...BASE_DATAPATH_V2,
      '10-terway.conf': BASE_DATAPATH_V2['10-terway.conf']!.replace(
        '{',
        '{"symmetric_routing": true,',
      ),
    }),
    facts: NEWEST,
    deny: ['public-access-masqall'],
  }),
  edit('cni_chain: symmetric_routing is added to 10-terway.conf beside it', {
    old: withChain(PORTMAP_LINES),
    new: withChain(PORTMAP_LINES, {
      ...BASE_VETH,
      '10-terway.conf': JSON.stringify({ ...VETH_CONF, symmetric_routing: true }),
    }),
    facts: NEWEST,
    deny: ['conf-changed'],
  }),
  edit('cni_chain: a stored mistake is left alone', {
    old: withChain(`${PORTMAP_LINES}  snat: "yes"\n`),
    new: withChain(`${PORTMAP_LINES}  snat: "yes"\n`, {
      ...BASE_VETH,
      disable_network_policy: 'true',
    }),
    facts: NEWEST,
    warn: ['field-type'],
  }),
  edit('cni_chain: an idle mistake moves with its entry', {
    old: withChain(`${PORTMAP_LINES}  symmetric_routing: true\n`),
    new: withChain(`- type: tuning\n  mtu: 1500\n${PORTMAP_LINES}  symmetric_routing: true\n`),
    facts: NEWEST,
    warn: ['cni-chain-member', 'restart-needed'],
  }),
  edit('live: cni_chain while Terway is rolled out', {
    old: BASE_VETH,
    new: withChain(PORTMAP_LINES),
    facts: live({
      terway: rollingOut(120, [
        ['1.17.5', 3],
        ['1.18.0', 117],
      ]),
    }),
    warn: ['cni-chain-version', 'restart-needed'],
  }),
  edit('live: cni_chain in the place of a conflist while Terway is rolled out', {
    old: withConflist(BASE_VETH, CONFLIST),
    new: withChain(PORTMAP_LINES),
    facts: live({
      terway: rollingOut(120, [
        ['1.17.5', 3],
        ['1.18.0', 117],
      ]),
    }),
    deny: ['cni-chain-version'],
  }),
];
