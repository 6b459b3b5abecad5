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
      since: '1.10.0',
      items: { type: 'string', effect: 'every-pod', meaning: 'An address.', source: SOURCE },
      effect: 'every-pod',
      meaning: 'Gateways of the default routes, instead of those of the result.',
      source: SOURCE,
    },
    addSourceHints: {
      type: 'boolean',
      since: '1.10.0',
      neutralValue: false,
      effect: 'every-pod',
      meaning: 'Routes name the source address of the interface.',
      source: SOURCE,
    },
  },
};
