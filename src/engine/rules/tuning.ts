import { EFFECT_TEXT } from '../catalogue/field.ts';
import { ENI_CONF_KEY } from '../core/eni-config.ts';
import { prose } from '../core/fix.ts';
import { exactMember } from '../json/go-names.ts';
import { type JsonMember, pathOf } from '../json/node.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { quoted } from '../text/text.ts';
import { problemAt } from './field-text.ts';
import { type Struct, entriesOf, valueAt } from '../reading/structs.ts';

/** Rules about tuning entries. Source: plugins/meta/tuning/tuning.go of containernetworking/plugins. */

/** The file below /proc/sys that tuning writes: dots are slashes, runs of slashes are one. */
const sysctlFile = (name: string) => `/${name.replaceAll('.', '/')}`.replace(/\/+/g, '/');

/** The members of `sysctl`; none where it is no object. */
function sysctlsOf(entry: Struct): readonly JsonMember[] {
  const sysctl = valueAt(entry, 'sysctl');
  return sysctl?.type === 'object' ? sysctl.members : [];
}

export const tuningSysctl = defineRule({
  info: {
    id: 'tuning-sysctl',
    title: 'tuning sets only sysctls below net',
    why: 'Any other name makes tuning refuse every pod.',
    fix: prose('remove the sysctl'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    for (const entry of entriesOf(context, 'tuning')) {
      for (const { name, nameNode, value } of sysctlsOf(entry)) {
        if (/^\/net\/[^\s\0]+$/.test(sysctlFile(name))) continue;
        yield {
          key: entry.key,
          path: pathOf(value),
          at: nameNode,
          message: `tuning sets only sysctls below net, not ${quoted(name, 60)}: ${EFFECT_TEXT['every-pod']}`,
          fix: prose(`remove ${quoted(name, 60)}`),
        };
      }
    }
  },
});

/** The kernel's limits for the MTU of an Ethernet device, in bytes. */
const MTU = { min: 68, max: 65_535 };

export const tuningMtu = defineRule({
  info: {
    id: 'tuning-mtu',
    title: 'The kernel accepts an MTU from 68 to 65535',
    why: 'Other values are refused for every pod.',
    fix: prose('choose a value in this range'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    for (const entry of entriesOf(context, 'tuning')) {
      const mtu = valueAt(entry, 'mtu');
      if (typeof mtu?.value !== 'number' || mtu.value === 0) continue;
      if (mtu.value >= MTU.min && mtu.value <= MTU.max) continue;
      yield {
        ...problemAt(entry, mtu),
        message: `"mtu" must be from ${MTU.min} to ${MTU.max}, or 0 to leave it: ${EFFECT_TEXT['every-pod']}`,
      };
    }
  },
});

/** Whether eni_conf asks for both address families; unreadable or absent counts as no. */
export function isDualStack(context: ReviewContext): boolean {
  const root = context.document(ENI_CONF_KEY)?.root;
  return root !== undefined && exactMember(root, 'ip_stack')?.value.value === 'dual';
}

export const tuningIpv6 = defineRule({
  info: {
    id: 'tuning-ipv6',
    title: 'Switching IPv6 off on a dual-stack cluster',
    why: 'Pods lose their IPv6 address. The vendor offers this setting for clusters that are not dual-stack.',
    fix: prose('remove the sysctl'),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    if (!isDualStack(context)) return;
    for (const entry of entriesOf(context, 'tuning')) {
      const switchedOff = sysctlsOf(entry).find(
        ({ name, value }) => name.endsWith('.disable_ipv6') && value.value === '1',
      );
      if (!switchedOff) continue;
      yield {
        key: entry.key,
        path: pathOf(switchedOff.value),
        at: switchedOff.nameNode,
        message:
          'this cluster is dual-stack; switching IPv6 off takes the IPv6 address from every new pod',
      };
    }
  },
});
