import {
  BASE_DATAPATH_V2,
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../../support/config-maps.ts';
import { v2Chain, vethChain } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** Types of plugins: known ones, slips of them, unknown ones. */
export const PLUGIN_TYPES_EDITS: readonly WorkedEdit[] = [
  ...['portmapp', 'PortMap', 'protmap', 'tunning', 'cilium_cni', 'srb', 'terwai'].map((type) =>
    edit(`plugin type: ${type} is a slip of a known one`, {
      old: BASE_VETH,
      new: vethChain({ type, capabilities: { portMappings: true } }),
      deny: ['plugin-typo'],
    }),
  ),
  edit('plugin type: a slip of terway in second place, where terway must not stand', {
    old: BASE_VETH,
    new: vethChain({ type: 'teraway' }),
    deny: ['plugin-typo'],
    says: ['there is no plugin "teraway"'],
  }),
  edit('plugin type: a slip of another plugin in first place, where only terway may stand', {
    old: BASE_VETH,
    new: withConflist(BASE_VETH, conflist([{ type: 'tunning' }, VETH_CONF])),
    deny: ['plugin-typo', 'terway-not-first'],
  }),
  ...['istio-cni', 'multus', 'route-override'].map((type) =>
    edit(`plugin type: ${type} is not known to the guard`, {
      old: BASE_VETH,
      new: vethChain({ type, anything: { goes: [1, 'two', null] } }),
      warn: ['plugin-unknown', 'restart-needed'],
    }),
  ),
  edit('plugin type: all that are known', {
    old: BASE_DATAPATH_V2,
    new: v2Chain(
      { type: 'cilium-cni' },
      PORTMAP,
      { type: 'tuning' },
      { type: 'firewall' },
      { type: 'sbr' },
      { type: 'vrf', vrfname: 'blue' },
    ),
    warn: ['restart-needed'],
  }),
];
