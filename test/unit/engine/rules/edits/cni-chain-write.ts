import { BASE_VETH, type Data } from '../../../../support/config-maps.ts';
import { known } from '../../../../support/facts.ts';
import { cluster } from './clusters.ts';
import { edit } from './edit.ts';

/** Writes of the key cni_chain: YAML, read in place of the conflist by Terway newer than 1.17.5. */

export const NEWEST = cluster('1.18.0', '1.9.1', { kubeProxyMode: known('ipvs') });

export const PORTMAP_LINES = `- type: portmap
  capabilities:
    portMappings: true
`;

/** As many plugins as a chain may have. */
export const SIXTEEN = Array.from({ length: 16 }, (_, i) => `- type: own-${i}\n`).join('');

export const withChain = (text: string, data: Data = BASE_VETH): Data => ({
  ...data,
  cni_chain: text,
});

type Row = Parameters<typeof edit>[1];

/** A write that adds the key on a cluster whose Terway reads it. */
export const added = (name: string, text: string, row: Row = {}) =>
  edit(`cni_chain: ${name}`, { old: BASE_VETH, new: withChain(text), facts: NEWEST, ...row });

export const good = (name: string, text: string) => added(name, text, { warn: ['restart-needed'] });
