import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { known } from '../../../../support/known.ts';
import { firstEntry, ownConf, vethChain } from './chains.ts';
import { ACK, cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** The options of terway and cilium-cni, and nodes in exclusive-ENI mode. */
export const TERWAY_EDITS: readonly WorkedEdit[] = [
  edit('B46 a chain on a cluster with exclusive-ENI nodes', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, externalSetMarkChain: 'KUBE-MARK-MASQ' }),
    facts: { ...ACK, exclusiveEniNodes: known({ count: 3, names: [] }) },
    warn: ['exclusive-eni-nodes', 'restart-needed'],
  }),
  edit('terway: a datapath that nobody knows, as in the conf', {
    old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }]),
    ),
    deny: ['terway-virtual-type'],
  }),
  edit('terway: the same before 1.13.2, which took it for veth', {
    old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 'datapathv3' }]),
    ),
    facts: cluster('1.12.1', '1.7.1'),
    warn: ['restart-needed', 'terway-virtual-type'],
  }),
  edit('terway: a datapath in the spelling of the console', {
    old: ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }),
      conflist([{ ...VETH_CONF, eniip_virtual_type: 'IPVlan' }]),
    ),
    warn: ['restart-needed'],
  }),
  edit('terway: a policy engine that acts as iptables', {
    old: ownConf({ ...VETH_CONF, network_policy_provider: 'EBPF' }),
    new: withConflist(
      ownConf({ ...VETH_CONF, network_policy_provider: 'EBPF' }),
      conflist([{ ...VETH_CONF, network_policy_provider: 'EBPF' }]),
    ),
    warn: ['restart-needed', 'terway-policy-provider'],
  }),
  edit('terway: symmetric_routing_config without symmetric_routing', {
    old: BASE_VETH,
    new: firstEntry({ ...VETH_CONF, symmetric_routing_config: { mark: 16 } }),
    warn: ['restart-needed', 'symmetric-routing'],
  }),
  edit("terway: a symmetric mark that is kube-proxy's", {
    old: BASE_VETH,
    new: firstEntry({
      ...VETH_CONF,
      symmetric_routing: true,
      symmetric_routing_config: { mark: 0x4000, mask: 0x4000 },
    }),
    warn: ['restart-needed', 'symmetric-routing'],
  }),
  edit('cilium-cni on veth', {
    old: BASE_VETH,
    new: vethChain({ type: 'cilium-cni' }),
    warn: ['cilium-without-datapath', 'restart-needed'],
  }),
  edit('no exclusive-ENI nodes', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    facts: { ...ACK, exclusiveEniNodes: known({ count: 0, names: [] }) },
    warn: ['restart-needed'],
  }),
];
