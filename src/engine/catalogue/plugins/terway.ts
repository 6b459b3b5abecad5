import { TERWAY } from '../distributions.ts';
import type { AcceptedValues, FieldSpec, PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const DRIVER = 'AliyunContainerService/terway: plugin/driver/types/types.go';
const CLI = 'AliyunContainerService/terway: cmd/terway-cli/cni.go';
const POLICY = 'AliyunContainerService/terway: cmd/terway-cli/policy.go';
const SYMMETRIC = 'AliyunContainerService/terway: cmd/terway-cli/symmetric.go';

/** Members of the terway entry that users add in the chain although 10-terway.conf lacks them. */
export const CHAIN_ONLY_FIELDS = ['symmetric_routing', 'symmetric_routing_config'] as const;

/** First Terway release that reads the chain at all. Source: ACK: Configure a custom CNI chain. */
export const CUSTOM_CHAIN_SINCE = '1.5.6';

/**
 * From this release on, ipvlan and eBPF policy mean Datapath V2 on new nodes, and a datapath that
 * terway-cli does not know is refused. Source: cmd/terway-cli/cni.go.
 */
export const AUTO_DATAPATH_V2_SINCE = '1.13.2';

export const VIRTUAL_TYPES = {
  values: ['veth', 'ipvlan', 'datapathv2', ''],
  otherwise: 'veth',
  anyCase: true,
  refusedSince: AUTO_DATAPATH_V2_SINCE,
} as const satisfies AcceptedValues;

export const POLICY_PROVIDERS = {
  values: ['iptables', 'ebpf'],
  otherwise: 'iptables',
} as const satisfies AcceptedValues;

const symmetricMember = (
  type: 'string' | 'integer',
  meaning: string,
  more: Partial<FieldSpec> = {},
): FieldSpec => ({
  type,
  since: '1.15.0',
  effect: 'terway-start',
  meaning,
  source: SYMMETRIC,
  ...more,
});

const hubble = (meaning: string): FieldSpec => ({
  type: 'string',
  exactName: true,
  since: '1.1.0',
  effect: 'policy-container',
  meaning,
  source: POLICY,
});

export const terway: PluginSpec = {
  type: 'terway',
  releasedWith: TERWAY,
  since: '0.1.0',
  capabilities: ['bandwidth'],
  fields: {
    ...GENERIC_FIELDS,
    eniip_virtual_type: {
      type: 'string',
      acceptedValues: VIRTUAL_TYPES,
      exactName: true,
      since: '1.1.0',
      effect: 'no-effect',
      meaning: 'Datapath. What is no text counts as veth (up to 1.11.2 terway-cli refuses it).',
      source: CLI,
    },
    network_policy_provider: {
      type: 'string',
      acceptedValues: POLICY_PROVIDERS,
      exactName: true,
      since: '1.8.7',
      effect: 'terway-start',
      meaning: 'NetworkPolicy engine.',
      source: CLI,
    },
    host_stack_cidrs: {
      type: 'array',
      items: {
        type: 'string',
        format: 'cidr',
        effect: 'every-pod',
        meaning: 'A destination in CIDR notation.',
        source: DRIVER,
      },
      since: '1.1.0',
      effect: 'every-pod',
      meaning: "Destinations sent through the node's own network stack.",
      source: DRIVER,
    },
    cilium_args: {
      type: 'string',
      exactName: true,
      since: '1.4.0',
      effect: 'policy-container',
      meaning: 'Extra cilium-agent flags.',
      source: POLICY,
    },
    cilium_enable_hubble: hubble('Hubble on or off, as text: "true" or "false".'),
    cilium_hubble_metrics: hubble('Hubble metrics, separated by commas (default drop).'),
    cilium_hubble_listen_address: hubble('Hubble address (default :4244).'),
    cilium_hubble_metrics_server: hubble('Hubble metrics address (default :9091).'),
    mtu: {
      type: 'integer',
      since: '1.1.0',
      effect: 'every-pod',
      meaning: 'MTU of pods and ENIs, in bytes (0 or absent: 1500).',
      source: DRIVER,
    },
    auto_mtu: {
      type: 'boolean',
      unreleasedAt: '1.17.5',
      neutralValue: false,
      exactName: true,
      effect: 'no-effect',
      meaning: "Take the MTU from the node's eth0; in no release up to 1.17.5.",
      source: `${CLI}; read, not run, at commit 72315bfb`,
    },
    bandwidth_mode: {
      type: 'string',
      overwritten: true,
      exactName: true,
      since: '1.3.0',
      effect: 'no-effect',
      meaning: 'Overwritten by Terway; what stands here has no effect.',
      source: DRIVER,
    },
    enable_network_priority: {
      type: 'boolean',
      since: '1.3.0',
      neutralValue: false,
      effect: 'every-pod',
      meaning: 'Traffic priority by pod annotation.',
      source: DRIVER,
    },
    vlan_strip_type: {
      type: 'string',
      since: '1.2.0',
      effect: 'every-pod',
      meaning: 'How trunk VLANs are handled.',
      source: DRIVER,
    },
    disable_host_peer: {
      type: 'boolean',
      since: '1.2.0',
      neutralValue: false,
      effect: 'every-pod',
      meaning: 'No link to the host, so no Services either.',
      source: DRIVER,
    },
    veth_prefix: {
      type: 'string',
      since: '1.1.0',
      effect: 'every-pod',
      meaning: 'Decoded but not used.',
      source: DRIVER,
    },
    debug: {
      type: 'boolean',
      since: '1.1.0',
      neutralValue: false,
      effect: 'every-pod',
      meaning: 'Verbose plugin log.',
      source: DRIVER,
    },
    symmetric_routing: {
      type: 'boolean',
      exactName: true,
      since: '1.15.0',
      neutralValue: false,
      effect: 'no-effect',
      meaning: 'Replies leave by the interface on which the request came in.',
      source: 'AliyunContainerService/terway: cmd/terway-cli/node.go',
    },
    symmetric_routing_config: {
      type: 'object',
      exactName: true,
      since: '1.15.0',
      fields: {
        interface: symmetricMember(
          'string',
          'Node interface (default eth0); must exist everywhere.',
          { format: 'interface' },
        ),
        mark: symmetricMember('integer', 'Packet mark (default 16); 0 or less: the default.'),
        mask: symmetricMember('integer', 'Mask of the mark (default 16); 0 or less: the default.'),
        table_id: symmetricMember(
          'integer',
          'Routing table (default 100); 0 or less: the default.',
        ),
        rule_priority: symmetricMember(
          'integer',
          'Priority of the ip rule (default 600); 0 or less: the default.',
        ),
        comment: symmetricMember('string', 'Comment on the rules (default terway-symmetric).'),
        backend: symmetricMember('string', 'iptables (default) or nftables.', {
          enum: ['iptables', 'nftables', ''],
          since: '1.17.1',
          // In ACK's registry; GitHub has no tag of it.
          sinceOnLines: ['1.16.8'],
          neutralValue: '',
        }),
      },
      effect: 'terway-start',
      meaning: 'Details of symmetric_routing.',
      source: SYMMETRIC,
    },
  },
};
