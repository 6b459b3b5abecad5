import { STATUS, type Symptom } from './symptom.ts';

const MEND = 'mend eni-config, then restart Terway pods';
const INIT_LOG = 'its words are in the log: kubectl logs -n kube-system POD -c terway-init';
const REMOVE = 'take the entry out of 10-terway.conflist, then restart Terway pods';

/** Sentences on nodes: Terway's start, the runtime, the plugins of the chain. */
export const NODE_SYMPTOMS: readonly Symptom[] = [
  {
    id: 'eni-config-missing',
    has: [
      /configmap "eni-config" not found|open \/etc\/eni\/(eni_conf|10-terway\.conf): no such file/i,
    ],
    wrong:
      'Terway finds no eni-config, or lacks its key eni_conf or 10-terway.conf. No Terway pod starts any more.',
    remedy: [
      'put it back: eni-config-guard rollback where the guard keeps a history, or a saved copy',
      INIT_LOG,
    ],
    rules: ['object-deleted', 'conf-missing', 'eni-conf-missing'],
  },
  {
    id: 'terway-json',
    has: [
      /failed process input: .*(invalid character|unexpected end of JSON input|unexpected EOF|cannot unmarshal number)/i,
    ],
    wrong:
      "10-terway.conf or 10-terway.conflist is no JSON that Terway's init container can read. No Terway pod starts any more.",
    remedy: [STATUS, MEND],
    rules: ['json-syntax', 'json-number', 'json-depth', 'binary-data'],
  },
  {
    id: 'terway-entry',
    has: [/failed process input: .*(type not found|invalid datapath|provider type error)/i],
    wrong:
      'An entry of the chain has no usable type, eniip_virtual_type or network_policy_provider. No Terway pod starts any more.',
    remedy: [STATUS, MEND],
    rules: [
      'entry-type',
      'chain-shape',
      'conf-not-entry',
      'terway-virtual-type',
      'terway-policy-provider',
    ],
  },
  {
    id: 'terway-eni-conf',
    has: [
      /task: get eni config\s*error|failed parse config|Invalid JSON Patch|unsupported ipStack|security groups should not be more than/i,
    ],
    wrong:
      "Terway can't start on eni_conf: it is no JSON, or a member has a value that Terway refuses.",
    remedy: [STATUS, MEND, INIT_LOG],
    rules: [
      'json-syntax',
      'eni-conf-shape',
      'field-type',
      'field-value',
      'eni-conf-limits',
      'overlay-no-patch',
    ],
  },
  {
    id: 'terway-symmetric-routing',
    has: [
      /task: symmetric routing\s*error|failed to configure IPv[46] rules|no IPv6 default gateway found/i,
    ],
    wrong:
      "Terway's init container can't set up symmetric routing: symmetric_routing_config has a value that it refuses, or the node lacks a default gateway.",
    remedy: [STATUS, MEND],
    rules: ['symmetric-routing', 'symmetric-routing-limits', 'field-type', 'field-value'],
  },
  {
    id: 'terway-member',
    has: [
      /cannot unmarshal \w+ into Go struct field CNIConf(ig)?\.|invalid CIDR address|time: invalid duration/i,
    ],
    wrong:
      "A member of Terway's entry or of eni_conf has a JSON type or a value that Terway refuses: new pods or Terway's own pods fail.",
    remedy: [STATUS, MEND],
    rules: ['field-type', 'field-value', 'terway-name-case'],
  },
  {
    id: 'terway-init',
    has: [/Back-off restarting failed container terway-init|\bInit:(Error|CrashLoopBackOff)\b/i],
    wrong: "Terway's init container ends with an error, most often over eni-config.",
    remedy: [INIT_LOG, STATUS],
  },
  {
    id: 'plugin-name',
    has: [/invalid plugin name/i],
    wrong: 'The type of an entry is a path and no name of a plugin. Every new pod fails.',
    remedy: ['write the name of the binary alone', STATUS],
    rules: ['entry-type-name'],
  },
  {
    id: 'plugin-not-first',
    has: [
      /must be called as (a )?chained plugin|(required|missing) prevResult|prevResult missing/i,
    ],
    wrong:
      'A plugin ran that works on the result of another one, and none had run before it: terway is not the first of the chain. Every new pod fails.',
    remedy: ['make terway the first entry of 10-terway.conflist, then restart Terway pods', STATUS],
    rules: ['terway-not-first'],
  },
  {
    id: 'plugin-second-network',
    has: [/plugin type="(bridge|ptp|macvlan|ipvlan|dummy|host-device|vlan|tap)" failed \(add\)/i],
    wrong:
      "A plugin wants to make the pod's interface, which terway has made already. Every new pod fails.",
    remedy: [REMOVE],
    rules: ['second-network'],
  },
  {
    id: 'plugin-field-type',
    has: [/plugin type="[^"]*".*cannot unmarshal /i],
    wrong:
      'A member of an entry has a JSON type that its plugin does not read. Every new pod fails.',
    remedy: [STATUS, MEND],
    rules: ['field-type', 'field-reserved', 'terway-name-case'],
  },
  {
    id: 'portmap-options',
    has: [
      /Cannot specify externalSetMarkChain and markMasqBit|MasqMarkBit must be between|unrecognized backend|backend was requested/i,
    ],
    wrong:
      'Members of the entry of portmap exclude each other, or have a value that it refuses. Every new pod fails.',
    remedy: [STATUS, MEND],
    rules: ['portmap-marks', 'portmap-backend', 'field-value'],
  },
  {
    id: 'tuning-sysctl',
    has: [/invalid net sysctl key|(open|write) \/proc\/sys\/net\//i],
    wrong:
      'tuning is to set a sysctl that is not one of a network, that does not exist in a pod, or with a value that the kernel refuses. Every new pod fails.',
    remedy: [
      'correct or remove the sysctl in the entry of tuning, then restart Terway pods',
      STATUS,
    ],
    rules: ['tuning-sysctl', 'tuning-sysctl-host', 'tuning-sysctl-name', 'tuning-sysctl-value'],
  },
  {
    id: 'tuning-options',
    has: [/plugin type="tuning".*invalid argument/i],
    wrong:
      'The kernel refuses a value of the entry of tuning, as of mtu or dataDir. Every new pod fails.',
    remedy: [STATUS, MEND],
    rules: ['tuning-mtu', 'tuning-data-dir'],
  },
  {
    id: 'bandwidth-options',
    has: [
      /burst must also be set|rate must also be set|burst cannot be more than 4GB|bad subnet|unshapedSubnets and shapedSubnets cannot be both/i,
    ],
    wrong: 'Members of the entry of bandwidth do not go together. Every new pod fails.',
    remedy: [STATUS, MEND],
    rules: ['bandwidth-pair', 'bandwidth-subnets'],
  },
  {
    id: 'bandwidth-after-terway',
    has: [/no veth peer of container/i],
    wrong:
      "bandwidth finds no host interface in terway's result. Every new pod that it is to limit fails.",
    remedy: [`${REMOVE}; terway limits bandwidth by itself, by the annotations of pods`],
    rules: ['bandwidth-after-terway'],
  },
  {
    id: 'sbr-after-terway',
    has: [/Failed to add default route to .*unreachable/i],
    wrong: "sbr can't reach the gateway that terway names. Every new pod fails.",
    remedy: [REMOVE],
    rules: ['sbr-after-terway'],
  },
  {
    id: 'firewall-options',
    has: [
      /unknown ingress policy|plugin type="firewall".*iptables|iptables.*(Invalid chain name|chain name .* too long)/i,
    ],
    wrong:
      'The firewall plugin refuses its ingressPolicy, or the name of its chain. Every new pod fails.',
    remedy: [STATUS, MEND],
    rules: ['firewall-chain', 'field-value', 'field-version'],
  },
  {
    id: 'vrf-options',
    has: [/valid vrf name/i],
    wrong: 'The entry of vrf names no VRF. Every new pod fails.',
    remedy: [STATUS, MEND],
    rules: ['field-value'],
  },
  {
    id: 'portmap-target',
    has: [/unable to setup DNAT: .*Invalid target name/i],
    wrong:
      'externalSetMarkChain of portmap is no name of an iptables chain. Pods with a hostPort fail to start.',
    remedy: ['write KUBE-MARK-MASQ, or leave the member out; then restart Terway pods', STATUS],
    rules: ['portmap-mark-chain'],
  },
  {
    id: 'portmap-mark-chain',
    rules: ['portmap-mark-chain'],
    has: [
      /Chain '?KUBE-MARK-MASQ'? does not exist|KUBE-MARK-MASQ.*(no such|not found|does not exist)/i,
    ],
    wrong:
      'portmap marks packets with the iptables chain KUBE-MARK-MASQ, which kube-proxy makes and which this node does not have: kube-proxy runs in nftables mode, or not at all. Pods with a hostPort fail to start.',
    remedy: [
      'take "externalSetMarkChain": "KUBE-MARK-MASQ" out of the entry of portmap in 10-terway.conflist, then restart Terway pods',
      'ask what the guard knows of kube-proxy: eni-config-guard facts',
    ],
  },
  {
    id: 'plugin-missing',
    rules: ['plugin-typo', 'entry-type-name', 'plugin-missing', 'plugin-unknown', 'conf-not-entry'],
    has: [/failed to find plugin "/i],
    wrong:
      "The chain names a plugin of which the node's CNI directory has no binary. Every new pod on that node fails.",
    remedy: [
      'correct the type in 10-terway.conflist, or install the plugin into /opt/cni/bin on every node',
      'see which plugins nodes have: eni-config-guard probe --directory /opt/cni/bin',
      STATUS,
    ],
  },
  {
    id: 'chain-unreadable',
    rules: ['chain-shape', 'entry-type', 'field-type'],
    has: [
      /error parsing configuration( list)?|failed to load CNI config|no (valid )?networks? found in|no plugin configs found|no 'plugins' key|missing 'type'|missing 'plugins'|invalid plugin bytes/i,
    ],
    wrong:
      "containerd can't read the chain that Terway wrote into /etc/cni/net.d. The node goes NotReady.",
    remedy: [STATUS, 'mend 10-terway.conflist, then restart Terway pods, which write it anew'],
  },
  {
    id: 'spec-version',
    rules: ['field-value'],
    has: [
      /incompatible CNI versions|unsupported CNI result version|does not support config version|config is "[^"]*", plugin supports/i,
    ],
    wrong: "A plugin of the chain does not speak the chain's cniVersion. Every new pod fails.",
    remedy: [
      'set a cniVersion that every plugin of the chain supports, or update the plugin on the nodes',
      STATUS,
    ],
  },
  {
    id: 'cni-not-initialized',
    has: [
      /cni config load failed|no network config found in|cni plugin not initialized|NetworkPluginNotReady/i,
    ],
    wrong:
      'The node has no usable CNI configuration: Terway has not written it yet, or wrote one that containerd refuses. The node is NotReady and pods without hostNetwork do not start.',
    remedy: [
      "see Terway's pod on that node, its init container too: kubectl get pods -n kube-system -l app=terway-eniip -o wide",
      STATUS,
    ],
  },
  {
    id: 'plugin-failed',
    has: [/plugin type="[^"]*".* failed \(|failed to (setup|set up) network for sandbox/i],
    wrong:
      'A plugin of the chain failed for this pod; the sentence names it, and its own words follow.',
    remedy: [
      STATUS,
      'look for a change of eni-config or of plugins on the node just before it began',
    ],
  },
];
