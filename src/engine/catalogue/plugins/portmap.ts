import { CNI_PLUGINS } from '../distributions.ts';
import type { FieldSpec, PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'containernetworking/plugins: plugins/meta/portmap/main.go';

/** First release that knows backends; older ones hand every condition to iptables. */
export const BACKENDS_SINCE = '1.6.0';

/** First release that closes CVE-2025-67499: the nftables backend forwards foreign traffic. */
export const NFTABLES_FIXED_IN = '1.9.0';

/** First release that honours masqAll with backend nftables. */
export const NFTABLES_MASQ_ALL_SINCE = '1.10.0';

/** The only release that takes a condition that begins with ! for one of nftables. */
export const BANG_IS_NFTABLES_IN = '1.6.0';

const condition = {
  type: 'string',
  effect: 'every-pod',
  meaning: 'One word of a match.',
  source: SOURCE,
} as const satisfies FieldSpec;

export const portmap: PluginSpec = {
  type: 'portmap',
  releasedWith: CNI_PLUGINS,
  since: '0.6.0',
  capabilities: ['portMappings'],
  fields: {
    ...GENERIC_FIELDS,
    snat: {
      type: 'boolean',
      since: '0.6.0',
      effect: 'every-pod',
      meaning:
        'Masquerade mapped traffic (default true). With false, masqAll, markMasqBit and externalSetMarkChain have no effect.',
      source: SOURCE,
    },
    conditionsV4: {
      type: 'array',
      items: condition,
      since: '0.6.0',
      effect: 'every-pod',
      meaning: 'Extra match for IPv4, in the words of the backend.',
      source: SOURCE,
    },
    conditionsV6: {
      type: 'array',
      items: condition,
      since: '0.6.0',
      effect: 'every-pod',
      meaning: 'Extra match for IPv6, in the words of the backend.',
      source: SOURCE,
    },
    markMasqBit: {
      type: 'integer',
      min: 0,
      max: 31,
      excludes: 'externalSetMarkChain',
      since: '0.7.0',
      effect: 'every-pod',
      meaning: 'Bit of the packet mark that asks for masquerading (default 13).',
      source: SOURCE,
    },
    externalSetMarkChain: {
      type: 'string',
      since: '0.7.0',
      effect: 'every-pod',
      meaning: 'Existing iptables chain in table nat that marks packets, instead of markMasqBit.',
      source: SOURCE,
    },
    masqAll: {
      type: 'boolean',
      since: '1.2.0',
      documentedMinimum: '1.7.1',
      neutralValue: false,
      effect: 'every-pod',
      meaning: `Masquerade traffic from every source to mapped ports. With backend nftables only from ${NFTABLES_MASQ_ALL_SINCE} on.`,
      source: `${SOURCE}; ACK: Configure a custom CNI chain`,
    },
    backend: {
      type: 'string',
      enum: ['iptables', 'nftables'],
      since: BACKENDS_SINCE,
      effect: 'every-pod',
      meaning: `Packet filter to program (default iptables where it works). nftables wants ${NFTABLES_FIXED_IN}.`,
      source: `${SOURCE}; CVE-2025-67499`,
    },
  },
};
