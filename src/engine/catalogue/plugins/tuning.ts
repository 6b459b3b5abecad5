import { CNI_PLUGINS } from '../distributions.ts';
import type { PluginSpec } from '../field.ts';
import { GENERIC_FIELDS } from './generic.ts';

const SOURCE = 'containernetworking/plugins: plugins/meta/tuning/tuning.go';

/** The kernel's limits for the MTU of an Ethernet device, in bytes. */
export const MTU = { min: 68, max: 65_535 } as const;

export const tuning: PluginSpec = {
  type: 'tuning',
  releasedWith: CNI_PLUGINS,
  since: '0.2.0',
  capabilities: ['mac'],
  fields: {
    ...GENERIC_FIELDS,
    sysctl: {
      type: 'object',
      values: {
        type: 'string',
        truth: ['0', '1'],
        effect: 'every-pod',
        meaning: 'The value to write, always as text.',
        source: SOURCE,
      },
      since: '0.2.0',
      effect: 'every-pod',
      meaning: 'Kernel settings below net, by name.',
      source: SOURCE,
    },
    mac: {
      type: 'string',
      format: 'mac',
      since: '0.8.0',
      effect: 'every-pod',
      meaning: 'Hardware address of the pod interface.',
      source: SOURCE,
    },
    promisc: {
      type: 'boolean',
      since: '0.8.0',
      neutralValue: false,
      effect: 'every-pod',
      meaning: 'Promiscuous mode.',
      source: SOURCE,
    },
    mtu: {
      type: 'integer',
      since: '0.8.0',
      neutralValue: 0,
      usable: MTU,
      effect: 'every-pod',
      meaning: "MTU of the pod side, in bytes; overrides terway's.",
      source: SOURCE,
    },
    allmulti: {
      type: 'boolean',
      since: '1.0.0',
      effect: 'every-pod',
      meaning: 'Receive all multicast.',
      source: SOURCE,
    },
    txQLen: {
      type: 'integer',
      since: '1.4.0',
      effect: 'every-pod',
      meaning: 'Length of the transmit queue, in packets.',
      source: SOURCE,
    },
    dataDir: {
      type: 'string',
      since: '0.9.0',
      effect: 'every-pod',
      meaning: 'Where earlier settings are kept on the node (default /run/cni/tuning).',
      source: SOURCE,
    },
  },
};
