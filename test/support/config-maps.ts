/** eni-config as clusters really have it, one base for each datapath. */

export type Data = Readonly<Record<string, string>>;

const eniConf = (zone: string) =>
  `${JSON.stringify(
    {
      version: '1',
      max_pool_size: 8,
      min_pool_size: 2,
      credential_path: '/var/addon/token-config',
      enable_eni_trunking: true,
      vswitches: {
        [`${zone}-l`]: ['vsw-uf61q7examplea'],
        [`${zone}-m`]: ['vsw-uf61q7exampleb'],
      },
      eni_tags: { 'ack.aliyun.com': 'c3f19example' },
      service_cidr: '172.21.0.0/20',
      security_group: 'sg-uf6d0example',
      ip_stack: 'ipv4',
      vswitch_selection_policy: 'ordered',
    },
    null,
    2,
  )}\n`;

const base = (conf: object, zone: string): Data => ({
  '10-terway.conf': `${JSON.stringify(conf, null, 2)}\n`,
  disable_network_policy: 'false',
  eni_conf: eniConf(zone),
  in_cluster_loadbalance: 'true',
});

/** What ACK writes for the veth datapath with Calico policy. */
export const VETH_CONF = {
  cniVersion: '0.4.0',
  name: 'terway',
  type: 'terway',
  capabilities: { bandwidth: true },
  network_policy_provider: 'iptables',
};

/** What ACK writes for Datapath V2. */
export const DATAPATH_V2_CONF = {
  cniVersion: '0.4.0',
  name: 'terway',
  type: 'terway',
  capabilities: { bandwidth: true },
  eniip_virtual_type: 'datapathv2',
  host_stack_cidrs: ['169.254.20.10/32'],
  cilium_args: '',
};

/** eBPF policy without a virtual type: Datapath V2 on new nodes. */
export const EBPF_POLICY_CONF = { ...VETH_CONF, network_policy_provider: 'ebpf' };

export const BASE_VETH = base(VETH_CONF, 'cn-shanghai');
export const BASE_DATAPATH_V2 = base(DATAPATH_V2_CONF, 'cn-beijing');
export const BASE_EBPF_POLICY = base(EBPF_POLICY_CONF, 'cn-hangzhou');

/** The conf of the vendor's custom-chain page, which the three documented examples share. */
export const VENDOR_CONF = {
  cniVersion: '0.4.0',
  name: 'terway',
  type: 'terway',
  capabilities: { bandwidth: true },
};
export const BASE_VENDOR = base(VENDOR_CONF, 'cn-hangzhou');

export const PORTMAP = { type: 'portmap', capabilities: { portMappings: true } };

/** A conflist as text; `null` as the indent gives minified JSON. */
export function conflist(plugins: readonly unknown[], indent: number | null = 2): string {
  return indent === null
    ? JSON.stringify({ plugins })
    : `${JSON.stringify({ plugins }, null, indent)}\n`;
}

/** The vendor page's three documented chains. */
export const VENDOR_CHAINS: Readonly<Record<string, string>> = {
  'private access': conflist([VENDOR_CONF, { ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }]),
  'public access': conflist([
    { ...VENDOR_CONF, symmetric_routing: true },
    { ...PORTMAP, masqAll: false },
  ]),
  'no IPv6 link-local': conflist([
    VENDOR_CONF,
    {
      type: 'tuning',
      sysctl: {
        'net.ipv6.conf.all.disable_ipv6': '1',
        'net.ipv6.conf.default.disable_ipv6': '1',
        'net.ipv6.conf.lo.disable_ipv6': '1',
      },
    },
  ]),
};

export function withConflist(data: Data, text: string): Data {
  return { ...data, '10-terway.conflist': text };
}

/** With portmap in the chain, as it should be. */
export const GOOD = withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]));

/** With a value that makes portmap fail every new pod. */
export const WRONG_TYPE = withConflist(
  BASE_VETH,
  conflist([VETH_CONF, { ...PORTMAP, snat: 'true' }]),
);

/** With a plugin that does not exist. */
export const TYPO = withConflist(
  BASE_VETH,
  conflist([VETH_CONF, { ...PORTMAP, type: 'portmapp' }]),
);
