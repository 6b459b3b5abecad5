import {
  BASE_DATAPATH_V2,
  BASE_VENDOR,
  BASE_VETH,
  PORTMAP,
  VENDOR_CHAINS,
  withConflist,
} from '../../../../support/config-maps.ts';
import { v2Chain, vethChain } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** Chains that work, as guides and the vendor recommend them: each is accepted. */
export const ACCEPTED_CHAINS_EDITS: readonly WorkedEdit[] = [
  edit('G01 first chain, private hostPort access, explicit mark chain', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "network_policy_provider": "iptables"},
        {"type": "portmap", "capabilities": {"portMappings": true}, "externalSetMarkChain": "KUBE-MARK-MASQ"}
      ]
    }`,
    ),
    warn: ['restart-needed'],
  }),
  edit('G02 the same without the mark chain', {
    old: BASE_VETH,
    new: vethChain(PORTMAP),
    warn: ['restart-needed'],
  }),
  edit('G03 public access, not Datapath V2', {
    old: BASE_VETH,
    new: withConflist(
      BASE_VETH,
      `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "network_policy_provider": "iptables", "symmetric_routing": true},
        {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": false}
      ]
    }`,
    ),
    warn: ['restart-needed'],
  }),
  edit('G04 public access on Datapath V2', {
    old: BASE_DATAPATH_V2,
    new: withConflist(
      BASE_DATAPATH_V2,
      `{
      "plugins": [
        {"cniVersion": "0.4.0", "name": "terway", "type": "terway", "capabilities": {"bandwidth": true}, "eniip_virtual_type": "datapathv2", "host_stack_cidrs": ["169.254.20.10/32"], "cilium_args": "", "symmetric_routing": true},
        {"type": "portmap", "capabilities": {"portMappings": true}, "masqAll": true}
      ]
    }`,
    ),
    warn: ['restart-needed'],
  }),
  edit('G08 cilium-cni listed between terway and portmap', {
    old: BASE_DATAPATH_V2,
    new: v2Chain({ type: 'cilium-cni' }, { ...PORTMAP, masqAll: true }),
    warn: ['restart-needed'],
  }),
  edit('G10 a mark bit of its own', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, markMasqBit: 12, snat: true }),
    warn: ['restart-needed'],
  }),
  edit('G11 no SNAT', {
    old: BASE_VETH,
    new: vethChain({ ...PORTMAP, snat: false, conditionsV4: ['!', '-d', '10.8.0.0/16'] }),
    warn: ['restart-needed'],
  }),
  ...Object.entries(VENDOR_CHAINS).map(([name, chain]) =>
    edit(`the vendor's documented chain: ${name}`, {
      old: BASE_VENDOR,
      new: withConflist(BASE_VENDOR, chain),
      warn: ['restart-needed'],
    }),
  ),
];
