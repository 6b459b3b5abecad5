import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { firstEntry, ownConf } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** The first entry of the chain against 10-terway.conf. */
export const FIRST_ENTRY_EDITS: readonly WorkedEdit[] = [
  edit('B06 the first entry lost its datapath', {
    old: BASE_DATAPATH_V2,
    new: withConflist(
      BASE_DATAPATH_V2,
      `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "host_stack_cidrs": ["169.254.20.10/32"], "cilium_args": ""},
        {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": true}
      ]
    }`,
    ),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: other order of members, other white space', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{"plugins":[{"type":"terway","network_policy_provider":"iptables",
      "capabilities":{"bandwidth":true},"name":"terway","cniVersion":"0.4.0"}]}`,
    ),
    warn: ['restart-needed'],
  }),
  edit('first entry: numbers compare by value', {
    old: ownConf({ ...VETH_CONF, mtu: 1400 }),
    new: withConflist(
      ownConf({ ...VETH_CONF, mtu: 1400 }),
      conflist([{ ...VETH_CONF, mtu: 1400 }]).replace('1400', '1.4e3'),
    ),
    warn: ['restart-needed'],
  }),
  edit('first entry: lists are ordered', {
    old: ownConf({ ...VETH_CONF, host_stack_cidrs: ['10.1.0.0/16', '10.2.0.0/16'] }),
    new: withConflist(
      ownConf({ ...VETH_CONF, host_stack_cidrs: ['10.1.0.0/16', '10.2.0.0/16'] }),
      conflist([{ ...VETH_CONF, host_stack_cidrs: ['10.2.0.0/16', '10.1.0.0/16'] }]),
    ),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: a capability missing', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, capabilities: {} }),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: a member added', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, mtu: 1400 }),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: name missing', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, name: undefined }),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: another cniVersion', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, cniVersion: '1.0.0' }),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: name and cniVersion missing, policy effective', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, name: undefined, cniVersion: undefined }),
    policy: { firstEntry: 'effective' },
    warn: ['restart-needed'],
  }),
  edit('first entry: policy effective forgives no other member', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, network_policy_provider: undefined }),
    policy: { firstEntry: 'effective' },
    deny: ['first-entry-differs'],
  }),
  edit('first entry: symmetric_routing and its config added', {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { interface: 'eth0', mark: 16, mask: 16 },
    }),
    warn: ['restart-needed'],
  }),
  edit('first entry: symmetric_routing in another letter case is another member', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, Symmetric_Routing: true }),
    deny: ['first-entry-differs'],
    warn: ['field-unknown'],
  }),
  edit('first entry: symmetric_routing differs from the conf that has it', {
    old: ownConf({ ...VETH_CONF, symmetric_routing: true }),
    new: withConflist(
      ownConf({ ...VETH_CONF, symmetric_routing: true }),
      conflist([{ ...VETH_CONF, symmetric_routing: false }, PORTMAP]),
    ),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: symmetric_routing missing where the conf has it', {
    old: ownConf({ ...VETH_CONF, symmetric_routing: true }),
    new: withConflist(
      ownConf({ ...VETH_CONF, symmetric_routing: true }),
      conflist([VETH_CONF, PORTMAP]),
    ),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: an old conf cannot be read, so nothing can be compared', {
    old: { ...BASE_VETH, '10-terway.conf': '{"type": "terway",}' },
    new: {
      ...BASE_VETH,
      '10-terway.conf': '{"type": "terway",}',
      '10-terway.conflist': conflist([VETH_CONF]),
    },
    warn: ['first-entry-unverified', 'json-syntax', 'restart-needed'],
  }),
];
