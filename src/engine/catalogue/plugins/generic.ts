import type { FieldSpec } from '../field.ts';

/** Fields that libcni decodes from every entry before any plugin runs. */
const SOURCE = 'containernetworking/cni: libcni/conf.go, pkg/types/types.go (NetConf)';

const DNS_MEMBER = {
  effect: 'node-not-ready',
  meaning: 'Decoded by the runtime.',
  source: SOURCE,
} as const;
const DNS_WORD = { type: 'string', ...DNS_MEMBER } as const;

/** The list that Terway writes, whatever stands in the conflist. Source: cmd/terway-cli/cni.go. */
export const TERWAYS_LIST = { name: 'terway-chainer', cniVersion: '0.4.0' } as const;

export const GENERIC_FIELDS = {
  // Terway looks for the exact name, the runtime and the plugin take any spelling as well.
  type: {
    type: 'string',
    effect: 'terway-start',
    meaning: 'Name of the plugin binary.',
    source: SOURCE,
  },
  name: {
    type: 'string',
    dropped: true,
    effect: 'node-not-ready',
    meaning: `Deleted by Terway; the list is always called ${TERWAYS_LIST.name}.`,
    source: 'AliyunContainerService/terway: cmd/terway-cli/cni.go',
  },
  cniVersion: {
    type: 'string',
    dropped: true,
    effect: 'node-not-ready',
    meaning: `Deleted by Terway; the list always speaks ${TERWAYS_LIST.cniVersion}.`,
    source: 'AliyunContainerService/terway: cmd/terway-cli/cni.go',
  },
  capabilities: {
    type: 'object',
    values: {
      type: 'boolean',
      effect: 'node-not-ready',
      meaning: 'Whether the runtime passes this capability.',
      source: SOURCE,
    },
    effect: 'node-not-ready',
    meaning: 'What the container runtime may pass to the plugin.',
    source: SOURCE,
  },
  ipam: {
    type: 'object',
    fields: {
      type: {
        type: 'string',
        effect: 'node-not-ready',
        meaning: 'Name of an IPAM plugin; no chained plugin uses it.',
        source: SOURCE,
      },
    },
    effect: 'node-not-ready',
    meaning: 'Not used by chained plugins, but decoded by the runtime.',
    source: SOURCE,
  },
  dns: {
    type: 'object',
    fields: {
      nameservers: { type: 'array', items: DNS_WORD, ...DNS_MEMBER },
      domain: { type: 'string', ...DNS_MEMBER },
      search: { type: 'array', items: DNS_WORD, ...DNS_MEMBER },
      options: { type: 'array', items: DNS_WORD, ...DNS_MEMBER },
    },
    effect: 'node-not-ready',
    meaning: 'Not used by chained plugins, but decoded by the runtime.',
    source: SOURCE,
  },
  prevResult: {
    type: 'object',
    reserved: true,
    effect: 'every-pod',
    meaning: 'Filled in by the container runtime with the result of the plugin before.',
    source: SOURCE,
  },
  runtimeConfig: {
    type: 'object',
    reserved: true,
    effect: 'every-pod',
    meaning: 'Filled in by the container runtime.',
    source: `${SOURCE}; containernetworking/cni: SPEC.md`,
  },
  args: {
    type: 'object',
    reserved: true,
    effect: 'every-pod',
    meaning: 'Filled in by the container runtime.',
    source: `${SOURCE}; containernetworking/cni: SPEC.md`,
  },
} as const satisfies Record<string, FieldSpec>;
