import { CNI_PLUGINS } from '../distributions.ts';
import type { PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'containernetworking/plugins: plugins/meta/sbr/main.go';

export const sbr: PluginSpec = {
  type: 'sbr',
  releasedWith: CNI_PLUGINS,
  since: '0.8.0',
  fields: {
    ...GENERIC_FIELDS,
    table: {
      type: 'integer',
      since: '1.6.0',
      effect: 'every-pod',
      meaning: 'Routing table; absent: the first free one from 100.',
      source: SOURCE,
    },
    gateways: {
      type: 'array',
      unreleasedAt: '1.9.1',
      items: { type: 'string', effect: 'every-pod', meaning: 'An address.', source: SOURCE },
      effect: 'every-pod',
      meaning: 'In no release up to 1.9.1.',
      source: SOURCE,
    },
    addSourceHints: {
      type: 'boolean',
      unreleasedAt: '1.9.1',
      neutralValue: false,
      effect: 'every-pod',
      meaning: 'In no release up to 1.9.1.',
      source: SOURCE,
    },
  },
};
