import {
  BASE_DATAPATH_V2,
  BASE_EBPF_POLICY,
  BASE_VETH,
  DATAPATH_V2_CONF,
  EBPF_POLICY_CONF,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { known } from '../../../../support/facts.ts';
import { publicChain, v2Chain } from './chains.ts';
import { ACK, cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** hostPort access from outside on Datapath V2 and other datapaths. */
export const PUBLIC_ACCESS_EDITS: readonly WorkedEdit[] = [
  edit('B28 public access on Datapath V2 by policy, without masqAll', {
    old: BASE_EBPF_POLICY,
    new: withConflist(
      BASE_EBPF_POLICY,
      conflist([
        { ...EBPF_POLICY_CONF, symmetric_routing: true },
        { ...PORTMAP, masqAll: false },
      ]),
    ),
    deny: ['public-access-masqall'],
  }),
  edit('public access on Datapath V2 without masqAll', {
    old: BASE_DATAPATH_V2,
    new: publicChain(BASE_DATAPATH_V2, DATAPATH_V2_CONF, PORTMAP),
    deny: ['public-access-masqall'],
  }),
  edit('public access, veth in the chain, but the operator knows of Datapath V2', {
    old: BASE_VETH,
    new: publicChain(BASE_VETH, VETH_CONF, PORTMAP),
    facts: { ...ACK, datapath: known('datapathv2') },
    deny: ['public-access-masqall'],
  }),
  edit('public access, datapath mixed', {
    old: BASE_VETH,
    new: publicChain(BASE_VETH, VETH_CONF, PORTMAP),
    facts: { ...ACK, datapath: known('mixed') },
    warn: ['public-access-masqall', 'restart-needed'],
  }),
  edit('public access with eBPF policy, Terway unknown, so the datapath is unknown', {
    old: BASE_EBPF_POLICY,
    new: publicChain(BASE_EBPF_POLICY, EBPF_POLICY_CONF, PORTMAP),
    facts: cluster(undefined, '1.7.1'),
    warn: ['chain-version', 'field-version', 'public-access-masqall', 'restart-needed'],
  }),
  edit('public access with eBPF policy switched off is veth', {
    old: { ...BASE_EBPF_POLICY, disable_network_policy: 'true' },
    new: publicChain(
      { ...BASE_EBPF_POLICY, disable_network_policy: 'true' },
      EBPF_POLICY_CONF,
      PORTMAP,
    ),
    warn: ['restart-needed'],
  }),
  edit('private access on Datapath V2 needs no masqAll', {
    old: BASE_DATAPATH_V2,
    new: v2Chain(PORTMAP),
    warn: ['restart-needed'],
  }),
  edit('public access on Datapath V2 with masqAll, which snat false switches off', {
    old: BASE_DATAPATH_V2,
    new: withConflist(
      BASE_DATAPATH_V2,
      conflist([
        { ...DATAPATH_V2_CONF, symmetric_routing: true },
        { ...PORTMAP, masqAll: true, snat: false },
      ]),
    ),
    deny: ['public-access-masqall'],
    warn: ['portmap-no-snat'],
  }),
];
