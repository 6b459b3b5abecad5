import { NETWORK_MAKERS } from '../catalogue/network-makers.ts';
import { prose } from '../core/fix.ts';
import { NO_PROBLEMS, checkEach, defineRule } from '../core/rule.ts';
import { typeValue } from './field-text.ts';
import { foldedMember } from '../json/go-names.ts';
import { entryRemoval } from './entry-edits.ts';
import { aboutEntryTraits } from '../reading/subjects.ts';

const FIX = 'remove this entry; terway makes the interface and the address of the pod';

export const secondNetwork = defineRule({
  info: {
    id: 'second-network',
    title: 'Only terway makes the network of a pod',
    why: "A plugin that makes an interface finds eth0 taken and fails for every new pod; one that hands out addresses replaces terway's result, so pods report an address that they do not have. Shown for bridge, ptp, macvlan, host-device, dummy, tap, dhcp, host-local and static with the released plugins in a network namespace as terway leaves it; read only for ipvlan, vlan and the plugins of other networks (flannel, calico, multus and their like).",
    fix: prose(FIX),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  about: aboutEntryTraits('other-type'),
  check: checkEach(
    (context) => context.entries(),
    ({ key, node, type = '', path }) => {
      const maker = NETWORK_MAKERS.get(type);
      if (!maker) return NO_PROBLEMS;
      const hasIpam = node.type === 'object' && foldedMember(node, 'ipam')?.value.type === 'object';
      return [
        {
          key,
          whole: path,
          path: [...path, 'type'],
          at: typeValue(node),
          message: `${type} ${hasIpam ? maker.effect : (maker.withoutIpam ?? maker.effect)}`,
          fix: prose(FIX, entryRemoval(key, node)),
        },
      ];
    },
  ),
});
