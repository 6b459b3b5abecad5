import { CNI_PLUGINS } from '../distributions.ts';
import type { PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'containernetworking/plugins: plugins/meta/firewall/firewall.go';

export const firewall: PluginSpec = {
  type: 'firewall',
  releasedWith: CNI_PLUGINS,
  since: '0.8.0',
  fields: {
    ...GENERIC_FIELDS,
    backend: {
      type: 'string',
      since: '0.8.0',
      effect: 'every-pod',
      meaning: 'iptables or firewalld; any other text means: whichever runs.',
      source: SOURCE,
    },
    iptablesAdminChainName: {
      type: 'string',
      since: '0.8.0',
      effect: 'every-pod',
      meaning: 'Chain for rules of the administrator (default CNI-ADMIN).',
      source: SOURCE,
    },
    firewalldZone: {
      type: 'string',
      since: '0.8.0',
      effect: 'every-pod',
      meaning: 'Zone of firewalld (default trusted).',
      source: SOURCE,
    },
    ingressPolicy: {
      type: 'string',
      enum: ['open', 'same-bridge', 'isolated', ''],
      enumSince: { isolated: '1.7.0' },
      since: '1.1.0',
      neutralValue: 'open',
      effect: 'every-pod',
      meaning: 'open (default), same-bridge or isolated; the last two are for bridge networks.',
      source: SOURCE,
    },
  },
};
