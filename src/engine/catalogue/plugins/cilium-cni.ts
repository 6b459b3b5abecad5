import { CILIUM } from '../distributions.ts';
import type { PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'cilium/cilium: plugins/cilium-cni/types/types.go';

export const ciliumCni: PluginSpec = {
  type: 'cilium-cni',
  releasedWith: CILIUM,
  fields: {
    ...GENERIC_FIELDS,
    mtu: {
      type: 'integer',
      effect: 'every-pod',
      meaning: 'MTU in bytes.',
      source: SOURCE,
    },
    eni: {
      type: 'object',
      effect: 'every-pod',
      meaning: 'For AWS; of no use here.',
      source: SOURCE,
    },
    azure: {
      type: 'object',
      effect: 'every-pod',
      meaning: 'For Azure; of no use here.',
      source: SOURCE,
    },
    'alibaba-cloud': {
      type: 'object',
      effect: 'every-pod',
      meaning: 'For the IPAM of Cilium; of no use here.',
      source: SOURCE,
    },
    ipam: {
      ...GENERIC_FIELDS.ipam,
      meaning: 'For the IPAM of Cilium; of no use here, but decoded by the runtime.',
      source: SOURCE,
    },
    'chaining-mode': {
      type: 'string',
      effect: 'every-pod',
      meaning: 'How it joins the plugins before it.',
      source: SOURCE,
    },
    'enable-route-mtu': {
      type: 'boolean',
      effect: 'every-pod',
      meaning: 'MTU in routes.',
      source: SOURCE,
    },
    'enable-debug': {
      type: 'boolean',
      effect: 'every-pod',
      meaning: 'Verbose log.',
      source: SOURCE,
    },
    'log-format': {
      type: 'string',
      effect: 'every-pod',
      meaning: 'Format of the log.',
      source: SOURCE,
    },
    'log-file': {
      type: 'string',
      effect: 'every-pod',
      meaning: 'Path of the log on the node.',
      source: SOURCE,
    },
    datapath: {
      type: 'string',
      effect: 'every-pod',
      meaning: 'Written by Terway.',
      source: SOURCE,
    },
    'data-path': {
      type: 'string',
      effect: 'every-pod',
      meaning: 'Written by Terway when it adds the entry itself.',
      source: SOURCE,
    },
  },
};
