import {
  BASE_VETH,
  type Data,
  EBPF_POLICY_CONF,
  PORTMAP,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { v2Chain, vethChain, withEniConf } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

const broken: Data = {
  '10-terway.conf': '{"type": "flannel"}',
  '10-terway.conflist': '{"plugins": []}',
  note: 'before',
};

/** An object that is broken already, edited elsewhere. */
export const STORED_EDITS: readonly WorkedEdit[] = [
  edit('G13 a larger pool beside a stored chain', {
    old: v2Chain({ ...PORTMAP, masqAll: true }),
    new: withEniConf(v2Chain({ ...PORTMAP, masqAll: true }), {
      max_pool_size: 20,
      min_pool_size: 5,
    }),
  }),
  edit('stored problems: a write elsewhere is allowed and names them', {
    old: broken,
    new: { ...broken, note: 'after' },
    warn: ['chain-shape', 'conf-not-entry', 'eni-conf-missing'],
  }),
  edit('stored problems: a write that changes nothing is allowed', {
    old: broken,
    new: broken,
    warn: ['chain-shape', 'conf-not-entry', 'eni-conf-missing'],
  }),
  edit('stored problems: only the text that changes is judged', {
    old: broken,
    new: { ...broken, '10-terway.conflist': '{"plugins": {}}' },
    deny: ['chain-shape'],
    warn: ['conf-not-entry', 'eni-conf-missing'],
  }),
  edit('stored problems: a chain that fits no longer, eni_conf edited', {
    old: withConflist(BASE_VETH, conflist([EBPF_POLICY_CONF, PORTMAP])),
    new: withEniConf(withConflist(BASE_VETH, conflist([EBPF_POLICY_CONF, PORTMAP])), {
      max_pool_size: 20,
    }),
    warn: ['first-entry-differs'],
  }),
  edit('stored problems: a chain in binaryData, edited elsewhere', {
    old: BASE_VETH,
    oldBinary: ['10-terway.conflist'],
    new: { ...BASE_VETH, note: 'after' },
    newBinary: ['10-terway.conflist'],
    warn: ['binary-data'],
  }),
  edit('nothing changes on a good object', { old: vethChain(PORTMAP), new: vethChain(PORTMAP) }),
];
