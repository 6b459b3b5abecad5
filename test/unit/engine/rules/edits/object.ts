import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  EBPF_POLICY_CONF,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { ownConf, vethChain, without } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** The object itself: its keys, 10-terway.conf, binaryData, CREATE and DELETE. */
export const OBJECT_EDITS: readonly WorkedEdit[] = [
  edit('G16 the component upgrade, exempt, changes 10-terway.conf', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conf': JSON.stringify(EBPF_POLICY_CONF) },
    user: 'system:ack',
    policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
    warn: ['conf-changed'],
  }),
  edit('G16 the same beside a stored chain, which is stale from now on', {
    old: vethChain(PORTMAP),
    new: { ...vethChain(PORTMAP), '10-terway.conf': JSON.stringify(EBPF_POLICY_CONF) },
    user: 'system:ack',
    policy: { exempt: { users: new Set(['system:ack']), groups: new Set() } },
    warn: ['conf-changed', 'first-entry-differs'],
  }),
  edit('B04 10-terway.conf edited', {
    old: BASE_DATAPATH_V2,
    new: {
      ...BASE_DATAPATH_V2,
      '10-terway.conf': `{"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "eniip_virtual_type": "datapathv2", "host_stack_cidrs": ["169.254.20.10/32", "10.200.0.0/16"], "cilium_args": ""}`,
    },
    deny: ['conf-changed'],
  }),
  edit('B05 10-terway.conf removed, a chain kept', {
    old: BASE_VETH,
    new: withConflist(without(BASE_VETH, '10-terway.conf'), '{"plugins":[{"type":"terway"}]}'),
    deny: ['conf-missing', 'first-entry-differs'],
  }),
  edit('B39 a conflist pasted into 10-terway.conf', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conf': conflist([VETH_CONF, PORTMAP]) },
    deny: ['conf-changed'],
  }),
  edit('a conflist pasted into 10-terway.conf beside a chain', {
    old: vethChain(PORTMAP),
    new: { ...vethChain(PORTMAP), '10-terway.conf': conflist([VETH_CONF, PORTMAP]) },
    deny: ['conf-changed'],
  }),
  edit('10-terway.conf: a member added that belongs in the chain', {
    old: BASE_VETH,
    new: ownConf({ ...VETH_CONF, symmetric_routing: true }),
    deny: ['conf-changed'],
    says: ['10-terway.conf belongs to ACK and must not be edited; "symmetric_routing" was added'],
  }),
  edit('10-terway.conf: two members added that belong in the chain', {
    old: ownConf({ ...VETH_CONF, capabilities: {} }),
    new: ownConf({ ...VETH_CONF, capabilities: { bandwidth: true }, symmetric_routing: true }),
    deny: ['conf-changed'],
    says: [
      '10-terway.conf belongs to ACK and must not be edited; "capabilities" and "symmetric_routing" were added',
    ],
  }),
  edit('10-terway.conf edited by apply, which brought it before', {
    old: BASE_VETH,
    new: ownConf({ ...VETH_CONF, mtu: 1400 }),
    wasConfApplied: true,
    deny: ['conf-changed'],
  }),
  edit('10-terway.conf removed by apply, which brought it before', {
    old: BASE_VETH,
    new: without(BASE_VETH, '10-terway.conf'),
    wasConfApplied: true,
    deny: ['conf-missing'],
  }),
  edit('B40 eni-config deleted', { old: BASE_VETH, deny: ['object-deleted'] }),
  edit('10-terway.conf: white space only', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conf': `${BASE_VETH['10-terway.conf'] ?? ''}\n` },
    deny: ['conf-changed'],
  }),
  edit('10-terway.conf: an empty line put in front', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conf': `\n${BASE_VETH['10-terway.conf'] ?? ''}` },
    deny: ['conf-changed'],
  }),
  edit('10-terway.conf: the same JSON, reformatted', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conf': JSON.stringify(VETH_CONF) },
    deny: ['conf-changed'],
  }),
  edit('10-terway.conf: emptied', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conf': '' },
    deny: ['conf-changed'],
  }),
  edit('10-terway.conf: not JSON any more', {
    old: BASE_VETH,
    new: { ...BASE_VETH, '10-terway.conf': 'type: terway' },
    deny: ['conf-changed'],
  }),
  edit('10-terway.conf: restored where it was missing', {
    old: without(BASE_VETH, '10-terway.conf'),
    new: BASE_VETH,
  }),
  edit('eni_conf removed', {
    old: BASE_VETH,
    new: without(BASE_VETH, 'eni_conf'),
    deny: ['eni-conf-missing'],
  }),
  edit('both keys removed', {
    old: BASE_VETH,
    new: without(without(BASE_VETH, 'eni_conf'), '10-terway.conf'),
    deny: ['conf-missing', 'eni-conf-missing'],
  }),
  edit('a key that no program reads is removed', {
    old: { ...BASE_VETH, note: 'hello' },
    new: BASE_VETH,
  }),
  edit('CREATE of a complete object', { new: BASE_VETH }),
  edit('CREATE of a complete object with a chain', {
    new: vethChain(PORTMAP),
    warn: ['restart-needed'],
  }),
  edit('CREATE without 10-terway.conf', {
    new: without(BASE_VETH, '10-terway.conf'),
    deny: ['conf-missing'],
  }),
  edit('CREATE without eni_conf', {
    new: without(BASE_VETH, 'eni_conf'),
    deny: ['eni-conf-missing'],
  }),
  edit('CREATE of an empty object', { new: {}, deny: ['conf-missing', 'eni-conf-missing'] }),
  edit('CREATE with a conf of another plugin', {
    new: { ...BASE_VETH, '10-terway.conf': '{"type": "flannel"}' },
    deny: ['conf-not-entry'],
  }),
  edit('CREATE with a conf that is a list', {
    new: { ...BASE_VETH, '10-terway.conf': '[]' },
    deny: ['conf-not-entry'],
  }),
  edit('CREATE with a conf without a name', {
    new: { ...BASE_VETH, '10-terway.conf': '{"type": "terway"}' },
  }),
  edit('DELETE of a broken object', {
    old: { '10-terway.conflist': '{' },
    deny: ['object-deleted'],
  }),
  edit('a chain moved to binaryData', {
    old: vethChain(PORTMAP),
    new: BASE_VETH,
    newBinary: ['10-terway.conflist'],
    deny: ['binary-data'],
  }),
  edit('10-terway.conf moved to binaryData', {
    old: BASE_VETH,
    new: without(BASE_VETH, '10-terway.conf'),
    newBinary: ['10-terway.conf'],
    deny: ['binary-data'],
  }),
  edit('eni_conf moved to binaryData', {
    old: BASE_VETH,
    new: without(BASE_VETH, 'eni_conf'),
    newBinary: ['eni_conf'],
    deny: ['binary-data'],
  }),
  edit('CREATE with a chain in binaryData', {
    new: BASE_VETH,
    newBinary: ['10-terway.conflist'],
    deny: ['binary-data'],
  }),
  edit('another key in binaryData', {
    old: BASE_VETH,
    new: BASE_VETH,
    newBinary: ['logo.png'],
    warn: ['key-unknown'],
  }),
  edit('a chain taken out of binaryData', {
    old: BASE_VETH,
    oldBinary: ['10-terway.conflist'],
    new: BASE_VETH,
    warn: ['restart-needed'],
  }),
  edit('immutable, new in this write', {
    old: BASE_VETH,
    new: BASE_VETH,
    immutable: { new: true },
    deny: ['immutable-object'],
  }),
  edit('CREATE of an immutable object', {
    new: BASE_VETH,
    immutable: { new: true },
    deny: ['immutable-object'],
  }),
  edit('a label on an immutable object', {
    old: BASE_VETH,
    new: BASE_VETH,
    immutable: { old: true, new: true },
    warn: ['immutable-object'],
  }),
  edit('symmetric_routing put into 10-terway.conf beside a chain', {
    old: vethChain(PORTMAP),
    new: {
      ...vethChain(PORTMAP),
      '10-terway.conf': JSON.stringify({ ...VETH_CONF, symmetric_routing: true }),
    },
    deny: ['conf-changed'],
  }),
];
