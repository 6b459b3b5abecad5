import type { FieldSpec, PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'containernetworking/plugins: plugins/meta/portmap/main.go';

/** First release that closes CVE-2025-67499: the nftables backend forwards foreign traffic. */
export const NFTABLES_FIXED_IN = '1.9.0';

/** masqAll with backend nftables: in the source after 1.9.1, in no release looked at. */
export const MASQ_ALL_WITH_NFTABLES_SINCE = { unreleasedAt: '1.9.1' } as const;

const condition = {
  type: 'string',
  effect: 'every-pod',
  meaning: 'One word of a match.',
  source: SOURCE,
} as const satisfies FieldSpec;

export const portmap: PluginSpec = {
  type: 'portmap',
  since: '0.6.0',
  binaryFrom: 'node image',
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
      meaning:
        'Masquerade traffic from every source to mapped ports. No release up to 1.9.1 honours it with backend nftables.',
      source: `${SOURCE}; ACK: Configure a custom CNI chain`,
    },
    backend: {
      type: 'string',
      enum: ['iptables', 'nftables'],
      since: '1.6.0',
      effect: 'every-pod',
      meaning: 'Packet filter to program (default iptables where it works). nftables wants 1.9.0.',
      source: `${SOURCE}; CVE-2025-67499`,
    },
  },
};
