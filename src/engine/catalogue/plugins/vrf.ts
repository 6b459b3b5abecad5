import { CNI_PLUGINS } from '../distributions.ts';
import type { PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'containernetworking/plugins: plugins/meta/vrf/main.go';

export const vrf: PluginSpec = {
  type: 'vrf',
  releasedWith: CNI_PLUGINS,
  since: '0.9.0',
  fields: {
    ...GENERIC_FIELDS,
    vrfname: {
      type: 'string',
      required: true,
      minLength: 1,
      since: '0.9.0',
      effect: 'every-pod',
      meaning: 'Name of the VRF, an interface: 15 bytes at most.',
      source: SOURCE,
    },
    table: {
      type: 'integer',
      min: 0,
      max: 4294967295,
      unsigned: true,
      since: '0.9.0',
      effect: 'every-pod',
      meaning: 'Routing table; 0 or absent: chosen by the plugin.',
      source: SOURCE,
    },
  },
};
