import { BASE_VETH } from '../../../../support/config-maps.ts';
import { vethChain, withEniConf } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

const EVERY_POD = 'every new pod fails';

/** A chain with tuning that sets one sysctl. */
const sysctl = (name: string, value: unknown = '1') =>
  vethChain({ type: 'tuning', sysctl: { [name]: value } });

/** tuning: sysctls, MTU, IPv6. */
export const TUNING_EDITS: readonly WorkedEdit[] = [
  ...['kernel.msgmax', 'vm.swappiness', 'networks.a', 'net'].map((name) =>
    edit(`tuning: the sysctl ${name}`, {
      old: BASE_VETH,
      new: vethChain({ type: 'tuning', sysctl: { [name]: '1' } }),
      deny: ['tuning-sysctl'],
    }),
  ),
  edit('tuning: a sysctl with slashes', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', sysctl: { 'net/ipv4/conf/IFNAME/arp_filter': '1' } }),
    warn: ['restart-needed'],
  }),
  edit('tuning: an MTU that the kernel refuses', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', mtu: 67 }),
    deny: ['tuning-mtu'],
  }),
  edit('tuning: the smallest MTU, and none', {
    old: BASE_VETH,
    new: vethChain({ type: 'tuning', mtu: 68 }, { type: 'tuning', mtu: 0 }),
    warn: ['plugin-repeated', 'restart-needed'],
  }),
  edit('tuning: IPv6 off on a dual-stack cluster', {
    old: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
    new: withEniConf(
      vethChain({ type: 'tuning', sysctl: { 'net.ipv6.conf.all.disable_ipv6': '1' } }),
      { ip_stack: 'dual' },
    ),
    warn: ['restart-needed', 'tuning-ipv6'],
  }),
  ...[
    'net.core.rmem_max',
    'net.core.wmem_default',
    'net.core.netdev_max_backlog',
    'net.core.default_qdisc',
    'net.core.bpf_jit_enable',
    'net.core.busy_poll',
    'net.ipv4.tcp_mem',
    'net.ipv4.udp_mem',
    'net.ipv4.tcp_max_orphans',
    'net.ipv4.tcp_low_latency',
    'net.ipv4.tcp_tw_recycle',
    'net.ipv4.tcp_available_congestion_control',
    'net.ipv4.tcp_allowed_congestion_control',
    'net.ipv4.inet_peer_threshold',
    'net.ipv4.route.max_size',
    'net.ipv4.neigh.default.gc_thresh3',
    'net/ipv6/neigh/default/gc_thresh1',
    'net.ipv4.netfilter.ip_conntrack_max',
    'net.netfilter.nf_conntrack_buckets',
    'net.netfilter.nf_conntrack_max',
    'net.nf_conntrack_max',
  ].map((name) =>
    edit(`tuning: the sysctl ${name}, which no pod can set`, {
      old: BASE_VETH,
      new: sysctl(name),
      deny: ['tuning-sysctl-host'],
    }),
  ),
  edit('tuning: the size of the connection table', {
    old: BASE_VETH,
    new: sysctl('net.netfilter.nf_conntrack_max', '1048576'),
    deny: ['tuning-sysctl-host'],
    says: [
      '"net.netfilter.nf_conntrack_max" can\'t be written inside a pod: every new pod fails, ' +
        'or on kernels before 5.12.2 each one changes it for its whole node',
    ],
  }),
  ...(
    [
      ['net.core.somaxconn', '65535'],
      ['net.core.optmem_max', '0x10000'],
      ['net.ipv4.tcp_rmem', '4096 87380 6291456'],
      ['net.ipv4.tcp_rmem', '4096\t87380'],
      ['net.ipv4.ip_local_port_range', '1024 65535'],
      ['net.ipv4.ip_local_reserved_ports', '8080,9000-9100'],
      ['net.ipv4.tcp_congestion_control', 'bbr'],
      ['net.ipv4.conf.all.rp_filter', '2'],
      ['net.ipv4.conf.eth0.arp_notify', ' 1\n'],
      ['net.ipv6.conf.default.accept_ra', '-1'],
      ['net.ipv4.neigh.eth0.gc_stale_time', '60'],
      ['net.netfilter.nf_conntrack_tcp_timeout_established', '010'],
      ['net.ipv4.tcp_ecn', '7'],
      ['net.unheard.of', 'yes'],
    ] as const
  ).map(([name, value]) =>
    edit(`tuning: ${name} ${JSON.stringify(value)} is fine`, {
      old: BASE_VETH,
      new: sysctl(name, value),
      warn: ['restart-needed'],
    }),
  ),
  ...(
    [
      ['net.ipv6.conf.all.disable_ipv6', 'true'],
      ['net.ipv4.tcp_syncookies', 'yes'],
      ['net.ipv4.ip_forward', 'on'],
      ['net.ipv4.tcp_keepalive_time', '10m'],
      ['net.ipv4.tcp_keepalive_time', '600s'],
      ['net.core.somaxconn', '16K'],
      ['net.core.somaxconn', '1e4'],
      ['net.core.somaxconn', '-1'],
      ['net.core.somaxconn', '4294967296'],
      ['net.core.optmem_max', '1,2'],
      ['net.ipv4.tcp_fin_timeout', '1.5'],
      ['net.ipv4.tcp_fin_timeout', '08'],
      ['net.ipv4.tcp_fin_timeout', '+30'],
      ['net.ipv4.tcp_fin_timeout', ' '],
      ['net.ipv4.tcp_fin_timeout', '"30"'],
      ['net.ipv4.tcp_rmem', '4096,87380,6291456'],
      ['net.ipv4.tcp_wmem', '4096 87380 16M'],
      ['net.ipv4.tcp_wmem', '0 1 2'],
      ['net.ipv4.ip_local_port_range', '32768-60999'],
      ['net.ipv4.ip_local_port_range', '60999 32768'],
      ['net.ipv4.ip_local_port_range', '1024 65536'],
      ['net.ipv4.ip_default_ttl', '256'],
      ['net.ipv4.tcp_syn_retries', '0'],
      ['net.ipv4.tcp_tw_reuse', '3'],
    ] as const
  ).map(([name, value]) =>
    edit(`tuning: ${name} can't be ${JSON.stringify(value)}`, {
      old: BASE_VETH,
      new: sysctl(name, value),
      deny: ['tuning-sysctl-value'],
    }),
  ),
  edit('tuning: a range of ports with a hyphen', {
    old: BASE_VETH,
    new: sysctl('net.ipv4.ip_local_port_range', '32768-60999'),
    deny: ['tuning-sysctl-value'],
    says: [
      '"net.ipv4.ip_local_port_range" takes 2 whole numbers with a blank between them ' +
        `from 1 to 65535, not "32768-60999": ${EVERY_POD}`,
    ],
  }),
  edit('tuning: a sysctl without a value', {
    old: BASE_VETH,
    new: sysctl('net.ipv4.tcp_fin_timeout', ''),
    warn: ['restart-needed', 'tuning-sysctl-value'],
    says: ['"net.ipv4.tcp_fin_timeout" is an empty text, so nothing is set'],
  }),
  edit('tuning: a sysctl that is switched on as JSON has it', {
    old: BASE_VETH,
    new: sysctl('net.ipv6.conf.all.disable_ipv6', true),
    deny: ['field-type'],
  }),
  ...[
    'net.ipv4.tcp_keepalive_tim',
    'net/ipv4/tcp_keepalive_itvl',
    'net.ipv4.TCP_fin_timeout',
    'net.core.somaxcon',
    'net.ipv4.conf.eth0.rp_filtr',
    'net.ipv6.conf.all.disable-ipv6',
  ].map((name) =>
    edit(`tuning: ${name} is close to a known sysctl`, {
      old: BASE_VETH,
      new: sysctl(name, '0'),
      warn: ['restart-needed', 'tuning-sysctl-name'],
    }),
  ),
  ...['ipv4.tcp_fin_timeout', '/proc/sys/net/ipv4/tcp_fin_timeout', 'tcp_fin_timeout'].map((name) =>
    edit(`tuning: ${name} is not below net`, {
      old: BASE_VETH,
      new: sysctl(name, '30'),
      deny: ['tuning-sysctl'],
    }),
  ),
  edit('tuning: IPv6 off on a dual-stack cluster, with slashes and in another notation', {
    old: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
    new: withEniConf(sysctl('net/ipv6/conf/all/disable_ipv6', '0x1'), { ip_stack: 'dual' }),
    warn: ['restart-needed', 'tuning-ipv6'],
  }),
  edit('tuning: other sysctls of IPv6, and IPv6 left on, on a dual-stack cluster', {
    old: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
    new: withEniConf(
      vethChain({
        type: 'tuning',
        sysctl: { 'net.ipv6.conf.all.forwarding': '1', 'net.ipv6.conf.all.disable_ipv6': '0' },
      }),
      { ip_stack: 'dual' },
    ),
    warn: ['restart-needed'],
  }),
  ...(
    [
      ['net.ipv4.tcp_keepalive_tim', '10m', 'warn', 'tuning-sysctl-name'],
      ['net.ipv4.tcp_syncookie', 'true', 'warn', 'tuning-sysctl-name'],
      ['ipv4.tcp_keepalive_time', '16K', 'deny', 'tuning-sysctl'],
      ['ipv4.tcp_syncookies', 'true', 'deny', 'tuning-sysctl'],
    ] as const
  ).map(([name, value, severity, rule]) =>
    edit(`tuning: the name ${name} is wrong, and the value ${value} under the right one`, {
      old: BASE_VETH,
      new: sysctl(name, value),
      ...(severity === 'deny' ? { deny: [rule] } : { warn: ['restart-needed', rule] }),
    }),
  ),
];
