import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { firstEntry, ownConf, withEniConf } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

const BARE_CONF = {
  cniVersion: '0.4.0',
  name: 'terway',
  type: 'terway',
  eniip_virtual_type: 'datapathv2',
};

/** What the conf has, and what the entry has beyond it as the vendor documents. */
const ADDITIONS: readonly (readonly [conf: object, member: object])[] = [
  [{}, { enable_network_priority: true }],
  [{ enable_network_priority: false }, { enable_network_priority: true }],
  [{}, { cilium_args: '--bpf-ct-global-tcp-max=524288' }],
  [{ cilium_args: '' }, { cilium_args: '--bpf-ct-global-tcp-max=524288' }],
  [{}, { cilium_enable_hubble: 'true' }],
  [{}, { cilium_hubble_metrics: 'drop' }],
  [{}, { cilium_hubble_listen_address: ':4244' }],
  [{}, { host_stack_cidrs: ['169.254.20.10/32'] }],
  [{ host_stack_cidrs: [] }, { host_stack_cidrs: ['169.254.20.10/32', '10.0.0.1/32'] }],
  [{}, { capabilities: { bandwidth: true } }],
  [{ capabilities: {} }, { capabilities: { bandwidth: true } }],
  [{ capabilities: { bandwidth: false } }, { capabilities: { bandwidth: true } }],
];

/** What no document tells to set, or what changes a value that counts. */
const OTHER_DIFFERENCES: readonly (readonly [conf: object, member: object])[] = [
  [{}, { mtu: 1400 }],
  [{}, { network_policy_provider: 'ebpf' }],
  [{ cilium_args: '--a=1' }, { cilium_args: '--b=1' }],
  [{ cilium_args: '' }, { cilium_args: undefined }],
  [{ host_stack_cidrs: ['10.0.0.1/32'] }, { host_stack_cidrs: ['10.0.0.1/32', '10.0.0.2/32'] }],
  [{ capabilities: { bandwidth: true } }, { capabilities: { bandwidth: false } }],
  [{}, { capabilities: { bandwidth: true, dns: true } }],
];

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
  ...ADDITIONS.flatMap(([conf, member]) => {
    const name = `${JSON.stringify(member)} where the conf has ${JSON.stringify(conf)}`;
    const old = ownConf({ ...BARE_CONF, ...conf });
    const added = {
      old,
      new: withConflist(old, conflist([{ ...BARE_CONF, ...conf, ...member }, PORTMAP])),
    };
    return [
      edit(`first entry: ${name}`, { ...added, deny: ['first-entry-differs'] }),
      edit(`first entry, documented: ${name}`, {
        ...added,
        policy: { firstEntry: 'documented' },
        warn: ['first-entry-addition', 'restart-needed'],
      }),
    ];
  }),
  ...OTHER_DIFFERENCES.map(([conf, member]) => {
    const old = ownConf({ ...BARE_CONF, ...conf });
    return edit(
      `first entry, documented: ${JSON.stringify(member)} for ${JSON.stringify(conf)} all the same`,
      {
        old,
        new: withConflist(old, conflist([{ ...BARE_CONF, ...conf, ...member }, PORTMAP])),
        policy: { firstEntry: 'documented' },
        deny: ['first-entry-differs'],
      },
    );
  }),
  edit('first entry, documented: an addition that is stored already', {
    old: firstEntry({ ...VETH_CONF, cilium_args: '--x=1' }),
    new: withEniConf(firstEntry({ ...VETH_CONF, cilium_args: '--x=1' }), { max_pool_size: 20 }),
    policy: { firstEntry: 'documented' },
  }),
  edit('first entry, documented: the conf changed under a stored chain, additions stay', {
    old: withConflist(
      ownConf({ ...BARE_CONF, mtu: 1400 }),
      conflist([{ ...BARE_CONF, cilium_args: '--x=1' }, PORTMAP]),
    ),
    new: withConflist(
      ownConf({ ...BARE_CONF, mtu: 1400 }),
      conflist([
        { ...BARE_CONF, cilium_args: '--x=1' },
        { ...PORTMAP, snat: true },
      ]),
    ),
    policy: { firstEntry: 'documented' },
    deny: ['first-entry-differs'],
    warn: ['first-entry-addition'],
  }),
  edit('first entry: the conf changed in several members under a stored chain', {
    old: withConflist(
      ownConf({ ...VETH_CONF, veth_prefix: 'cali', mtu: 1400 }),
      conflist([{ ...VETH_CONF, symmetric_routing: true }, PORTMAP]),
    ),
    new: withConflist(
      ownConf({ ...VETH_CONF, veth_prefix: 'cali', mtu: 1400 }),
      conflist([
        { ...VETH_CONF, symmetric_routing: true },
        { ...PORTMAP, snat: true },
      ]),
    ),
    deny: ['first-entry-differs'],
    says: [
      'the stored chain fits 10-terway.conf no longer, which was changed after it: "veth_prefix", "mtu" differ; the first plugin must equal it',
    ],
  }),
  edit('first entry: the conf changed in several members, and hubble stands in the chain', {
    old: withConflist(
      ownConf({ ...VETH_CONF, mtu: 1400 }),
      conflist([{ ...VETH_CONF, cilium_enable_hubble: 'true' }, PORTMAP]),
    ),
    new: withConflist(
      ownConf({ ...VETH_CONF, mtu: 1400 }),
      conflist([{ ...VETH_CONF, cilium_enable_hubble: 'true' }]),
    ),
    deny: ['first-entry-differs'],
  }),
  edit('first entry: a member of symmetric_routing_config beside it', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, symmetric_routing: true, table_id: 5 }),
    deny: ['first-entry-differs'],
    warn: ['field-unknown'],
  }),
  edit('first entry: most members are missing, and it has more of its own', {
    old: BASE_VETH,
    new: firstEntry({ type: 'terway', mtu: 1400 }),
    deny: ['first-entry-differs'],
  }),
];
