import type { RuleId } from '../../../../../src/engine/rules/index.ts';
import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  DATAPATH_V2_CONF,
  type Data,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** 10-terway.conf as the entry that counts: brought by the write, without a chain beside it. */

const FACTS = cluster('1.17.5', '1.9.1');

const withConf = (data: Data, conf: object): Data => ({
  ...data,
  '10-terway.conf': JSON.stringify(conf, null, 2),
});

/** The object is created with these members in the conf. */
function created(
  name: string,
  members: object,
  deny: readonly RuleId[] = [],
  warn: readonly RuleId[] = [],
): WorkedEdit {
  return edit(`conf alone: ${name}`, {
    new: withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, ...members }),
    facts: FACTS,
    deny,
    warn,
  });
}

const args = (text: string, deny: readonly RuleId[] = []) =>
  created(`cilium_args ${JSON.stringify(text)}`, { cilium_args: text }, deny);

const DENIED: readonly RuleId[] = ['cilium-args'];

export const CONF_ALONE_EDITS: readonly WorkedEdit[] = [
  created('as ACK writes it', {}),
  args('--bpf-map-dynamic-size-ratio=0.003 --bpf-ct-timeout-regular-tcp=1h'),
  args('  --enable-hubble   --labels=k8s:a b '),
  args('cluster-name=a'),
  args(''),
  args('--bpf-map-dynamic-size-ratio 0.003', DENIED),
  args('--a=1 --bpf-ct-timeout-regular-tcp\t1h --c', DENIED),
  args('-D', DENIED),
  args('a=1 --b 2 3', DENIED),
  args('\u2014cluster-name=a', DENIED),
  args('--=a', DENIED),
  args('--labels="a', []),
  args('--cluster-name=a\u0000', DENIED),
  edit('conf alone: flags that no agent reads', {
    new: withConf(BASE_VETH, { ...VETH_CONF, cilium_args: '--debug true' }),
    facts: FACTS,
    warn: ['cilium-args'],
  }),
  edit('conf alone: flags on veth with eBPF policy, which has an agent', {
    new: withConf(BASE_VETH, {
      ...VETH_CONF,
      network_policy_provider: 'ebpf',
      cilium_args: '--debug true',
    }),
    facts: FACTS,
    deny: ['cilium-args'],
  }),
  edit('conf alone: the same flags in a chain, which equals it', {
    new: withConflist(
      withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, cilium_args: '--debug true' }),
      conflist([{ ...DATAPATH_V2_CONF, cilium_args: '--debug true' }]),
    ),
    facts: FACTS,
    deny: ['cilium-args'],
  }),
  created('hubble as a boolean', { cilium_enable_hubble: true }, ['field-type']),
  created('a range of addresses that is none', { host_stack_cidrs: ['169.254.20.10'] }, [
    'field-value',
  ]),
  created('a range of addresses that is null', { host_stack_cidrs: [null] }, ['field-value']),
  created('a switch as text', { enable_network_priority: 'true' }, ['field-type']),
  created('an MTU as text', { mtu: '1400' }, ['field-type']),
  created('a datapath that is none', { eniip_virtual_type: 'datapath-v2' }, [
    'terway-virtual-type',
  ]),
  created('a provider of another type', { network_policy_provider: true }, ['field-type']),
  created('a capability as text', { capabilities: { bandwidth: 'true' } }, ['field-type']),
  created('a slip of a capability', { capabilities: { bandwith: true } }, ['capability-typo']),
  created(
    'flags in another letter case and of another type',
    { CILIUM_ARGS: ['--debug'] },
    ['terway-name-case'],
    ['field-unknown'],
  ),
  created('what the runtime fills in', { prevResult: {} }, ['field-reserved']),
  created(
    'a mark beyond 32 bits',
    {
      symmetric_routing: true,
      symmetric_routing_config: { mark: 4_294_967_296 },
    },
    ['symmetric-routing-limits'],
  ),
  created('a member that no release has', { auto_mtu: true }, ['field-version']),
  created('a member that no release has, of another type', { auto_mtu: 'yes' }, ['field-version']),
  created('what Terway writes anew, of another type', { bandwidth_mode: 5 }),
  created('an unknown member', { host_stack_cidr: [] }, [], ['field-unknown']),
  created(
    'a provider that acts as another one',
    { network_policy_provider: 'calico' },
    [],
    ['terway-policy-provider'],
  ),
  created('a member of portmap', { masqAll: true }, [], ['field-unknown']),
  created(
    'a member twice in two spellings',
    { MTU: 1400, mtu: 1500 },
    ['json-duplicate'],
    ['json-name-case'],
  ),
  edit('conf alone: changed, so nothing in it is told of', {
    old: BASE_DATAPATH_V2,
    new: withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, mtu: '1400', unknown: 1 }),
    deny: ['conf-changed'],
  }),
  edit('conf alone: changed where that only warns, and wrong', {
    old: BASE_DATAPATH_V2,
    new: withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, mtu: '1400' }),
    policy: { rules: new Map([['conf-changed', 'warn']]) },
    deny: ['field-type'],
    warn: ['conf-changed'],
  }),
  edit('conf alone: wrong already, and another key edited', {
    old: withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, mtu: '1400' }),
    new: {
      ...withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, mtu: '1400' }),
      in_cluster_loadbalance: 'false',
    },
  }),
  edit('conf alone: wrong already, and the chain taken away', {
    old: withConflist(
      withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, auto_mtu: true }),
      conflist([{ ...DATAPATH_V2_CONF, auto_mtu: true }]),
    ),
    new: withConf(BASE_DATAPATH_V2, { ...DATAPATH_V2_CONF, auto_mtu: true }),
    warn: ['restart-needed'],
  }),
];
