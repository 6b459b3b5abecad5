import type { RuleId } from '../../../../src/engine/catalogue/rules.ts';
import type { Bypass } from '../../../../src/engine/core/break-glass.ts';
import type { Change, Operation } from '../../../../src/engine/core/eni-config.ts';
import {
  type Fact,
  type Facts,
  NO_FACTS,
  type NodeGroup,
  type VersionFact,
} from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY, type Policy } from '../../../../src/engine/core/policy.ts';
import { type Version, parseVersion } from '../../../../src/engine/core/version.ts';
import { ALICE, configMap } from '../../../support/changes.ts';
import {
  BASE_DATAPATH_V2,
  BASE_EBPF_POLICY,
  BASE_VENDOR,
  BASE_VETH,
  DATAPATH_V2_CONF,
  type Data,
  EBPF_POLICY_CONF,
  PORTMAP,
  VENDOR_CHAINS,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';

/**
 * Edits of eni-config with the verdict they must get: the worked edits of the facts page (section
 * 9, names G.. and B..), the table of verdicts in DESIGN.md (section 3), row by row, and edits of
 * clusters whose nodes differ (names `live: ..`).
 */

export interface WorkedEdit {
  readonly name: string;
  readonly change: Change;
  readonly facts: Facts;
  readonly policy: Policy;
  /** Ids of the rules that refuse the change; with none it is allowed. */
  readonly deny: readonly RuleId[];
  readonly warn: readonly RuleId[];
}

export const EDITS: WorkedEdit[] = [];

interface Row {
  /** The object before; undefined on CREATE. */
  readonly old?: Data | undefined;
  /** The object after; undefined on DELETE. */
  readonly new?: Data | undefined;
  readonly oldBinary?: readonly string[];
  readonly newBinary?: readonly string[];
  readonly user?: string;
  /** What came of break-glass annotations. */
  readonly bypass?: Bypass;
  readonly facts?: Facts;
  readonly policy?: Partial<Policy>;
  readonly deny?: readonly RuleId[];
  readonly warn?: readonly RuleId[];
}

function edit(name: string, row: Row): void {
  const operation: Operation = !row.old ? 'CREATE' : !row.new ? 'DELETE' : 'UPDATE';
  EDITS.push({
    name,
    change: {
      operation,
      old: row.old && configMap(row.old, row.oldBinary),
      new: row.new && configMap(row.new, row.newBinary),
      user: row.user === undefined ? ALICE : { name: row.user, groups: [] },
      ...(row.bypass ? { bypass: row.bypass } : {}),
    },
    facts: row.facts ?? ACK,
    policy: { ...DEFAULT_POLICY, ...row.policy },
    deny: row.deny ?? [],
    warn: row.warn ?? [],
  });
}

const known = <T>(value: T) => ({ value, origin: 'a test' });
const version = (text: string): Version => parseVersion(text)!;

/** What is known of a cluster; plugins of one release come together. */
function cluster(
  terway: string | undefined,
  plugins: string | undefined,
  more: Partial<Facts> = {},
): Facts {
  const types = ['portmap', 'tuning', 'bandwidth', 'firewall', 'sbr', 'vrf'];
  return {
    ...(terway === undefined ? {} : { terway: known(version(terway)) }),
    plugins: new Map(plugins === undefined ? [] : types.map((t) => [t, known(version(plugins))])),
    ...more,
  };
}

/** The cluster of the facts page, unless an edit says otherwise. */
const ACK = cluster('1.15.2', '1.7.1', { kubeProxyMode: known('ipvs') });

/** A base with a chain of its own conf and these plugins after it. */
const vethChain = (...plugins: unknown[]) =>
  withConflist(BASE_VETH, conflist([VETH_CONF, ...plugins]));
const v2Chain = (...plugins: unknown[]) =>
  withConflist(BASE_DATAPATH_V2, conflist([DATAPATH_V2_CONF, ...plugins]));

/** A base whose eni_conf has other members; undefined removes one. */
function withEniConf(data: Data, members: Readonly<Record<string, unknown>>): Data {
  const eniConf = { ...(JSON.parse(data.eni_conf ?? '') as object), ...members };
  return { ...data, eni_conf: JSON.stringify(eniConf, null, 2) };
}

/** A base with another conf and a chain that begins with it. */
const ownConf = (conf: object): Data => ({ ...BASE_VETH, '10-terway.conf': JSON.stringify(conf) });

function without(data: Data, key: string): Data {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== key));
}

// ---------------------------------------------------------------------------------------------
// Facts page, section 9.1: good edits
// ---------------------------------------------------------------------------------------------

edit('G01 first chain, private hostPort access, explicit mark chain', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "network_policy_provider": "iptables"},
        {"type": "portmap", "capabilities": {"portMappings": true}, "externalSetMarkChain": "KUBE-MARK-MASQ"}
      ]
    }`,
  ),
  warn: ['restart-needed'],
});
edit('G02 the same without the mark chain', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  warn: ['restart-needed'],
});
edit('G03 public access, not Datapath V2', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "network_policy_provider": "iptables", "symmetric_routing": true},
        {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": false}
      ]
    }`,
  ),
  warn: ['restart-needed'],
});
edit('G04 public access on Datapath V2', {
  old: BASE_DATAPATH_V2,
  new: withConflist(
    BASE_DATAPATH_V2,
    `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "eniip_virtual_type": "datapathv2", "host_stack_cidrs": ["169.254.20.10/32"], "cilium_args": "", "symmetric_routing": true},
        {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": true}
      ]
    }`,
  ),
  warn: ['restart-needed'],
});
edit('G08 cilium-cni listed between terway and portmap', {
  old: BASE_DATAPATH_V2,
  new: v2Chain({ type: 'cilium-cni' }, { ...PORTMAP, masqAll: true }),
  warn: ['restart-needed'],
});
edit('G10 a mark bit of its own', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, markMasqBit: 12, snat: true }),
  warn: ['restart-needed'],
});
edit('G11 no SNAT', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, snat: false, conditionsV4: ['!', '-d', '10.8.0.0/16'] }),
  warn: ['restart-needed'],
});
edit('G13 a larger pool beside a stored chain', {
  old: v2Chain({ ...PORTMAP, masqAll: true }),
  new: withEniConf(v2Chain({ ...PORTMAP, masqAll: true }), {
    max_pool_size: 20,
    min_pool_size: 5,
  }),
});
edit('G15 back to the default chain', {
  old: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
  new: BASE_VETH,
  warn: ['portmap-removed', 'restart-needed'],
});
edit('G16 the component upgrade, exempt, changes 10-terway.conf', {
  old: BASE_VETH,
  new: { ...BASE_VETH, '10-terway.conf': JSON.stringify(EBPF_POLICY_CONF) },
  user: 'system:ack',
  policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
  warn: ['conf-changed'],
});
edit('G16 the same beside a stored chain, which is stale from now on', {
  old: vethChain(PORTMAP),
  new: { ...vethChain(PORTMAP), '10-terway.conf': JSON.stringify(EBPF_POLICY_CONF) },
  user: 'system:ack',
  policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
  warn: ['conf-changed', 'first-entry-differs'],
});
for (const [name, chain] of Object.entries(VENDOR_CHAINS)) {
  edit(`the vendor's documented chain: ${name}`, {
    old: BASE_VENDOR,
    new: withConflist(BASE_VENDOR, chain),
    warn: ['restart-needed'],
  });
}

// ---------------------------------------------------------------------------------------------
// Facts page, section 9.2: bad edits
// ---------------------------------------------------------------------------------------------

edit('B01 trailing comma', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    `{
      "plugins": [
        {"type": "terway"},
      ]
    }`,
  ),
  deny: ['json-syntax'],
});
edit('B04 10-terway.conf edited', {
  old: BASE_DATAPATH_V2,
  new: {
    ...BASE_DATAPATH_V2,
    '10-terway.conf': `{"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "eniip_virtual_type": "datapathv2", "host_stack_cidrs": ["169.254.20.10/32", "10.200.0.0/16"], "cilium_args": ""}`,
  },
  deny: ['conf-changed'],
});
edit('B05 10-terway.conf removed, a chain kept', {
  old: BASE_VETH,
  new: withConflist(without(BASE_VETH, '10-terway.conf'), '{"plugins":[{"type":"terway"}]}'),
  deny: ['conf-missing'],
});
edit('B06 the first entry lost its datapath', {
  old: BASE_DATAPATH_V2,
  new: withConflist(
    BASE_DATAPATH_V2,
    `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "host_stack_cidrs": ["169.254.20.10/32"], "cilium_args": ""},
        {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": true}
      ]
    }`,
  ),
  deny: ['first-entry-differs'],
});
edit('B08 portmap before terway', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, conflist([PORTMAP, VETH_CONF])),
  deny: ['terway-not-first'],
});
edit('B11 a bare plugin entry instead of a list', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, JSON.stringify(VETH_CONF)),
  deny: ['chain-shape'],
});
edit('B12 an entry without type', {
  old: BASE_VETH,
  new: vethChain({ capabilities: { portMappings: true }, snat: true }),
  deny: ['entry-type'],
});
edit('B15 masqAll with portmap 1.6.2', {
  old: BASE_DATAPATH_V2,
  new: withConflist(
    BASE_DATAPATH_V2,
    conflist([
      { ...DATAPATH_V2_CONF, symmetric_routing: true },
      { ...PORTMAP, masqAll: true },
    ]),
  ),
  facts: cluster('1.15.2', '1.6.2'),
  deny: ['field-version'],
});
edit('B16 symmetric_routing with Terway 1.14.5', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, symmetric_routing: true }, PORTMAP])),
  facts: cluster('1.14.5', '1.7.1'),
  deny: ['field-version'],
});
edit('B17 a chain with Terway 1.5.5', {
  old: BASE_VENDOR,
  new: withConflist(BASE_VENDOR, VENDOR_CHAINS['private access'] ?? ''),
  facts: cluster('1.5.5', '1.7.1'),
  deny: ['chain-version'],
});
edit('B18 a text for a boolean', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, symmetric_routing: 'true' }, PORTMAP])),
  deny: ['field-type'],
});
edit('B22 two ways to mark packets', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ', markMasqBit: 13 }),
  deny: ['portmap-marks'],
});
edit('B24 a mark bit out of range', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, markMasqBit: 32 }),
  deny: ['field-value'],
});
edit('B25 numeric sysctl values', {
  old: BASE_VETH,
  new: vethChain({ type: 'tuning', sysctl: { 'net.ipv6.conf.all.disable_ipv6': 1 } }),
  deny: ['field-type'],
});
edit('B27 portmap without its capability', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmap', externalSetMarkChain: 'KUBE-MARK-MASQ' }),
  warn: ['portmap-capability', 'restart-needed'],
});
edit('B28 public access on Datapath V2 by policy, without masqAll', {
  old: BASE_EBPF_POLICY,
  new: withConflist(
    BASE_EBPF_POLICY,
    conflist([
      { ...EBPF_POLICY_CONF, symmetric_routing: true },
      { ...PORTMAP, masqAll: false },
    ]),
  ),
  deny: ['public-access-masqall'],
});
edit('B30 bandwidth after terway', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', capabilities: { bandwidth: true } }),
  warn: ['bandwidth-after-terway', 'restart-needed'],
});
edit('B32 terway twice', {
  old: BASE_VETH,
  new: vethChain(PORTMAP, VETH_CONF),
  deny: ['terway-repeated'],
});
edit('B35 ingressPolicy isolated with firewall 1.6.2', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', backend: 'iptables', ingressPolicy: 'isolated' }),
  facts: cluster('1.15.2', '1.6.2'),
  deny: ['field-version'],
  warn: ['firewall-ingress'],
});
edit('B37 wrong types in eni_conf', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { max_pool_size: '10' }),
  deny: ['field-type'],
});
edit('B38 an IP stack that the daemon refuses, and that is not to be changed', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { ip_stack: 'ipv6' }),
  deny: ['eni-conf-protected', 'field-value'],
});
edit('B39 a conflist pasted into 10-terway.conf', {
  old: BASE_VETH,
  new: { ...BASE_VETH, '10-terway.conf': conflist([VETH_CONF, PORTMAP]) },
  deny: ['conf-changed', 'conf-not-entry'],
});
edit('B40 eni-config deleted', { old: BASE_VETH, deny: ['object-deleted'] });
edit('B42 the policy switch with a capital letter', {
  old: BASE_VETH,
  new: { ...BASE_VETH, disable_network_policy: 'False' },
  warn: ['network-policy-text'],
});
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
});
edit('B46 a chain on a cluster with exclusive-ENI nodes', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
  facts: { ...ACK, exclusiveEniNodes: known({ count: 3, names: [] }) },
  warn: ['exclusive-eni-nodes', 'restart-needed'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: the object and its keys
// ---------------------------------------------------------------------------------------------

edit('10-terway.conf: white space only', {
  old: BASE_VETH,
  new: { ...BASE_VETH, '10-terway.conf': `${BASE_VETH['10-terway.conf'] ?? ''}\n` },
  deny: ['conf-changed'],
});
edit('10-terway.conf: an empty line put in front', {
  old: BASE_VETH,
  new: { ...BASE_VETH, '10-terway.conf': `\n${BASE_VETH['10-terway.conf'] ?? ''}` },
  deny: ['conf-changed'],
});
edit('10-terway.conf: the same JSON, reformatted', {
  old: BASE_VETH,
  new: { ...BASE_VETH, '10-terway.conf': JSON.stringify(VETH_CONF) },
  deny: ['conf-changed'],
});
edit('10-terway.conf: emptied', {
  old: BASE_VETH,
  new: { ...BASE_VETH, '10-terway.conf': '' },
  deny: ['conf-changed', 'json-syntax'],
});
edit('10-terway.conf: not JSON any more', {
  old: BASE_VETH,
  new: { ...BASE_VETH, '10-terway.conf': 'type: terway' },
  deny: ['conf-changed', 'json-syntax'],
});
edit('10-terway.conf: restored where it was missing', {
  old: without(BASE_VETH, '10-terway.conf'),
  new: BASE_VETH,
});
edit('eni_conf removed', {
  old: BASE_VETH,
  new: without(BASE_VETH, 'eni_conf'),
  deny: ['eni-conf-missing'],
});
edit('both keys removed', {
  old: BASE_VETH,
  new: without(without(BASE_VETH, 'eni_conf'), '10-terway.conf'),
  deny: ['conf-missing', 'eni-conf-missing'],
});
edit('a key that nobody reads is removed', {
  old: { ...BASE_VETH, note: 'hello' },
  new: BASE_VETH,
});
edit('CREATE of a complete object', { new: BASE_VETH });
edit('CREATE of a complete object with a chain', {
  new: vethChain(PORTMAP),
  warn: ['restart-needed'],
});
edit('CREATE without 10-terway.conf', {
  new: without(BASE_VETH, '10-terway.conf'),
  deny: ['conf-missing'],
});
edit('CREATE without eni_conf', {
  new: without(BASE_VETH, 'eni_conf'),
  deny: ['eni-conf-missing'],
});
edit('CREATE of an empty object', { new: {}, deny: ['conf-missing', 'eni-conf-missing'] });
edit('CREATE with a conf of another plugin', {
  new: { ...BASE_VETH, '10-terway.conf': '{"type": "flannel"}' },
  deny: ['conf-not-entry'],
});
edit('CREATE with a conf that is a list', {
  new: { ...BASE_VETH, '10-terway.conf': '[]' },
  deny: ['conf-not-entry'],
});
edit('CREATE with a conf without a name', {
  new: { ...BASE_VETH, '10-terway.conf': '{"type": "terway"}' },
});
edit('DELETE of a broken object', {
  old: { '10-terway.conflist': '{' },
  deny: ['object-deleted'],
});
edit('a chain moved to binaryData', {
  old: vethChain(PORTMAP),
  new: BASE_VETH,
  newBinary: ['10-terway.conflist'],
  deny: ['binary-data'],
});
edit('10-terway.conf moved to binaryData', {
  old: BASE_VETH,
  new: without(BASE_VETH, '10-terway.conf'),
  newBinary: ['10-terway.conf'],
  deny: ['binary-data'],
});
edit('eni_conf moved to binaryData', {
  old: BASE_VETH,
  new: without(BASE_VETH, 'eni_conf'),
  newBinary: ['eni_conf'],
  deny: ['binary-data'],
});
edit('CREATE with a chain in binaryData', {
  new: BASE_VETH,
  newBinary: ['10-terway.conflist'],
  deny: ['binary-data'],
});
edit('another key in binaryData', {
  old: BASE_VETH,
  new: BASE_VETH,
  newBinary: ['logo.png'],
});
edit('a chain taken out of binaryData', {
  old: BASE_VETH,
  oldBinary: ['10-terway.conflist'],
  new: BASE_VETH,
  warn: ['restart-needed'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: JSON and the shape of the chain
// ---------------------------------------------------------------------------------------------

for (const [name, text] of Object.entries({
  'an empty text': '',
  'white space': '  ',
  'an empty line': '\n',
  'a text that is no JSON': 'plugins:\n- type: terway\n',
  'a byte-order mark': `\ufeff${conflist([VETH_CONF])}`,
  'two documents': `${conflist([VETH_CONF])}${conflist([VETH_CONF])}`,
  'a comment': `// mine\n${conflist([VETH_CONF])}`,
})) {
  edit(`chain: ${name}`, {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, text),
    deny: ['json-syntax'],
  });
}
edit('chain: an empty text, with a chain before', {
  old: vethChain({ type: 'tuning' }),
  new: withConflist(BASE_VETH, ''),
  deny: ['json-syntax'],
});
edit('chain: a number that Go cannot read', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, `{"plugins": [${JSON.stringify(VETH_CONF)}], "a": 1e400}`),
  deny: ['json-number'],
  warn: ['chain-top-level'],
});
edit('chain: a large number that Go can read', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, `{"plugins": [${JSON.stringify(VETH_CONF)}], "a": 1e300}`),
  warn: ['chain-top-level', 'restart-needed'],
});
edit('chain: nested 300 levels deep', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, `{"plugins": ${'['.repeat(300)}${']'.repeat(300)}}`),
  deny: ['json-depth'],
});
edit('chain: larger than a ConfigMap', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, `${conflist([VETH_CONF])}${' '.repeat(1024 * 1024)}`),
  deny: ['json-size'],
});
edit('chain: nested deeply, but within reason', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    `{"plugins": [
      ${JSON.stringify(VETH_CONF)},
      {"type": "istio-cni", "a": ${'['.repeat(253)}${']'.repeat(253)}}
    ]}`,
  ),
  warn: ['plugin-unknown', 'restart-needed'],
});
edit('chain: exactly as large as a ConfigMap', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, conflist([VETH_CONF]).padEnd(1024 * 1024)),
  warn: ['restart-needed'],
});
edit('chain: a member twice', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    `{"plugins": [
      ${JSON.stringify(VETH_CONF)},
      {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true, "snat": false}
    ]}`,
  ),
  deny: ['json-duplicate'],
});
edit('chain: plugins twice', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, `{"plugins": [], "plugins": [${JSON.stringify(VETH_CONF)}]}`),
  deny: ['json-duplicate'],
});
edit('chain: one field in two letter cases', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, snat: true, Snat: true }),
  deny: ['json-duplicate'],
  warn: ['json-name-case'],
});
edit('chain: two sysctls that differ in letter case are two sysctls', {
  old: BASE_VETH,
  new: vethChain({ type: 'tuning', sysctl: { 'net.a.b': '1', 'net.A.b': '1' } }),
  warn: ['restart-needed'],
});
edit('eni_conf: a member twice', {
  old: BASE_VETH,
  new: { ...BASE_VETH, eni_conf: (BASE_VETH.eni_conf ?? '').replace('{', '{"version": "1",') },
  deny: ['json-duplicate'],
});
edit('a field in another letter case counts as the field', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, SNAT: true }),
  warn: ['json-name-case', 'restart-needed'],
});
edit('a field in another letter case is judged as the field', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, MasqAll: true }),
  facts: cluster('1.15.2', '1.6.2'),
  deny: ['field-version'],
  warn: ['json-name-case'],
});
edit('a field in another letter case, two levels down', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    conflist([
      { ...VETH_CONF, symmetric_routing: true, symmetric_routing_config: { Interface: 'eth0' } },
    ]),
  ),
  warn: ['json-name-case', 'restart-needed'],
});

for (const [name, text] of Object.entries({
  'a list': JSON.stringify([VETH_CONF]),
  'a text': '"terway"',
  'a number': '1',
  null: 'null',
  'an empty object': '{}',
  'plugins in capitals': JSON.stringify({ Plugins: [VETH_CONF] }),
  'plugins an object': JSON.stringify({ plugins: { a: VETH_CONF } }),
  'plugins null': '{"plugins": null}',
  'plugins a text': '{"plugins": "terway"}',
  'plugins an empty list': '{"plugins": []}',
})) {
  edit(`chain: ${name}`, {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, text),
    deny: ['chain-shape'],
  });
}
edit('chain: terway alone', {
  old: BASE_VETH,
  new: vethChain(),
  warn: ['restart-needed'],
});

for (const [name, entry] of Object.entries({
  'null for an entry': null,
  'a text for an entry': 'portmap',
  'a list for an entry': [PORTMAP],
  'an empty entry': {},
  'type null': { type: null },
  'type a number': { type: 1 },
  'type a list': { type: ['portmap'] },
  'an empty type': { type: '' },
  'type in capitals': { Type: 'portmap', capabilities: { portMappings: true } },
})) {
  edit(`entry: ${name}`, { old: BASE_VETH, new: vethChain(entry), deny: ['entry-type'] });
}
for (const type of [
  '../portmap',
  '/opt/cni/bin/portmap',
  'portmap ',
  'port map',
  '..',
  'a\u0000b',
]) {
  edit(`entry: a type that is no file name: ${JSON.stringify(type)}`, {
    old: BASE_VETH,
    new: vethChain({ type }),
    deny: ['entry-type-name'],
  });
}
edit('entry: a type with every character that is allowed', {
  old: BASE_VETH,
  new: vethChain({ type: 'My.own_plugin-2' }),
  warn: ['plugin-unknown', 'restart-needed'],
});

edit('first entry: terway missing', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, conflist([PORTMAP])),
  deny: ['terway-not-first'],
});
edit('first entry: terway in capitals', {
  old: BASE_VETH,
  new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, type: 'Terway' }, PORTMAP])),
  deny: ['plugin-typo', 'terway-not-first'],
});
edit('first entry: cilium-cni before terway', {
  old: BASE_DATAPATH_V2,
  new: withConflist(BASE_DATAPATH_V2, conflist([{ type: 'cilium-cni' }, DATAPATH_V2_CONF])),
  deny: ['terway-not-first'],
});
edit('terway three times', {
  old: BASE_VETH,
  new: vethChain(VETH_CONF, VETH_CONF),
  deny: ['terway-repeated'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: the first entry against 10-terway.conf
// ---------------------------------------------------------------------------------------------

const firstEntry = (entry: object) => withConflist(BASE_VETH, conflist([entry, PORTMAP]));

edit('first entry: other order of members, other white space', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    `{"plugins":[{"type":"terway","network_policy_provider":"iptables",
      "capabilities":{"bandwidth":true},"name":"terway","cniVersion":"0.4.0"}]}`,
  ),
  warn: ['restart-needed'],
});
edit('first entry: numbers compare by value', {
  old: ownConf({ ...VETH_CONF, mtu: 1400 }),
  new: withConflist(
    ownConf({ ...VETH_CONF, mtu: 1400 }),
    conflist([{ ...VETH_CONF, mtu: 1400 }]).replace('1400', '1.4e3'),
  ),
  warn: ['restart-needed'],
});
edit('first entry: lists are ordered', {
  old: ownConf({ ...VETH_CONF, host_stack_cidrs: ['10.1.0.0/16', '10.2.0.0/16'] }),
  new: withConflist(
    ownConf({ ...VETH_CONF, host_stack_cidrs: ['10.1.0.0/16', '10.2.0.0/16'] }),
    conflist([{ ...VETH_CONF, host_stack_cidrs: ['10.2.0.0/16', '10.1.0.0/16'] }]),
  ),
  deny: ['first-entry-differs'],
});
edit('first entry: a capability missing', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, capabilities: {} }),
  deny: ['first-entry-differs'],
});
edit('first entry: a member added', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, mtu: 1400 }),
  deny: ['first-entry-differs'],
});
edit('first entry: name missing', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, name: undefined }),
  deny: ['first-entry-differs'],
});
edit('first entry: another cniVersion', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, cniVersion: '1.0.0' }),
  deny: ['first-entry-differs'],
});
edit('first entry: name and cniVersion missing, policy effective', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, name: undefined, cniVersion: undefined }),
  policy: { firstEntry: 'effective' },
  warn: ['restart-needed'],
});
edit('first entry: policy effective forgives no other member', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, network_policy_provider: undefined }),
  policy: { firstEntry: 'effective' },
  deny: ['first-entry-differs'],
});
edit('first entry: symmetric_routing and its config added', {
  old: BASE_VETH,
  new: firstEntry({
    ...VETH_CONF,
    symmetric_routing: true,
    symmetric_routing_config: { interface: 'eth0', mark: 16, mask: 16 },
  }),
  warn: ['restart-needed'],
});
edit('first entry: symmetric_routing in another letter case is another member', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, Symmetric_Routing: true }),
  deny: ['first-entry-differs'],
  warn: ['field-unknown'],
});
edit('first entry: symmetric_routing differs from the conf that has it', {
  old: ownConf({ ...VETH_CONF, symmetric_routing: true }),
  new: withConflist(
    ownConf({ ...VETH_CONF, symmetric_routing: true }),
    conflist([{ ...VETH_CONF, symmetric_routing: false }, PORTMAP]),
  ),
  deny: ['first-entry-differs'],
});
edit('first entry: symmetric_routing missing where the conf has it', {
  old: ownConf({ ...VETH_CONF, symmetric_routing: true }),
  new: withConflist(
    ownConf({ ...VETH_CONF, symmetric_routing: true }),
    conflist([VETH_CONF, PORTMAP]),
  ),
  deny: ['first-entry-differs'],
});
edit('first entry: an old conf cannot be read, so nothing can be compared', {
  old: { ...BASE_VETH, '10-terway.conf': '{"type": "terway",}' },
  new: {
    ...BASE_VETH,
    '10-terway.conf': '{"type": "terway",}',
    '10-terway.conflist': conflist([VETH_CONF]),
  },
  warn: ['first-entry-unverified', 'json-syntax', 'restart-needed'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: plugin types
// ---------------------------------------------------------------------------------------------

for (const type of ['portmapp', 'PortMap', 'protmap', 'tunning', 'cilium_cni', 'srb', 'terwai']) {
  edit(`plugin type: ${type} is a slip of a known one`, {
    old: BASE_VETH,
    new: vethChain({ type, capabilities: { portMappings: true } }),
    deny: ['plugin-typo'],
  });
}
for (const type of ['istio-cni', 'multus', 'route-override']) {
  edit(`plugin type: ${type} is not known to the guard`, {
    old: BASE_VETH,
    new: vethChain({ type, anything: { goes: [1, 'two', null] } }),
    warn: ['plugin-unknown', 'restart-needed'],
  });
}
edit('plugin type: all that are known', {
  old: BASE_DATAPATH_V2,
  new: v2Chain(
    { type: 'cilium-cni' },
    PORTMAP,
    { type: 'tuning' },
    { type: 'firewall' },
    { type: 'sbr' },
    { type: 'vrf', vrfname: 'blue' },
  ),
  warn: ['restart-needed'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: fields of known plugins
// ---------------------------------------------------------------------------------------------

edit('field: snat as text', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, snat: 'true' }),
  deny: ['field-type'],
});
edit('field: a capability as text', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmap', capabilities: { portMappings: 'true' } }),
  deny: ['field-type'],
});
edit('field: a capability of an unknown plugin as text', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni', capabilities: { bandwidth: 'true' } }),
  deny: ['field-type'],
  warn: ['plugin-unknown'],
});
edit('field: symmetric_routing_config.mark as text', {
  old: BASE_VETH,
  new: firstEntry({
    ...VETH_CONF,
    symmetric_routing: true,
    symmetric_routing_config: { mark: '0x20' },
  }),
  deny: ['field-type'],
});
edit('field: null leaves a field alone', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, snat: null, markMasqBit: null, masqAll: null }),
  warn: ['restart-needed'],
});
edit('field: the largest mark bit', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, markMasqBit: 31 }),
  warn: ['portmap-mark-bit', 'restart-needed'],
});
edit('field: a backend that portmap does not know', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'ipvs' }),
  deny: ['field-value'],
});
edit('field: a backend of firewall that it does not know, which it forgives', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', backend: 'nft' }),
  warn: ['restart-needed'],
});
edit('field: an ingressPolicy that firewall does not know', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', ingressPolicy: 'closed' }),
  deny: ['field-value'],
});
edit('field: a mark bit that is no whole number', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, markMasqBit: 12.5 }),
  deny: ['field-type'],
});
edit('field: a mark bit that is a whole number, written otherwise', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    conflist([VETH_CONF, { ...PORTMAP, markMasqBit: 12 }]).replace('12', '1.2e1'),
  ),
  warn: ['restart-needed'],
});
edit('field: capabilities as a list', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmap', capabilities: ['portMappings'] }),
  deny: ['field-type'],
  warn: ['portmap-capability'],
});
edit('field: what the runtime decodes of every plugin, in the wrong type', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni', dns: [], ipam: { type: 1 } }),
  deny: ['field-type'],
  warn: ['plugin-unknown'],
});
edit('field: conditions as text', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, conditionsV4: '! -d 10.8.0.0/16' }),
  deny: ['field-type'],
});
edit('field: vrf without its name', {
  old: BASE_VETH,
  new: vethChain({ type: 'vrf' }),
  deny: ['field-value'],
});
edit('field: a host_stack_cidrs item that is no CIDR, as in the conf', {
  old: ownConf({ ...VETH_CONF, host_stack_cidrs: ['169.254.20.10'] }),
  new: withConflist(
    ownConf({ ...VETH_CONF, host_stack_cidrs: ['169.254.20.10'] }),
    conflist([{ ...VETH_CONF, host_stack_cidrs: ['169.254.20.10'] }]),
  ),
  deny: ['field-value'],
});
for (const name of ['runtimeConfig', 'args', 'prevResult', 'cni.dev/valid-attachments']) {
  edit(`field: ${name} is reserved for the runtime`, {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, [name]: {} }),
    deny: ['field-reserved'],
  });
}
edit('field: a name that only looks reserved', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, 'cni.example.com/a': {} }),
  warn: ['field-unknown', 'restart-needed'],
});
edit('field: unknown to the plugin', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, masquerade: true }),
  warn: ['field-unknown', 'restart-needed'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: versions
// ---------------------------------------------------------------------------------------------

const NOTHING_KNOWN = NO_FACTS;
const masqAll = vethChain({ ...PORTMAP, masqAll: true });

edit('version: a chain with Terway 1.5.6', {
  old: BASE_VENDOR,
  new: withConflist(BASE_VENDOR, VENDOR_CHAINS['private access'] ?? ''),
  facts: cluster('1.5.6', '1.7.1'),
  warn: ['restart-needed'],
});
edit('version: a chain, Terway unknown', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: NOTHING_KNOWN,
  warn: ['chain-version', 'restart-needed'],
});
edit('version: a chain, Terway unknown, onUnknownVersion deny', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: NOTHING_KNOWN,
  policy: { onUnknownVersion: 'deny' },
  deny: ['chain-version'],
});
edit('version: no chain, Terway 1.5.5', {
  old: BASE_VETH,
  new: { ...BASE_VETH, disable_network_policy: 'true' },
  facts: cluster('1.5.5', '1.7.1'),
});
edit('version: a chain removed, Terway 1.5.5', {
  old: vethChain(),
  new: BASE_VETH,
  facts: cluster('1.5.5', '1.7.1'),
  warn: ['restart-needed'],
});
edit('version: masqAll with portmap 1.7.1', {
  old: BASE_VETH,
  new: masqAll,
  warn: ['restart-needed'],
});
edit('version: masqAll with portmap 1.7.0', {
  old: BASE_VETH,
  new: masqAll,
  facts: cluster('1.15.2', '1.7.0'),
  deny: ['field-version'],
});
edit('version: masqAll with a release candidate of 1.7.1', {
  old: BASE_VETH,
  new: masqAll,
  facts: cluster('1.15.2', 'v1.7.1-rc.1'),
  deny: ['field-version'],
});
edit('version: masqAll, portmap unknown', {
  old: BASE_VETH,
  new: masqAll,
  facts: cluster('1.15.2', undefined),
  warn: ['field-version', 'restart-needed'],
});
edit('version: masqAll, portmap unknown, onUnknownVersion deny', {
  old: BASE_VETH,
  new: masqAll,
  facts: cluster('1.15.2', undefined),
  policy: { onUnknownVersion: 'deny' },
  deny: ['field-version'],
});
edit('version: masqAll false asks for nothing', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, masqAll: false }),
  facts: cluster('1.15.2', '0.8.0'),
  warn: ['restart-needed'],
});
edit('version: masqAll with portmap 1.2.0, which the operator trusts', {
  old: BASE_VETH,
  new: masqAll,
  facts: cluster('1.15.2', '1.2.0'),
  policy: { minimumVersions: new Map([['portmap.masqAll', '1.2.0']]) },
  warn: ['restart-needed'],
});
edit('version: masqAll with portmap 1.7.1, where the operator asks for more', {
  old: BASE_VETH,
  new: masqAll,
  policy: { minimumVersions: new Map([['portmap.masqAll', '1.8.0']]) },
  deny: ['field-version'],
});
edit('version: symmetric_routing false asks for nothing', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, symmetric_routing: false }),
  facts: cluster('1.14.5', '1.7.1'),
  warn: ['restart-needed'],
});
edit('version: symmetric_routing with a build made after Terway 1.15.0', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, symmetric_routing: true }),
  facts: cluster('v1.15.0-d7c63c9e', '1.7.1'),
  warn: ['restart-needed'],
});
edit('version: symmetric_routing, Terway unknown', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, symmetric_routing: true }),
  facts: cluster(undefined, '1.7.1'),
  warn: ['chain-version', 'field-version', 'restart-needed'],
});
edit('version: symmetric_routing_config.backend with Terway 1.15.2', {
  old: BASE_VETH,
  new: firstEntry({
    ...VETH_CONF,
    symmetric_routing: true,
    symmetric_routing_config: { backend: 'iptables' },
  }),
  deny: ['field-version'],
});
edit('version: symmetric_routing_config.backend with Terway 1.17.1', {
  old: BASE_VETH,
  new: firstEntry({
    ...VETH_CONF,
    symmetric_routing: true,
    symmetric_routing_config: { backend: 'iptables' },
  }),
  facts: cluster('1.17.1', '1.7.1'),
  warn: ['restart-needed'],
});
edit('version: portmap backend with portmap 1.5.1', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'iptables' }),
  facts: cluster('1.15.2', '1.5.1'),
  deny: ['field-version'],
});
edit('version: ingressPolicy isolated with firewall 1.7.1', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', ingressPolicy: 'isolated' }),
  warn: ['firewall-ingress', 'restart-needed'],
});
edit('version: ingressPolicy same-bridge with firewall 1.6.2', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', ingressPolicy: 'same-bridge' }),
  facts: cluster('1.15.2', '1.6.2'),
  warn: ['firewall-ingress', 'restart-needed'],
});
edit('version: a bandwidth field that 1.5.1 has', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
  facts: cluster('1.15.2', '1.5.1'),
  warn: ['bandwidth-after-terway', 'restart-needed'],
});
edit('version: a bandwidth field that 1.6.0 removed', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
  facts: cluster('1.15.2', '1.6.0'),
  deny: ['field-version'],
  warn: ['bandwidth-after-terway'],
});
edit('version: a bandwidth field that 1.4.0 does not have yet', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
  facts: cluster('1.15.2', '1.4.0'),
  deny: ['field-version'],
  warn: ['bandwidth-after-terway'],
});
edit('version: a bandwidth field of two releases, the version unknown', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
  facts: cluster('1.15.2', undefined),
  warn: ['bandwidth-after-terway', 'field-version', 'restart-needed'],
});
edit('version: sbr table with 1.6.0', {
  old: BASE_VETH,
  new: vethChain({ type: 'sbr', table: 100 }),
  facts: cluster('1.15.2', '1.6.0'),
  warn: ['restart-needed'],
});
edit('version: sbr gateways, which no release up to 1.9.1 has', {
  old: BASE_VETH,
  new: vethChain({ type: 'sbr', gateways: ['10.0.0.1'] }),
  facts: cluster('1.15.2', '1.9.1'),
  deny: ['field-version'],
});
edit('version: an eni_conf member newer than Terway', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { idle_ip_reclaim_after: '10m' }),
  deny: ['field-version'],
});
edit('version: an eni_conf member that Terway 1.9.6 removed', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { wait_trunk_eni: true }),
  deny: ['field-version'],
});
edit('version: the same with the Terway that has it', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { idle_ip_reclaim_after: '10m' }),
  facts: cluster('1.16.0', '1.7.1'),
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: Datapath V2, kube-proxy, nftables
// ---------------------------------------------------------------------------------------------

const publicChain = (base: Data, conf: object, portmap: object) =>
  withConflist(base, conflist([{ ...conf, symmetric_routing: true }, portmap]));

edit('public access on Datapath V2 without masqAll', {
  old: BASE_DATAPATH_V2,
  new: publicChain(BASE_DATAPATH_V2, DATAPATH_V2_CONF, PORTMAP),
  deny: ['public-access-masqall'],
});
edit('public access, veth in the chain, but the operator knows of Datapath V2', {
  old: BASE_VETH,
  new: publicChain(BASE_VETH, VETH_CONF, PORTMAP),
  facts: { ...ACK, datapath: known('datapathv2') },
  deny: ['public-access-masqall'],
});
edit('public access, datapath mixed', {
  old: BASE_VETH,
  new: publicChain(BASE_VETH, VETH_CONF, PORTMAP),
  facts: { ...ACK, datapath: known('mixed') },
  warn: ['public-access-masqall', 'restart-needed'],
});
edit('public access with eBPF policy, Terway unknown, so the datapath is unknown', {
  old: BASE_EBPF_POLICY,
  new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
  facts: cluster(undefined, '1.7.1'),
  warn: ['chain-version', 'field-version', 'public-access-masqall', 'restart-needed'],
});
edit('public access with eBPF policy switched off is veth', {
  old: { ...BASE_EBPF_POLICY, disable_network_policy: 'true' },
  new: publicChain(
    { ...BASE_EBPF_POLICY, disable_network_policy: 'true' },
    EBPF_POLICY_CONF,
    PORTMAP,
  ),
  warn: ['restart-needed'],
});
edit('private access on Datapath V2 needs no masqAll', {
  old: BASE_DATAPATH_V2,
  new: v2Chain(PORTMAP),
  warn: ['restart-needed'],
});
for (const mode of ['nftables', 'none'] as const) {
  edit(`KUBE-MARK-MASQ, kube-proxy mode ${mode}`, {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
    facts: { ...ACK, kubeProxyMode: known(mode) },
    deny: ['portmap-mark-chain'],
  });
}
edit('KUBE-MARK-MASQ, kube-proxy unknown', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
  facts: cluster('1.15.2', '1.7.1'),
  warn: ['restart-needed'],
});
edit('a mark chain of the user, kube-proxy mode nftables', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, externalSetMarkChain: 'MY-MARKS' }),
  facts: { ...ACK, kubeProxyMode: known('nftables') },
  warn: ['restart-needed'],
});
edit('masqAll with backend nftables', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, masqAll: true, backend: 'nftables' }),
  facts: cluster('1.15.2', '1.9.1'),
  deny: ['portmap-masqall-nftables'],
});
edit('masqAll false with backend nftables', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, masqAll: false, backend: 'nftables' }),
  facts: cluster('1.15.2', '1.9.1'),
  warn: ['restart-needed'],
});
edit('backend nftables with portmap 1.8.0', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'nftables' }),
  facts: cluster('1.15.2', '1.8.0'),
  warn: ['portmap-nftables', 'restart-needed'],
});
edit('backend nftables with a mark chain', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'nftables', externalSetMarkChain: 'MY-MARKS' }),
  facts: cluster('1.15.2', '1.9.1'),
  deny: ['portmap-backend'],
});
edit('conditions of the other backend', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, conditionsV4: ['ip', 'daddr', '10.8.0.0/16'] }),
  deny: ['portmap-backend'],
});
edit('conditions of which the backend is undecided', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, conditionsV4: [], conditionsV6: [''] }),
  warn: ['restart-needed'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: what is only warned about, and what single plugins refuse
// ---------------------------------------------------------------------------------------------

edit('portmap with a capability that is false', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmap', capabilities: { portMappings: false } }),
  warn: ['portmap-capability', 'restart-needed'],
});
edit('snat false with options that need it', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, snat: false, markMasqBit: 12 }),
  warn: ['portmap-no-snat', 'restart-needed'],
});
edit('a mark chain beside a mark bit that is null', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ', markMasqBit: null }),
  warn: ['restart-needed'],
});
edit('an empty mark chain', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, externalSetMarkChain: '' }),
  deny: ['portmap-mark-chain'],
});
edit('portmap with capabilities null', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmap', capabilities: null }),
  warn: ['portmap-capability', 'restart-needed'],
});
edit('a mark bit of kube-proxy', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, markMasqBit: 14 }),
  warn: ['portmap-mark-bit', 'restart-needed'],
});
edit('portmap leaves the chain', {
  old: vethChain(PORTMAP, { type: 'tuning' }),
  new: vethChain({ type: 'tuning' }),
  warn: ['portmap-removed', 'restart-needed'],
});
edit('tuning leaves the chain', {
  old: vethChain(PORTMAP, { type: 'tuning' }),
  new: vethChain(PORTMAP),
  warn: ['restart-needed'],
});
for (const name of ['kernel.msgmax', 'vm.swappiness', 'networks.a', 'net']) {
  edit(`tuning: the sysctl ${name}`, {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', sysctl: { [name]: '1' } }),
    deny: ['tuning-sysctl'],
  });
}
edit('tuning: a sysctl with slashes', {
  old: BASE_VETH,
  new: vethChain({ type: 'tuning', sysctl: { 'net/ipv4/conf/IFNAME/arp_filter': '1' } }),
  warn: ['restart-needed'],
});
edit('tuning: an MTU that the kernel refuses', {
  old: BASE_VETH,
  new: vethChain({ type: 'tuning', mtu: 67 }),
  deny: ['tuning-mtu'],
});
edit('tuning: the smallest MTU, and none', {
  old: BASE_VETH,
  new: vethChain({ type: 'tuning', mtu: 68 }, { type: 'tuning', mtu: 0 }),
  warn: ['restart-needed'],
});
edit('tuning: IPv6 off on a dual-stack cluster', {
  old: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
  new: withEniConf(
    vethChain({ type: 'tuning', sysctl: { 'net.ipv6.conf.all.disable_ipv6': '1' } }),
    { ip_stack: 'dual' },
  ),
  warn: ['restart-needed', 'tuning-ipv6'],
});
const SHAPED = { ingressRate: 1000, ingressBurst: 1000 };
const SUBNETS = { shapedSubnets: ['10.0.0.0/8'], unshapedSubnets: ['10.1.0.0/16'] };
edit('bandwidth: a rate without its burst', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', ingressRate: 1000 }),
  deny: ['bandwidth-pair'],
  warn: ['bandwidth-after-terway'],
});
edit('bandwidth: a rate with its burst', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', ingressRate: 1000, ingressBurst: 1000 }),
  warn: ['bandwidth-after-terway', 'restart-needed'],
});
edit('bandwidth: both lists of subnets', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', ...SHAPED, ...SUBNETS }),
  facts: cluster('1.15.2', '1.5.1'),
  deny: ['bandwidth-subnets'],
  warn: ['bandwidth-after-terway'],
});
edit('bandwidth: a subnet that is none', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', ...SHAPED, shapedSubnets: ['10.0.0.0'] }),
  facts: cluster('1.15.2', '1.5.1'),
  deny: ['bandwidth-subnets'],
  warn: ['bandwidth-after-terway'],
});
edit('bandwidth: both lists of subnets, and nothing to shape', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', ...SUBNETS }),
  facts: cluster('1.15.2', '1.5.1'),
  warn: ['bandwidth-after-terway', 'restart-needed'],
});
edit('firewall: a chain name with a space', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', iptablesAdminChainName: 'MY CHAIN' }),
  deny: ['firewall-chain'],
});
edit("firewall: one of the plugin's own chains", {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', iptablesAdminChainName: 'CNI-FORWARD' }),
  deny: ['firewall-chain'],
});
edit('firewall: a chain name of 28 characters', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', iptablesAdminChainName: 'C'.repeat(28) }),
  warn: ['restart-needed'],
});
edit('vrf: a name that is too long for an interface', {
  old: BASE_VETH,
  new: vethChain({ type: 'vrf', vrfname: 'v'.repeat(16) }),
  deny: ['vrf-name'],
});
edit('vrf: the longest name', {
  old: BASE_VETH,
  new: vethChain({ type: 'vrf', vrfname: 'v'.repeat(15) }),
  warn: ['restart-needed'],
});
edit('every plugin: a spelling of cniVersion that overrides the version of the list', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', cniversion: '1.0.0' }),
  deny: ['field-value'],
  warn: ['json-name-case'],
});
edit('every plugin: a spelling of cniVersion that is overridden itself', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', CNIVERSION: '1.0.0' }),
  warn: ['json-name-case', 'restart-needed'],
});
edit('a type spelt twice', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', Type: 5 }),
  deny: ['json-duplicate'],
  warn: ['json-name-case'],
});
edit('vrf: a table of -0, which Terway passes on as such', {
  old: BASE_VETH,
  new: withConflist(
    BASE_VETH,
    conflist([VETH_CONF, { type: 'vrf', vrfname: 'blue', table: 7 }]).replace('7', '-0'),
  ),
  deny: ['field-value'],
});
edit('firewall: open is the default', {
  old: BASE_VETH,
  new: vethChain({ type: 'firewall', ingressPolicy: 'open' }),
  facts: cluster('1.15.2', '0.8.0'),
  warn: ['restart-needed'],
});
edit('terway: a datapath that nobody knows, as in the conf', {
  old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
  new: withConflist(
    ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
    conflist([{ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }]),
  ),
  deny: ['terway-virtual-type'],
});
edit('terway: the same before 1.13.2, which took it for veth', {
  old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
  new: withConflist(
    ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
    conflist([{ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }]),
  ),
  facts: cluster('1.12.1', '1.7.1'),
  warn: ['restart-needed', 'terway-virtual-type'],
});
edit('terway: a datapath in the spelling of the console', {
  old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
  new: withConflist(
    ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
    conflist([{ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }]),
  ),
  warn: ['restart-needed'],
});
edit('terway: a policy engine that acts as iptables', {
  old: ownConf({ ...VETH_CONF, network_policy_provider: 'EBPF' }),
  new: withConflist(
    ownConf({ ...VETH_CONF, network_policy_provider: 'EBPF' }),
    conflist([{ ...VETH_CONF, network_policy_provider: 'EBPF' }]),
  ),
  warn: ['restart-needed', 'terway-policy-provider'],
});
edit('terway: symmetric_routing_config without symmetric_routing', {
  old: BASE_VETH,
  new: firstEntry({ ...VETH_CONF, symmetric_routing_config: { mark: 16 } }),
  warn: ['restart-needed', 'symmetric-routing'],
});
edit("terway: a symmetric mark that is kube-proxy's", {
  old: BASE_VETH,
  new: firstEntry({
    ...VETH_CONF,
    symmetric_routing: true,
    symmetric_routing_config: { mark: 0x4000, mask: 0x4000 },
  }),
  warn: ['restart-needed', 'symmetric-routing'],
});
edit('cilium-cni on veth', {
  old: BASE_VETH,
  new: vethChain({ type: 'cilium-cni' }),
  warn: ['cilium-without-datapath', 'restart-needed'],
});
edit('no exclusive-ENI nodes', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: { ...ACK, exclusiveEniNodes: known({ count: 0, names: [] }) },
  warn: ['restart-needed'],
});
for (const text of ['', '0', 'false', 'true']) {
  edit(`disable_network_policy ${JSON.stringify(text)}`, {
    old: BASE_VETH,
    new: { ...BASE_VETH, disable_network_policy: text },
  });
}
for (const text of ['no', 'false\n', ' false', 'TRUE']) {
  edit(`disable_network_policy ${JSON.stringify(text)}`, {
    old: BASE_VETH,
    new: { ...BASE_VETH, disable_network_policy: text },
    warn: ['network-policy-text'],
  });
}
edit('in_cluster_loadbalance with a line break', {
  old: BASE_VETH,
  new: { ...BASE_VETH, in_cluster_loadbalance: 'true\n' },
  warn: ['load-balance-text'],
});
edit('in_cluster_loadbalance "false"', {
  old: BASE_VETH,
  new: { ...BASE_VETH, in_cluster_loadbalance: 'false' },
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: eni_conf
// ---------------------------------------------------------------------------------------------

edit('eni_conf: not JSON', {
  old: BASE_VETH,
  new: { ...BASE_VETH, eni_conf: '{"version": "1"' },
  deny: ['json-syntax'],
});
edit('eni_conf: a list', {
  old: BASE_VETH,
  new: { ...BASE_VETH, eni_conf: '[]' },
  deny: ['eni-conf-shape'],
});
for (const [name, value] of [
  ['credential_path', '/other'],
  ['service_cidr', '172.22.0.0/20'],
  ['eni_tags', { 'ack.aliyun.com': 'other' }],
  ['ip_stack', 'dual'],
] as const) {
  edit(`eni_conf: ${name} changed`, {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { [name]: value }),
    deny: ['eni-conf-protected'],
  });
  edit(`eni_conf: ${name} removed`, {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { [name]: undefined }),
    deny: ['eni-conf-protected'],
  });
}
edit('eni_conf: reformatted', {
  old: BASE_VETH,
  new: { ...BASE_VETH, eni_conf: JSON.stringify(JSON.parse(BASE_VETH.eni_conf ?? '')) },
});
edit('eni_conf: vswitches changed', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { vswitches: { 'cn-shanghai-n': ['vsw-new'] } }),
});
edit('eni_conf: a value that the daemon refuses', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { idle_ip_reclaim_interval: 'ten minutes' }),
  facts: cluster('1.16.0', '1.7.1'),
  deny: ['field-value'],
});
edit('eni_conf: a whole number with a point, which Go does not take for one', {
  old: BASE_VETH,
  new: {
    ...BASE_VETH,
    eni_conf: (BASE_VETH.eni_conf ?? '').replace('"max_pool_size": 8', '"max_pool_size": 8.0'),
  },
  deny: ['field-type'],
});
edit('eni_conf: a member in another letter case', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { max_pool_size: undefined, Max_Pool_Size: 8 }),
  warn: ['json-name-case'],
});
edit('eni_conf: repaired', {
  old: { ...BASE_VETH, eni_conf: '{"version": "1"' },
  new: BASE_VETH,
});
edit('eni_conf: CREATE with an empty object', { new: { ...BASE_VETH, eni_conf: '{}' } });
edit('eni_conf: an unknown member', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { max_pool_sice: 5 }),
  warn: ['field-unknown'],
});
edit('eni_conf: eleven security groups', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, {
    security_groups: Array.from({ length: 10 }, (_, index) => `sg-${index}`),
  }),
  deny: ['eni-conf-limits'],
});
edit('eni_conf: ten security groups', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, {
    security_groups: Array.from({ length: 9 }, (_, index) => `sg-${index}`),
  }),
});
edit('eni_conf: one client limit without the other', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { kube_client_qps: 20 }),
  deny: ['eni-conf-limits'],
});
edit('eni_conf: both client limits', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { kube_client_qps: 20, kube_client_burst: 30 }),
});
edit('eni_conf: a smaller maximum than minimum', {
  old: BASE_VETH,
  new: withEniConf(BASE_VETH, { max_pool_size: 1 }),
  warn: ['eni-conf-idle'],
});

// ---------------------------------------------------------------------------------------------
// DESIGN, section 3: a stored object that is broken already, edited elsewhere
// ---------------------------------------------------------------------------------------------

const broken: Data = {
  '10-terway.conf': '{"type": "flannel"}',
  '10-terway.conflist': '{"plugins": []}',
  note: 'before',
};
edit('stored problems: a write elsewhere is allowed and names them', {
  old: broken,
  new: { ...broken, note: 'after' },
  warn: ['chain-shape', 'conf-not-entry', 'eni-conf-missing'],
});
edit('stored problems: a write that changes nothing is allowed', {
  old: broken,
  new: broken,
  warn: ['chain-shape', 'conf-not-entry', 'eni-conf-missing'],
});
edit('stored problems: only the text that changes is judged', {
  old: broken,
  new: { ...broken, '10-terway.conflist': '{"plugins": {}}' },
  deny: ['chain-shape'],
  warn: ['conf-not-entry', 'eni-conf-missing'],
});
edit('stored problems: a chain that fits no longer, eni_conf edited', {
  old: withConflist(BASE_VETH, conflist([EBPF_POLICY_CONF, PORTMAP])),
  new: withEniConf(withConflist(BASE_VETH, conflist([EBPF_POLICY_CONF, PORTMAP])), {
    max_pool_size: 20,
  }),
  warn: ['first-entry-differs'],
});
edit('stored problems: a chain in binaryData, edited elsewhere', {
  old: BASE_VETH,
  oldBinary: ['10-terway.conflist'],
  new: { ...BASE_VETH, note: 'after' },
  newBinary: ['10-terway.conflist'],
  warn: ['binary-data'],
});
edit('nothing changes on a good object', { old: vethChain(PORTMAP), new: vethChain(PORTMAP) });

// ---------------------------------------------------------------------------------------------
// Policy: modes, overrides, exemptions (DESIGN, section 5)
// ---------------------------------------------------------------------------------------------

edit('policy: mode warn refuses nothing', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  policy: { mode: 'warn' },
  warn: ['plugin-typo', 'restart-needed'],
});
edit('policy: mode audit says nothing', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  policy: { mode: 'audit' },
});
edit('policy: a rule that is off', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  policy: { rules: new Map([['plugin-typo', 'off']]) },
  warn: ['restart-needed'],
});
edit('policy: a warning raised to a refusal', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni' }),
  policy: { rules: new Map([['plugin-unknown', 'deny']]) },
  deny: ['plugin-unknown'],
});
edit('policy: DELETE by an exempt user', {
  old: BASE_VETH,
  user: 'system:ack',
  policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
  warn: ['object-deleted'],
});
edit('eni_conf: a protected member in another letter case, which the daemon does not read', {
  old: BASE_VETH,
  new: {
    ...BASE_VETH,
    eni_conf: BASE_VETH.eni_conf!.replace('"service_cidr"', '"SERVICE_CIDR"'),
  },
  deny: ['eni-conf-protected'],
  warn: ['json-name-case'],
});
edit('eni_conf: a period that the daemon cannot read', {
  old: BASE_VETH,
  new: {
    ...BASE_VETH,
    eni_conf: BASE_VETH.eni_conf!.replace('{', '{"ip_pool_sync_period": "soon",'),
  },
  warn: ['eni-conf-idle'],
});
edit('public access on Datapath V2 with masqAll, which snat false switches off', {
  old: BASE_DATAPATH_V2,
  new: withConflist(
    BASE_DATAPATH_V2,
    conflist([
      { ...DATAPATH_V2_CONF, symmetric_routing: true },
      { ...PORTMAP, masqAll: true, snat: false },
    ]),
  ),
  deny: ['public-access-masqall'],
  warn: ['portmap-no-snat'],
});

// ---------------------------------------------------------------------------------------------
// Break-glass, as far as it has been found out
// ---------------------------------------------------------------------------------------------

const OPEN = { reason: 'ticket 4711', until: '2026-01-31T18:00:00Z' };
const FORGED: Bypass = {
  standing: 'refused',
  annotation: 'eni-config-guard/bypass-until',
  why: 'alice may not "bypass" configmaps/eni-config in kube-system',
};

edit('break-glass: what would be refused is told', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  bypass: { standing: 'used', ...OPEN },
  warn: ['bypass-open', 'plugin-typo', 'restart-needed'],
});
edit('break-glass: a DELETE', {
  old: BASE_VETH,
  bypass: { standing: 'used', ...OPEN },
  warn: ['bypass-open', 'object-deleted'],
});
edit('break-glass: set, with nothing that would be refused', {
  old: BASE_VETH,
  new: BASE_VETH,
  bypass: { standing: 'open', ...OPEN },
  warn: ['bypass-open'],
});
edit('break-glass: it does not help a rule that speaks when it was only set', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  bypass: { standing: 'open', ...OPEN },
  deny: ['plugin-typo'],
});
edit('break-glass: forged, with nothing else to refuse', {
  old: BASE_VETH,
  new: BASE_VETH,
  bypass: FORGED,
  deny: ['bypass-refused'],
});
edit('break-glass: forged, and a chain that would be refused', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  bypass: FORGED,
  deny: ['bypass-refused', 'plugin-typo'],
});
edit('break-glass: forged by an exempt user, who is warned', {
  old: BASE_VETH,
  new: BASE_VETH,
  user: 'system:ack',
  bypass: FORGED,
  policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
  warn: ['bypass-refused'],
});
edit('break-glass: forged, in a mode that refuses nothing', {
  old: BASE_VETH,
  new: BASE_VETH,
  bypass: FORGED,
  policy: { mode: 'warn' },
  warn: ['bypass-refused'],
});
edit('break-glass: used, and the remark about it raised to a refusal, which it cannot be', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  bypass: { standing: 'used', ...OPEN },
  policy: { rules: new Map([['bypass-open', 'deny']]) },
  warn: ['bypass-open', 'plugin-typo', 'restart-needed'],
});

// ---------------------------------------------------------------------------------------------
// What is learnt from the cluster: nodes that differ, estimates, binaries
// ---------------------------------------------------------------------------------------------

const NOW = Date.UTC(2026, 0, 1);
const seen = <T>(value: T, source: string): Fact<T> => ({
  value,
  origin: `from ${source}`,
  learntAt: NOW - 10_000,
});
const asProbed = <T>(value: T): Fact<T> => ({
  value,
  origin: 'as probed',
  learntAt: NOW - 4 * 60_000,
});

/** So many nodes, named as ACK does, from an address on. */
const group = (count: number, first = 7): NodeGroup => ({
  count,
  names: Array.from({ length: Math.min(count, 5) }, (_, i) => `cn-hangzhou.10.0.1.${first + i}`),
});

/** A fact about nodes that run these releases, oldest first. */
function spread(
  origin: (value: Version) => Fact<Version>,
  total: number,
  releases: readonly (readonly [text: string, count: number])[],
  unknown = 0,
): VersionFact {
  const versions = releases.map(([text, count], index) => ({
    version: version(text),
    nodes: group(count, 7 + 20 * index),
  }));
  return {
    ...origin(versions[0]!.version),
    spread: { total, versions, unknown: group(unknown, 200) },
  };
}

/** ACK as it is read from the API server, with other facts put in. */
const live = (more: Partial<Facts>): Facts => ({
  ...ACK,
  asOf: NOW,
  probeNamespace: 'kube-system',
  ...more,
});
const livePlugin = (type: string, fact: VersionFact, more: Partial<Facts> = {}): Facts =>
  live({ plugins: new Map([...ACK.plugins, [type, fact]]), ...more });
const probed = (...parts: [total: number, releases: [string, number][], unknown?: number]) =>
  spread(asProbed, ...parts);
const estimated = (text: string): VersionFact => ({
  ...seen(version(text), 'kubelet v1.33.3-aliyun.1'),
  isEstimate: true,
});
const rollingOut = (...parts: [total: number, releases: [string, number][], unknown?: number]) =>
  spread((value) => seen(value, 'DaemonSet terway-eniip'), ...parts);

edit('live: masqAll, portmap too old on some nodes', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin(
    'portmap',
    probed(120, [
      ['v1.6.2', 3],
      ['v1.7.1', 117],
    ]),
  ),
  deny: ['field-version'],
});
edit('live: masqAll, several releases of portmap too old', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin(
    'portmap',
    probed(
      120,
      [
        ['1.5.1', 2],
        ['1.6.2', 6],
        ['1.7.1', 110],
      ],
      2,
    ),
  ),
  deny: ['field-version'],
});
edit('live: masqAll, portmap too old on one node', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin(
    'portmap',
    probed(120, [
      ['1.6.2', 1],
      ['1.7.1', 119],
    ]),
  ),
  deny: ['field-version'],
});
edit('live: masqAll, portmap too old on all nodes', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', probed(120, [['1.6.2', 120]])),
  deny: ['field-version'],
});
edit('live: masqAll, portmap new enough on all nodes', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin(
    'portmap',
    probed(120, [
      ['1.7.1', 100],
      ['1.8.0', 20],
    ]),
  ),
  warn: ['restart-needed'],
});
edit('live: masqAll, portmap unknown on some nodes', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', probed(120, [['1.7.1', 118]], 2)),
  warn: ['field-version', 'restart-needed'],
});
edit('live: masqAll, portmap unknown on some nodes, onUnknownVersion deny', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', probed(120, [['1.7.1', 118]], 2)),
  policy: { onUnknownVersion: 'deny' },
  deny: ['field-version'],
});
edit('live: a field that every supported cluster has, portmap unknown on some nodes', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, markMasqBit: 13 }),
  facts: livePlugin('portmap', probed(120, [['1.7.1', 118]], 2)),
  policy: { onUnknownVersion: 'deny' },
  warn: ['restart-needed'],
});
edit('live: masqAll, portmap estimated too old', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', estimated('1.6.2')),
  warn: ['field-version', 'restart-needed'],
});
edit('live: masqAll, portmap estimated too old, everything set to deny', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', estimated('1.6.2')),
  policy: { onUnknownVersion: 'deny', rules: new Map([['field-version', 'deny']]) },
  warn: ['field-version', 'restart-needed'],
});
const open = (fact: VersionFact): VersionFact => ({
  ...fact,
  spread: { ...fact.spread!, isOpen: true },
});
edit('live: masqAll, portmap too old, nodes not listed', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', open(probed(3, [['1.6.2', 3]]))),
  deny: ['field-version'],
});
edit('live: masqAll, portmap new enough, nodes not listed', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', open(probed(3, [['1.7.1', 3]]))),
  warn: ['field-version', 'restart-needed'],
});
edit('live: masqAll, portmap estimated too old on some nodes', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', {
    ...estimated('1.6.2'),
    spread: probed(120, [
      ['1.6.2', 3],
      ['1.7.1', 117],
    ]).spread!,
  }),
  warn: ['field-version', 'restart-needed'],
});
edit('live: masqAll, portmap estimated new enough, onUnknownVersion deny', {
  old: BASE_VETH,
  new: masqAll,
  facts: livePlugin('portmap', estimated('1.7.1')),
  policy: { onUnknownVersion: 'deny' },
  warn: ['restart-needed'],
});
edit('live: an estimate acquits no value that its release would not read', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 5 }),
  facts: livePlugin('portmap', estimated('1.5.1')),
  deny: ['field-type'],
  warn: ['field-version'],
});
edit('live: a wrong value that only some nodes read', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 5 }),
  facts: livePlugin(
    'portmap',
    probed(10, [
      ['1.5.1', 4],
      ['1.7.1', 6],
    ]),
  ),
  deny: ['field-type', 'field-version'],
});
edit('live: a wrong value that no node reads', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 5 }),
  facts: livePlugin(
    'portmap',
    probed(10, [
      ['1.5.0', 4],
      ['1.5.1', 6],
    ]),
  ),
  deny: ['field-version'],
});
edit('live: words of nftables, portmap estimated to know no backends', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'nftables', conditionsV4: ['ip', 'daddr'] }),
  facts: livePlugin('portmap', estimated('1.5.1')),
  warn: ['field-version', 'restart-needed'],
});
edit('live: words of nftables, some nodes with a portmap that knows no backends', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'nftables', conditionsV4: ['ip', 'daddr'] }),
  facts: livePlugin(
    'portmap',
    probed(10, [
      ['1.5.1', 4],
      ['1.9.1', 6],
    ]),
  ),
  deny: ['field-version'],
});
edit('live: words of iptables for nftables, some nodes with a portmap that knows no backends', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'nftables', conditionsV4: ['-d', '10.0.0.0/8'] }),
  facts: livePlugin(
    'portmap',
    probed(10, [
      ['1.5.1', 4],
      ['1.9.1', 6],
    ]),
  ),
  deny: ['field-version', 'portmap-backend'],
});
edit('live: backend nftables, portmap 1.8.0 on some nodes', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'nftables' }),
  facts: livePlugin(
    'portmap',
    probed(10, [
      ['1.8.0', 4],
      ['1.9.1', 6],
    ]),
  ),
  warn: ['portmap-nftables', 'restart-needed'],
});
edit('live: backend nftables, portmap estimated 1.8.0, the rule raised to deny', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, backend: 'nftables' }),
  facts: livePlugin('portmap', estimated('1.8.0')),
  policy: { rules: new Map([['portmap-nftables', 'deny']]) },
  warn: ['portmap-nftables', 'restart-needed'],
});
edit('live: a bandwidth field that some nodes do not have yet and others no longer have', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', shapedSubnets: ['10.0.0.0/8'] }),
  facts: livePlugin(
    'bandwidth',
    probed(10, [
      ['1.4.0', 1],
      ['1.5.1', 3],
      ['1.6.0', 4],
      ['1.7.1', 2],
    ]),
  ),
  deny: ['field-version'],
  warn: ['bandwidth-after-terway'],
});
edit('live: a slip of a field that some nodes no longer have, so it is not suggested', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', shapedSubnet: ['10.0.0.0/8'] }),
  facts: livePlugin(
    'bandwidth',
    probed(10, [
      ['1.5.1', 3],
      ['1.6.0', 7],
    ]),
  ),
  warn: ['bandwidth-after-terway', 'field-unknown', 'restart-needed'],
});
edit('live: both lists of subnets, which some nodes read', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', ...SHAPED, ...SUBNETS }),
  facts: livePlugin(
    'bandwidth',
    probed(10, [
      ['1.5.1', 3],
      ['1.6.0', 7],
    ]),
  ),
  deny: ['bandwidth-subnets', 'field-version'],
  warn: ['bandwidth-after-terway'],
});
edit('live: both lists of subnets, bandwidth estimated to read them', {
  old: BASE_VETH,
  new: vethChain({ type: 'bandwidth', ...SHAPED, ...SUBNETS }),
  facts: livePlugin('bandwidth', estimated('1.5.1')),
  warn: ['bandwidth-after-terway', 'restart-needed'],
});

const symmetricRouting = {
  old: vethChain(),
  new: withConflist(BASE_VETH, conflist([{ ...VETH_CONF, symmetric_routing: true }])),
};
edit('live: symmetric_routing, the rollout of Terway half done', {
  ...symmetricRouting,
  facts: live({
    terway: rollingOut(10, [
      ['v1.14.3', 3],
      ['v1.15.2', 7],
    ]),
  }),
  deny: ['field-version'],
});
edit('live: symmetric_routing, the rollout of a Terway of another name half done', {
  ...symmetricRouting,
  facts: live({
    terway: rollingOut(10, [
      ['v1.14.3', 3],
      ['v1.15.2', 7],
    ]),
    terwayDaemonSet: seen('terway', 'DaemonSet terway'),
  }),
  deny: ['field-version'],
});
edit('live: symmetric_routing, an upgrade of Terway that waits for its pods to be deleted', {
  ...symmetricRouting,
  facts: live({
    terway: rollingOut(10, [
      ['v1.14.3', 3],
      ['v1.15.2', 7],
    ]),
    terwayUpdates: seen('OnDelete', 'namespace kube-system'),
  }),
  deny: ['field-version'],
});
edit('live: symmetric_routing, Terway too old on all nodes', {
  ...symmetricRouting,
  facts: live({ terway: rollingOut(10, [['v1.14.3', 10]]) }),
  deny: ['field-version'],
});
edit('live: symmetric_routing, Terway too old, nodes not told apart', {
  ...symmetricRouting,
  facts: live({ terway: seen(version('v1.14.3'), 'DaemonSet terway-eniip') }),
  deny: ['field-version'],
});
edit('live: symmetric_routing, Terway unknown on one node', {
  ...symmetricRouting,
  facts: live({ terway: rollingOut(10, [['v1.15.2', 9]], 1) }),
  warn: ['field-version', 'restart-needed'],
});
edit('live: a chain, the rollout of the first Terway that reads it half done', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: live({
    terway: rollingOut(10, [
      ['v1.5.5', 3],
      ['v1.9.0', 7],
    ]),
  }),
  deny: ['chain-version', 'field-version'],
});
edit('live: a chain, Terway unknown on one node, as every supported cluster reads it', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: live({ terway: rollingOut(10, [['v1.9.0', 9]], 1) }),
  warn: ['restart-needed'],
});
const oddConf = { ...VETH_CONF, eniip_virtual_type: 'datapathv3' };
edit('live: an unknown datapath, which the newer Terway of some nodes refuses', {
  old: ownConf(oddConf),
  new: withConflist(ownConf(oddConf), conflist([oddConf])),
  facts: live({
    terway: rollingOut(10, [
      ['v1.12.1', 3],
      ['v1.15.2', 7],
    ]),
  }),
  deny: ['terway-virtual-type'],
});
for (const [nodes, releases, warn] of [
  [
    'all nodes veth',
    [
      ['v1.11.5', 4],
      ['v1.12.1', 6],
    ],
    [],
  ],
  [
    'nodes mixed',
    [
      ['v1.12.1', 3],
      ['v1.13.2', 7],
    ],
    ['public-access-masqall'],
  ],
] as [string, [string, number][], RuleId[]][]) {
  edit(`live: public access with eBPF policy, ${nodes}`, {
    old: BASE_EBPF_POLICY,
    new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
    facts: live({ terway: rollingOut(10, releases) }),
    policy: { minimumVersions: new Map([['terway.symmetric_routing', '1.11.0']]) },
    warn: [...warn, 'restart-needed'],
  });
}
edit('live: public access with eBPF policy, all nodes Datapath V2', {
  old: BASE_EBPF_POLICY,
  new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
  facts: live({ terway: rollingOut(10, [['v1.15.2', 10]]) }),
  deny: ['public-access-masqall'],
});
edit('live: public access with eBPF policy, Terway unknown on one node', {
  old: BASE_EBPF_POLICY,
  new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
  facts: live({ terway: rollingOut(10, [['v1.15.2', 9]], 1) }),
  warn: ['field-version', 'public-access-masqall', 'restart-needed'],
});
edit('live: public access, the datapath read from the nodes', {
  old: BASE_VETH,
  new: publicChain(BASE_VETH, VETH_CONF, PORTMAP),
  facts: live({ datapath: seen('datapathv2', 'ConfigMap eni-config') }),
  deny: ['public-access-masqall'],
});

const marked = vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' });
edit('live: KUBE-MARK-MASQ, some nodes without kube-proxy', {
  old: BASE_VETH,
  new: marked,
  facts: live({ nodesWithoutKubeProxy: seen(group(4), 'labels of nodes') }),
  deny: ['portmap-mark-chain'],
});
edit('live: KUBE-MARK-MASQ, one node without kube-proxy, its mode elsewhere unknown', {
  old: BASE_VETH,
  new: marked,
  facts: {
    ...cluster('1.15.2', '1.7.1'),
    nodesWithoutKubeProxy: seen(group(1), 'labels of nodes'),
  },
  deny: ['portmap-mark-chain'],
});
edit('live: KUBE-MARK-MASQ, no node without kube-proxy', {
  old: BASE_VETH,
  new: marked,
  facts: live({ nodesWithoutKubeProxy: seen(group(0), 'labels of nodes') }),
  warn: ['restart-needed'],
});
edit('live: KUBE-MARK-MASQ, kube-proxy in nftables mode', {
  old: BASE_VETH,
  new: marked,
  facts: live({
    kubeProxyMode: seen('nftables', 'ConfigMap kube-proxy-worker'),
    nodesWithoutKubeProxy: seen(group(4), 'labels of nodes'),
  }),
  deny: ['portmap-mark-chain'],
});
edit('live: a mark chain of the user, some nodes without kube-proxy', {
  old: BASE_VETH,
  new: vethChain({ ...PORTMAP, externalSetMarkChain: 'MY-MARKS' }),
  facts: live({ nodesWithoutKubeProxy: seen(group(4), 'labels of nodes') }),
  warn: ['restart-needed'],
});

/** What was found on 120 nodes: these binaries, some of which some nodes lack. */
const binaries = (present: string[], missing: [string, number][] = [], nodes = 120) =>
  live({
    binaries: asProbed({
      probed: nodes,
      present: new Set(present),
      missing: new Map(missing.map(([name, count]) => [name, group(count)])),
    }),
  });
edit('live: an unknown plugin, its binary missing on some nodes', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni' }),
  facts: binaries(['portmap', 'istio-cni'], [['istio-cni', 3]]),
  deny: ['plugin-missing'],
});
edit('live: an unknown plugin, its binary missing everywhere', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni' }),
  facts: binaries(['portmap']),
  deny: ['plugin-missing'],
});
edit('live: an unknown plugin, its binary missing on the only node', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni' }),
  facts: binaries(['portmap'], [], 1),
  deny: ['plugin-missing'],
});
edit('live: an unknown plugin, its binary on every node', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni' }),
  facts: binaries(['portmap', 'istio-cni']),
  warn: ['plugin-unknown', 'restart-needed'],
});
edit('live: an unknown plugin, no node looked at', {
  old: BASE_VETH,
  new: vethChain({ type: 'istio-cni' }),
  facts: binaries([], [], 0),
  warn: ['plugin-unknown', 'restart-needed'],
});
edit('live: a known plugin, its binary missing on one node', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: binaries(['portmap'], [['portmap', 1]]),
  deny: ['plugin-missing'],
});
edit('live: a known plugin twice, its binary missing everywhere', {
  old: BASE_VETH,
  new: vethChain(PORTMAP, { type: 'tuning', mtu: 1400 }, { type: 'tuning', mtu: 1400 }),
  facts: binaries(['portmap']),
  deny: ['plugin-missing'],
});
edit('live: binaries that Terway installs are not looked for', {
  old: BASE_DATAPATH_V2,
  new: v2Chain({ type: 'cilium-cni' }),
  facts: binaries(['portmap'], [['terway', 2]]),
  warn: ['restart-needed'],
});
edit('live: a slip of a known type, which no node has', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmapp' }),
  facts: binaries(['portmap']),
  deny: ['plugin-typo'],
});
edit('live: what looks like a slip, but every node has it', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmap2' }),
  facts: binaries(['portmap', 'portmap2']),
  warn: ['plugin-unknown', 'restart-needed'],
});
edit('live: what looks like a slip, but most nodes have it', {
  old: BASE_VETH,
  new: vethChain({ type: 'portmap2' }),
  facts: binaries(['portmap', 'portmap2'], [['portmap2', 4]]),
  deny: ['plugin-missing'],
});

edit('live: a chain on a cluster with exclusive-ENI nodes', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: live({ exclusiveEniNodes: seen(group(2), 'labels of nodes') }),
  warn: ['exclusive-eni-nodes', 'restart-needed'],
});
edit('live: a chain on a cluster with a Terway DaemonSet of another name', {
  old: BASE_VETH,
  new: vethChain(PORTMAP),
  facts: live({ terwayDaemonSet: seen('terway-eni', 'DaemonSet terway-eni') }),
  warn: ['restart-needed'],
});
