import type { RuleId } from '../../../src/engine/rules/index.ts';
import type { Claim } from './claim.ts';
import { TERWAY_PODS, withEniConf, terway, MOVES } from './showings.ts';

/** What rules say of eni_conf and of overlays, and what tests of their own show. */
export const OTHER_CLAIMS: Partial<Record<RuleId, Claim>> = {
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
