import type { RuleId } from '../../src/engine/rules/index.ts';
import { BASE_DATAPATH_V2, BASE_VETH, type Data, VETH_CONF } from './config-maps.ts';
import type { PluginRelease, PluginType } from './plugin-releases.ts';

/**
 * What rules say of outages ("every new pod fails", "every Terway pod fails to start"), and how each
 * is shown: by a released plugin in a network namespace as terway leaves it, by Terway's own code, on
 * a node of the lab, by another test, or by the source that it was read in. What the first two show is
 * shown on a node as well, see node-showings.ts. A claim that does not happen is not made.
 */

/** A plugin's binary is asked for an ADD with this entry, and refuses. */
export interface PluginShowing {
  readonly plugin: PluginType;
  readonly entry: string;
  readonly message: RegExp;
  /** The newest of the tests without it. */
  readonly release?: PluginRelease;
  /** It stands first in the chain, so no result comes before it. */
  readonly isFirst?: true;
  /** Why the lab's nodes can't show it. */
  readonly notOnNode?: string;
}

/**
 * A step of Terway's start: `cni` and `nodeconfig` are terway-cli in the init container, `daemon` is
 * terwayd, `policy` the policy container, `runtime` libcni over the list that terway-cli wrote,
 * `plugin` terway's own decoding of its entry, `pod` libcni that adds a pod by that list.
 */
export type TerwayStage = 'cni' | 'nodeconfig' | 'daemon' | 'policy' | 'runtime' | 'plugin' | 'pod';

/** How a node differs from one with default gateways of both families. */
export interface JudgedNode {
  readonly lacksIPv6Gateway?: true;
  /** The plugins that have an executable. A pod is added where it names any. */
  readonly plugins?: readonly string[];
}

/** Terway's own code is given this object, and a step of its start fails. */
export interface TerwayShowing {
  readonly data: Data;
  readonly node?: JudgedNode;
  readonly stage: TerwayStage;
  readonly message: RegExp;
  /** Why the lab's nodes can't show it. */
  readonly notOnNode?: string;
}

/** Terway's daemon has this text to merge over eni_conf of {@link BASE_VETH}, and does not start. */
export interface OverlayShowing {
  readonly overlay: string;
  readonly message: RegExp;
  readonly notOnNode?: string;
}

export type Showing = PluginShowing | TerwayShowing | OverlayShowing;

/**
 * What fails on a node: the kubelet can't mount a volume of Terway's pod, Terway's init container ends
 * with an error, the node goes NotReady, no sandbox is made for a new pod, or a pod runs and its host
 * port is dead.
 */
export type NodeFailure = 'mount' | 'init' | 'not-ready' | 'sandbox' | 'host-port';

/** On a node of the lab Terway starts with this object, and something fails. */
export interface NodeShowing {
  /** The object is deleted when there is none. */
  readonly data?: Data;
  /** In base64. */
  readonly binaryData?: Data;
  readonly fails: NodeFailure;
  /** What a program says of it, in part. */
  readonly message: RegExp;
  /** The new pod asks for a port of the node. */
  readonly hasHostPort?: true;
  /** Of the node's plugins; the lab's own without it. */
  readonly release?: PluginRelease;
  /** A plugin that the node lacks. */
  readonly without?: PluginType;
  /** No kube-proxy runs there, and none of its chains is left. */
  readonly hasNoProxy?: true;
}

/** How the claim of a rule is shown; at least one of the four. */
export interface Claim {
  /** The consequence, as the rule says it. */
  readonly claim: string;
  readonly runs?: readonly Showing[];
  /** What only a node can show. */
  readonly nodes?: readonly NodeShowing[];
  /** A test that shows it in another way. */
  readonly test?: string;
  /** Where it was read, for what is not run. */
  readonly source?: string;
}

const NEW_PODS = 'every new pod fails';
const TERWAY_PODS = 'every Terway pod fails to start';

const without = (key: string): Data =>
  Object.fromEntries(Object.entries(BASE_VETH).filter(([name]) => name !== key));
const withChain = (...entries: readonly unknown[]): Data => ({
  ...BASE_VETH,
  '10-terway.conflist': JSON.stringify({ plugins: entries }),
});
const withFirst = (members: object) => withChain({ ...VETH_CONF, ...members });
const withEniConf = (text: string): Data => ({ ...BASE_VETH, eni_conf: text });
const withSymmetric = (config: object) =>
  withFirst({ symmetric_routing: true, symmetric_routing_config: config });

const plugin = (
  plugin: PluginType,
  members: object,
  message: RegExp,
  more: Partial<PluginShowing> = {},
): PluginShowing => ({
  plugin,
  entry: JSON.stringify({ type: plugin, ...members }),
  message,
  ...more,
});
const terway = (data: Data, stage: TerwayStage, message: RegExp): TerwayShowing => ({
  data,
  stage,
  message,
});
/** A pod is added on a node that has an executable for terway and portmap only. */
const podOf = (data: Data, message: RegExp): TerwayShowing => ({
  data,
  node: { plugins: ['terway', 'portmap'] },
  stage: 'pod',
  message,
});
const onNode = (
  fails: NodeFailure,
  data: Data,
  message: RegExp,
  more: Partial<NodeShowing> = {},
): NodeShowing => ({ fails, data, message, ...more });
const inSandbox = (entry: object, message: RegExp, more?: Partial<NodeShowing>): NodeShowing =>
  onNode('sandbox', withChain(VETH_CONF, entry), message, more);

/** What the lab has not shown yet. */
const byCode = (showings: readonly Showing[]): readonly Showing[] =>
  showings.map((showing) => ({ ...showing, notOnNode: 'not tried' }));

const PORT_MAPPINGS = { capabilities: { portMappings: true } };
const sysctl = (name: string, value = '1') => ({ sysctl: { [name]: value } });
const NEWEST =
  'AliyunContainerService/terway: cmd/terway-cli/cni.go, parseCNIChain, at commit 1a4532b7ef5f; no release has it';

const withText = (text: string): Data => ({ ...BASE_VETH, '10-terway.conflist': text });
const HOST_PORT_DEAD = 'ports of the node that pods ask for are dead';
const MOVES = 'nodes that restart move to another datapath or policy engine';
const DEAD = /Connection refused|timed out/;

export const CLAIMS: Partial<Record<RuleId, Claim>> = {
  'object-deleted': {
    claim: TERWAY_PODS,
    nodes: [{ fails: 'mount', message: /configmap "eni-config" not found/ }],
  },
  'conf-missing': {
    claim: TERWAY_PODS,
    runs: [terway(without('10-terway.conf'), 'cni', /10-terway\.conf: no such file/)],
  },
  'eni-conf-missing': {
    claim: TERWAY_PODS,
    runs: [terway(without('eni_conf'), 'cni', /eni_conf: no such file/)],
  },
  'conf-not-entry': {
    claim: `${TERWAY_PODS}, or ${NEW_PODS}`,
    runs: [
      terway({ ...BASE_VETH, '10-terway.conf': '[]' }, 'cni', /type not found/),
      podOf({ ...BASE_VETH, '10-terway.conf': '{"type": "terwayy"}' }, /failed to find plugin/),
    ],
    nodes: [
      onNode(
        'sandbox',
        { ...BASE_VETH, '10-terway.conf': JSON.stringify({ ...VETH_CONF, type: 'terwayy' }) },
        /failed to find plugin "terwayy"/,
      ),
    ],
  },
  'binary-data': {
    claim: `text as UTF-16: ${TERWAY_PODS}`,
    nodes: [
      onNode('init', BASE_VETH, /invalid character/, {
        binaryData: {
          '10-terway.conflist': Buffer.from('\ufeff{"plugins": []}', 'utf16le').toString('base64'),
        },
      }),
    ],
  },
  'json-syntax': {
    claim: 'every Terway pod that starts from now on fails',
    runs: [
      terway(withText('{"plugins": [{"type": "terway"},]}'), 'cni', /invalid character/),
      terway(withText('{"plugins": ['), 'cni', /unexpected end|unexpected EOF/),
      terway(withText(''), 'cni', /unexpected end|EOF/),
      terway(withText("{'plugins': []}"), 'cni', /invalid character/),
      terway(withText('{"plugins": []} x'), 'cni', /invalid character/),
      terway(
        { ...BASE_VETH, '10-terway.conf': `${BASE_VETH['10-terway.conf']!},` },
        'cni',
        /invalid character/,
      ),
      terway(withEniConf('{"version": "1",}'), 'nodeconfig', /invalid character/),
    ],
  },
  'json-number': {
    claim: TERWAY_PODS,
    runs: [
      terway(
        withText('{"plugins": [{"type": "terway", "a": 1e400}]}'),
        'cni',
        /cannot unmarshal number/,
      ),
    ],
  },
  'json-depth': {
    claim: TERWAY_PODS,
    runs: [
      terway(
        withText(`{"plugins": ${'['.repeat(10_001)}${']'.repeat(10_001)}}`),
        'cni',
        /exceeded max depth/,
      ),
    ],
  },
  'chain-shape': {
    claim: 'nodes that restart go NotReady',
    runs: [
      terway(withChain(), 'runtime', /no 'plugins' key|no plugin configs found/),
      terway(
        { ...BASE_VETH, '10-terway.conflist': '{"plugins": null}' },
        'runtime',
        /no 'plugins' key|no plugin configs found/,
      ),
      terway({ ...BASE_VETH, '10-terway.conflist': '[]' }, 'cni', /type not found/),
    ],
  },
  'entry-type': {
    claim: `${TERWAY_PODS}; with an empty type the node goes NotReady`,
    runs: [
      terway(withChain(VETH_CONF, {}), 'cni', /type not found/),
      terway(withChain(VETH_CONF, { type: null }), 'cni', /type not found/),
      terway(withChain(VETH_CONF, { type: '' }), 'runtime', /missing 'type'/),
    ],
  },
  'entry-type-name': {
    claim: NEW_PODS,
    runs: ['a/portmap', 'portmap ', 'port\nmap'].map((type) =>
      podOf(withChain(VETH_CONF, { type }), /invalid plugin name|failed to find plugin/),
    ),
    nodes: [inSandbox({ type: '../portmap' }, /invalid plugin name/)],
  },
  'portmap-capability': {
    claim: HOST_PORT_DEAD,
    nodes: [
      onNode('host-port', withChain(VETH_CONF, { type: 'portmap', snat: true }), DEAD, {
        hasHostPort: true,
      }),
    ],
  },
  'capability-typo': {
    claim: HOST_PORT_DEAD,
    nodes: [
      onNode(
        'host-port',
        withChain(VETH_CONF, { type: 'portmap', capabilities: { portMapping: true } }),
        DEAD,
        { hasHostPort: true },
      ),
    ],
  },
  'key-typo': {
    claim: HOST_PORT_DEAD,
    nodes: [
      onNode(
        'host-port',
        {
          ...BASE_VETH,
          '10-terway.confilst': JSON.stringify({
            plugins: [VETH_CONF, { type: 'portmap', ...PORT_MAPPINGS }],
          }),
        },
        DEAD,
        { hasHostPort: true },
      ),
    ],
  },
  'field-reserved': {
    claim: NEW_PODS,
    runs: [plugin('portmap', { runtimeConfig: 'x' }, /cannot unmarshal string/)],
  },
  'terway-not-first': {
    claim: NEW_PODS,
    runs: [
      ...(['portmap', 'tuning', 'firewall', 'sbr'] as const).map((type) =>
        plugin(type, {}, /chained|prevResult|previous/i, { isFirst: true }),
      ),
      plugin('vrf', { vrfname: 'blue' }, /prevResult|previous/i, { isFirst: true }),
    ],
  },
  'second-network': {
    claim: NEW_PODS,
    nodes: [
      inSandbox(
        { type: 'ptp', ipam: { type: 'host-local', subnet: '10.22.0.0/16' } },
        /plugin type="ptp" failed \(add\)/,
      ),
    ],
    test: 'test/plugins/network-makers.test.ts',
    source: 'for plugins of other projects: their own, named in docs/plugins.md',
  },
  'plugin-typo': {
    claim: NEW_PODS,
    runs: [podOf(withChain(VETH_CONF, { type: 'portmapp' }), /failed to find plugin "portmapp"/)],
    nodes: [inSandbox({ ...PORT_MAPPINGS, type: 'portmapp' }, /failed to find plugin "portmapp"/)],
  },
  'plugin-missing': {
    claim: NEW_PODS,
    runs: [podOf(withChain(VETH_CONF, { type: 'sbr' }), /failed to find plugin "sbr"/)],
    nodes: [inSandbox({ type: 'sbr' }, /failed to find plugin "sbr"/, { without: 'sbr' })],
  },
  'plugin-unknown': {
    claim: `where its binary is missing ${NEW_PODS}`,
    nodes: [inSandbox({ type: 'istio-cni' }, /failed to find plugin "istio-cni"/)],
  },
  'field-type': {
    claim: `${NEW_PODS}, ${TERWAY_PODS} or the node goes NotReady, by field`,
    runs: [
      plugin('portmap', { snat: 'true' }, /cannot unmarshal string/),
      plugin('tuning', { sysctl: { 'net.ipv4.tcp_syncookies': 1 } }, /cannot unmarshal number/),
      terway(withEniConf('{"max_pool_size": "8"}'), 'nodeconfig', /cannot unmarshal string/),
      terway(withChain(VETH_CONF, { type: 'x', capabilities: [] }), 'runtime', /capabilities/),
      terway(withFirst({ mtu: '1500' }), 'plugin', /cannot unmarshal string/),
      terway(
        withSymmetric({ mark: '0x10' }),
        'nodeconfig',
        /failed to parse symmetric_routing_config/,
      ),
    ],
    test: 'test/plugins/conformance.test.ts and terway-judge.test.ts, every field',
  },
  'field-value': {
    claim: `${NEW_PODS} or ${TERWAY_PODS}, by field`,
    runs: [
      plugin('portmap', { markMasqBit: 32 }, /MasqMarkBit must be between/),
      plugin('portmap', { backend: 'ipvs' }, /unrecognized backend/),
      plugin('firewall', { ingressPolicy: 'closed' }, /unknown ingress policy/),
      plugin('vrf', {}, /valid vrf name/),
      plugin('portmap', { cniversion: '9.0.0' }, /incompatible CNI versions/),
      terway(withFirst({ host_stack_cidrs: ['169.254.20.10'] }), 'plugin', /invalid CIDR/),
      terway(withEniConf('{"idle_ip_reclaim_after": "soon"}'), 'daemon', /invalid duration/),
      terway(withEniConf('{"ip_stack": "ipv6"}'), 'daemon', /unsupported ipStack/),
      terway(withSymmetric({ backend: 'nft' }), 'nodeconfig', /unsupported backend/),
    ],
    test: 'test/plugins/conformance.test.ts and terway-judge.test.ts, every field',
  },
  'field-version': {
    claim: `for a value that is newer than the plugin: ${NEW_PODS}`,
    runs: [
      plugin('firewall', { ingressPolicy: 'isolated' }, /unknown ingress policy/, {
        release: '1.6.2',
      }),
    ],
  },
  'terway-virtual-type': {
    claim: TERWAY_PODS,
    runs: [terway(withFirst({ eniip_virtual_type: 'datapathv3' }), 'cni', /invalid datapath/)],
  },
  'terway-policy-provider': {
    claim: `null: ${TERWAY_PODS}`,
    runs: [terway(withFirst({ network_policy_provider: null }), 'cni', /provider type error/)],
  },
  'terway-name-case': {
    claim: `the policy container of every Terway pod crashes, or ${NEW_PODS}`,
    runs: [
      terway(
        { ...BASE_DATAPATH_V2, '10-terway.conf': withName(BASE_DATAPATH_V2, 'CILIUM_ARGS') },
        'policy',
        /cannot unmarshal number/,
      ),
      terway(withFirst({ ENIIP_VIRTUAL_TYPE: 1 }), 'plugin', /cannot unmarshal number/),
      terway(withFirst({ BANDWIDTH_MODE: 1 }), 'plugin', /cannot unmarshal number/),
      terway(withFirst({ SYMMETRIC_ROUTING_CONFIG: 1 }), 'plugin', /cannot unmarshal number/),
    ],
  },
  'symmetric-routing': {
    claim: 'without an IPv6 default gateway its Terway pod fails to start',
    runs: [
      {
        data: {
          ...withFirst({ symmetric_routing: true }),
          eni_conf: JSON.stringify({ ip_stack: 'dual' }),
        },
        node: { lacksIPv6Gateway: true },
        notOnNode: "the lab's nodes have IPv4 only",
        stage: 'nodeconfig',
        message: /no IPv6 default gateway found/,
      },
    ],
  },
  'symmetric-routing-limits': {
    claim: TERWAY_PODS,
    runs: byCode([
      terway(withSymmetric({ mark: 4_294_967_296 }), 'nodeconfig', /bad integer value/),
      terway(withSymmetric({ mask: 4_294_967_296 }), 'nodeconfig', /bad .*(value|mask)/i),
      terway(withSymmetric({ comment: 'a\0' }), 'nodeconfig', /invalid argument/),
      terway(withSymmetric({ comment: 'c'.repeat(131_072) }), 'nodeconfig', /too long/),
      terway(
        withSymmetric({ backend: 'nftables', comment: 'c'.repeat(257) }),
        'nodeconfig',
        /numerical result out of range/,
      ),
    ]),
  },
  'cilium-without-datapath': {
    claim: NEW_PODS,
    source: 'AliyunContainerService/terway: cmd/terway-cli/policy.go, initPolicy',
  },
  'cilium-args': {
    claim: 'the policy container of every Terway pod crashes',
    source: 'AliyunContainerService/terway: cmd/terway-cli/policy.go, extractArgs',
  },
  ...(Object.fromEntries(
    ['cni-chain-shape', 'cni-chain-terway', 'cni-chain-member'].map((id) => [
      id,
      { claim: TERWAY_PODS, source: NEWEST },
    ]),
  ) as Partial<Record<RuleId, Claim>>),
  'portmap-marks': {
    claim: NEW_PODS,
    runs: [
      plugin('portmap', { externalSetMarkChain: 'KUBE-MARK-MASQ', markMasqBit: 13 }, /Cannot spec/),
    ],
  },
  'portmap-backend': {
    claim: NEW_PODS,
    runs: [
      plugin(
        'portmap',
        { backend: 'nftables', externalSetMarkChain: 'A' },
        /backend was requested/,
      ),
      plugin('portmap', { backend: 'iptables', conditionsV4: ['ip'] }, /backend was requested/),
      plugin('portmap', { backend: 'nftables', conditionsV4: ['-d'] }, /backend was requested/),
    ],
    source: 'portmap 1.6.0 and "!": containernetworking/plugins: plugins/meta/portmap/main.go',
  },
  'portmap-mark-chain': {
    claim: 'pods with hostPort fail',
    runs: byCode(
      ['', 'a b', 'C'.repeat(29)].map((externalSetMarkChain) =>
        plugin('portmap', { ...PORT_MAPPINGS, externalSetMarkChain }, /unable to setup DNAT/),
      ),
    ),
  },
  'tuning-sysctl': {
    claim: NEW_PODS,
    runs: ['kernel.msgmax', 'vm.swappiness', 'net', 'ipv4.tcp_fin_timeout'].map((name) =>
      plugin('tuning', sysctl(name), /invalid net sysctl key/),
    ),
  },
  'tuning-sysctl-host': {
    claim: NEW_PODS,
    test: 'test/plugins/claims.test.ts, every name of the catalogue',
  },
  'tuning-sysctl-name': {
    claim: `where it does not exist ${NEW_PODS}`,
    runs: [
      plugin('tuning', sysctl('net.ipv4.tcp_keepalive_tim'), /open \/proc\/sys\/net\//),
      plugin('tuning', sysctl('net.ipv4.TCP_fin_timeout'), /open \/proc\/sys\/net\//),
    ],
  },
  'tuning-sysctl-value': {
    claim: NEW_PODS,
    runs: (
      [
        ['net.ipv6.conf.all.disable_ipv6', 'true'],
        ['net.ipv4.tcp_syncookies', 'yes'],
        ['net.ipv4.ip_forward', 'on'],
        ['net.ipv4.tcp_keepalive_time', '10m'],
        ['net.core.somaxconn', '16K'],
      ] as const
    ).map(([name, value]) => plugin('tuning', sysctl(name, value), /write \/proc\/sys\/net\//)),
  },
  'tuning-mtu': {
    claim: NEW_PODS,
    runs: [67, 65_536].map((mtu) => plugin('tuning', { mtu }, /invalid argument/)),
  },
  'tuning-data-dir': {
    claim: NEW_PODS,
    runs: [plugin('tuning', { dataDir: '\0', mtu: 1400 }, /invalid argument/)],
  },
  'bandwidth-pair': {
    claim: NEW_PODS,
    runs: [
      plugin('bandwidth', { ingressRate: 1000 }, /burst must also be set/),
      plugin('bandwidth', { egressBurst: 1000 }, /rate must also be set/),
      plugin('bandwidth', { egressRate: 1, egressBurst: 34_359_738_360 }, /more than 4GB/),
    ],
  },
  'bandwidth-subnets': {
    claim: NEW_PODS,
    runs: [
      plugin(
        'bandwidth',
        { ingressRate: 1000, ingressBurst: 1000, shapedSubnets: ['a'] },
        /bad subnet/,
        { release: '1.5.1' },
      ),
      plugin(
        'bandwidth',
        {
          ingressRate: 1000,
          ingressBurst: 1000,
          shapedSubnets: ['10.0.0.0/8'],
          unshapedSubnets: ['10.0.0.0/8'],
        },
        /cannot be both specified/,
        { release: '1.5.1' },
      ),
    ],
  },
  'bandwidth-after-terway': {
    claim: NEW_PODS,
    runs: byCode([
      plugin('bandwidth', { ingressRate: 1000, ingressBurst: 1000 }, /no veth peer of container/),
    ]),
  },
  'sbr-after-terway': {
    claim: NEW_PODS,
    runs: byCode(
      (['1.5.1', '1.9.1', '1.10.0'] as const).map((release) =>
        plugin('sbr', {}, /Failed to add default route to .*unreachable/, { release }),
      ),
    ),
  },
  'firewall-chain': {
    claim: NEW_PODS,
    runs: byCode(
      ['a b', 'C'.repeat(29)].map((iptablesAdminChainName) =>
        plugin('firewall', { iptablesAdminChainName }, /iptables/),
      ),
    ),
  },
  'vrf-name': {
    claim: NEW_PODS,
    source:
      'Linux: net/core/dev.c, dev_valid_name; the kernel of the tests may have no VRF devices',
  },
  'eni-conf-shape': {
    claim: TERWAY_PODS,
    runs: [terway(withEniConf('[]'), 'nodeconfig', /cannot unmarshal array/)],
  },
  'eni-conf-limits': {
    claim: TERWAY_PODS,
    runs: [
      terway(
        withEniConf(JSON.stringify({ security_groups: Array<string>(11).fill('sg') })),
        'daemon',
        /should not be more than 10/,
      ),
    ],
    source: 'before 1.13.6: ACK: Terway release notes',
  },
  'conf-changed': {
    claim: MOVES,
    test: 'test/plugins/rendering.test.ts, by the files that terway-cli writes',
  },
  'first-entry-differs': {
    claim: MOVES,
    test: 'test/plugins/rendering.test.ts, by the files that terway-cli writes',
  },
  'json-size': {
    claim: 'what is too long is not stored, or not read',
    source: 'Kubernetes: pkg/apis/core/validation/validation.go, ValidateConfigMap',
  },
  'terway-repeated': {
    claim: 'new pods get a second interface of the same name',
    source: 'AliyunContainerService/terway: plugin/terway/cni.go, cmdAdd',
  },
  'public-access-masqall': {
    claim: 'replies get lost on Datapath V2',
    source: 'ACK: Configure a custom CNI chain',
  },
  'eni-conf-protected': {
    claim: 'a change is not supported',
    source: 'ACK: Configure Terway',
  },
  'portmap-mark-bit': {
    claim: 'packets of others are masqueraded',
    source: 'kube-proxy: iptablesMasqueradeBit 14; Calico: IptablesMarkMask',
  },
  'tuning-ipv6': {
    claim: 'new pods lose their IPv6 address',
    test: 'test/cluster/stories/chains.ts, on a node of the lab',
  },
  'vrf-after-terway': {
    claim: 'new pods lose their routes',
    source: 'containernetworking/plugins: plugins/meta/vrf/vrf.go',
  },
  'firewall-ingress': {
    claim: 'new pods get wrong rules',
    source: 'containernetworking/plugins: plugins/meta/firewall/ingresspolicy.go',
  },
  'overlay-lost': {
    claim: 'under central IPAM nodes that join get no addresses',
    source: 'AliyunContainerService/terway: types/daemon/dynamicconfig.go, ConfigFromConfigMap',
  },
  'overlay-no-patch': {
    claim: 'the daemon does not start on the nodes that name the ConfigMap',
    runs: ['null', '{', '"x"'].map((overlay) => ({ overlay, message: /Invalid JSON Patch/ })),
  },
};

function withName(data: Data, name: string): string {
  return JSON.stringify({ ...(JSON.parse(data['10-terway.conf']!) as object), [name]: 1 });
}
