import { CNI_PLUGINS } from '../distributions.ts';
import type { FieldSpec, PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'containernetworking/plugins: plugins/meta/bandwidth/main.go';

/** First release that no longer reads lists of subnets. */
export const SUBNETS_UNTIL = '1.6.0';

const SUBNETS: FieldSpec = {
  type: 'array',
  items: { type: 'string', effect: 'every-pod', meaning: 'A CIDR.', source: SOURCE },
  since: '1.5.0',
  until: SUBNETS_UNTIL,
  effect: 'every-pod',
  meaning: 'Only 1.5.0 and 1.5.1 know it; ignored before and after.',
  source: SOURCE,
};

export const bandwidth: PluginSpec = {
  type: 'bandwidth',
  releasedWith: CNI_PLUGINS,
  since: '0.8.0',
  capabilities: ['bandwidth'],
  fields: {
    ...GENERIC_FIELDS,
    ingressRate: {
      type: 'integer',
      min: 0,
      unsigned: true,
      since: '0.8.0',
      neutralValue: 0,
      effect: 'every-pod',
      meaning: 'Bits per second into the pod; needs ingressBurst.',
      source: SOURCE,
    },
    ingressBurst: {
      type: 'integer',
      min: 0,
      unsigned: true,
      since: '0.8.0',
      neutralValue: 0,
      effect: 'every-pod',
      meaning: 'Bits; needs ingressRate.',
      source: SOURCE,
    },
    egressRate: {
      type: 'integer',
      min: 0,
      unsigned: true,
      since: '0.8.0',
      neutralValue: 0,
      effect: 'every-pod',
      meaning: 'Bits per second out of the pod; needs egressBurst.',
      source: SOURCE,
    },
    egressBurst: {
      type: 'integer',
      min: 0,
      unsigned: true,
      since: '0.8.0',
      neutralValue: 0,
      effect: 'every-pod',
      meaning: 'Bits; needs egressRate.',
      source: SOURCE,
    },
    shapedSubnets: SUBNETS,
    unshapedSubnets: { ...SUBNETS, excludes: 'shapedSubnets' },
  },
};
