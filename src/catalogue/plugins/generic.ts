import type { FieldSpec } from '../field.ts';

/** Fields that libcni decodes from every entry before any plugin runs. */
const SOURCE = 'containernetworking/cni: libcni/conf.go, pkg/types/types.go (NetConf)';

export const GENERIC_FIELDS = {
  type: {
    type: 'string',
    exactName: true,
    onWrong: 'terway-start',
    meaning: 'Name of the plugin binary.',
    source: SOURCE,
  },
  name: {
    type: 'string',
    onWrong: 'no-effect',
    meaning: 'Dropped by Terway; the list is always called terway-chainer.',
    source: 'AliyunContainerService/terway: cmd/terway-cli/cni.go',
  },
  cniVersion: {
    type: 'string',
    onWrong: 'no-effect',
    meaning: 'Dropped by Terway; the list always speaks 0.4.0.',
    source: 'AliyunContainerService/terway: cmd/terway-cli/cni.go',
  },
  capabilities: {
    type: 'object',
    values: {
      type: 'boolean',
      onWrong: 'node-not-ready',
      meaning: 'Whether the runtime passes this capability.',
      source: SOURCE,
    },
    onWrong: 'node-not-ready',
    meaning: 'What the container runtime may pass to the plugin.',
    source: SOURCE,
  },
} as const satisfies Record<string, FieldSpec>;
