import type { RuleId } from '../../../src/engine/rules/index.ts';
import { BASE_DATAPATH_V2, VETH_CONF } from '../config-maps.ts';
import type { Claim } from './claim.ts';
import {
  NEW_PODS,
  TERWAY_PODS,
  withChain,
  withFirst,
  withEniConf,
  withSymmetric,
  plugin,
  terway,
  NEWEST,
  withIpStack,
  withName,
} from './showings.ts';

/** What rules say of fields, and of Terway's own entry. */
export const TERWAY_CLAIMS: Partial<Record<RuleId, Claim>> = {
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
        data: { ...withFirst({ symmetric_routing: true }), eni_conf: withIpStack('dual') },
        node: { lacksIPv6Gateway: true },
        stage: 'nodeconfig',
        message: /no IPv6 default gateway found/,
      },
    ],
  },
  'symmetric-routing-limits': {
    claim: TERWAY_PODS,
    runs: [
      terway(withSymmetric({ mark: 4_294_967_296 }), 'nodeconfig', /bad integer value/),
      terway(withSymmetric({ mask: 4_294_967_296 }), 'nodeconfig', /bad .*(value|mask)/i),
      terway(withSymmetric({ comment: 'a\0' }), 'nodeconfig', /invalid argument/),
      terway(withSymmetric({ comment: 'c'.repeat(131_072) }), 'nodeconfig', /too long/),
      terway(
        withSymmetric({ backend: 'nftables', comment: 'c'.repeat(257) }),
        'nodeconfig',
        /numerical result out of range/,
      ),
    ],
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
};
