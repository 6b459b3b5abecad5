import type { RuleId } from '../../../src/engine/rules/index.ts';
import type { Claim } from './claim.ts';
import { NEW_PODS, plugin, inSandbox, PORT_MAPPINGS, sysctl } from './showings.ts';

/** What rules say of the entries of plugins. */
export const PLUGIN_CLAIMS: Partial<Record<RuleId, Claim>> = {
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
    runs: ['', 'a b', 'C'.repeat(29)].map((externalSetMarkChain) =>
      plugin('portmap', { ...PORT_MAPPINGS, externalSetMarkChain }, /unable to setup DNAT/),
    ),
    nodes: [
      inSandbox(
        { type: 'portmap', ...PORT_MAPPINGS, externalSetMarkChain: 'KUBE-MARK-MASQ' },
        /KUBE-MARK-MASQ.* does not exist/,
        { hasNoProxy: true, hasHostPort: true },
      ),
    ],
  },
  'tuning-sysctl': {
    claim: NEW_PODS,
    runs: ['kernel.msgmax', 'vm.swappiness', 'net', 'ipv4.tcp_fin_timeout'].map((name) =>
      plugin('tuning', sysctl(name), /invalid net sysctl key/),
    ),
  },
  'tuning-sysctl-host': {
    claim: NEW_PODS,
    nodes: ['net.core.rmem_max', 'net.netfilter.nf_conntrack_max', 'net.ipv4.tcp_tw_recycle'].map(
      (name) => inSandbox({ type: 'tuning', ...sysctl(name) }, /(open|write) \/proc\/sys\/net\//),
    ),
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
    runs: [
      plugin('bandwidth', { ingressRate: 1000, ingressBurst: 1000 }, /no veth peer of container/),
    ],
  },
  'sbr-after-terway': {
    claim: NEW_PODS,
    runs: (['1.5.1', '1.9.1', '1.10.0'] as const).map((release) =>
      plugin('sbr', {}, /Failed to add default route to .*unreachable/, { release }),
    ),
  },
  'firewall-chain': {
    claim: NEW_PODS,
    runs: ['a b', 'C'.repeat(29)].map((iptablesAdminChainName) =>
      plugin('firewall', { iptablesAdminChainName }, /iptables/),
    ),
  },
  'vrf-name': {
    claim: NEW_PODS,
    source:
      'Linux: net/core/dev.c, dev_valid_name; the kernel of the tests may have no VRF devices',
  },
};
