import type { Problem } from '../core/finding.ts';
import { EFFECT_TEXT } from '../catalogue/field.ts';
import { MTU } from '../catalogue/plugins/tuning.ts';
import { ENI_CONF_KEY } from '../core/eni-config.ts';
import { inText, prose } from '../core/fix.ts';
import { exactMember } from '../json/go-names.ts';
import { removeMember } from '../json/edit.ts';
import { pathOf } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { quoted } from '../text/text.ts';
import { problemAt } from './field-text.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { valueAt } from '../reading/decoded-object.ts';
import { kernelNumber, sysctlWords } from '../reading/sysctl.ts';
import { sysctlsOf } from './tuning-sysctls.ts';
import { aboutMembers } from '../reading/subjects.ts';

/** Rules about tuning entries. Source: plugins/meta/tuning/tuning.go of containernetworking/plugins. */

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
  about: aboutMembers('mtu'),
  check: checkEach(
    (context) => entriesOf(context, 'tuning'),
    (entry) => {
      const mtu = valueAt(entry, 'mtu');
      if (typeof mtu?.value !== 'number' || mtu.value === 0) return NO_PROBLEMS;
      if (mtu.value >= MTU.min && mtu.value <= MTU.max) return NO_PROBLEMS;
      return [
        {
          ...problemAt(entry, mtu),
          message: `"mtu" must be from ${MTU.min} to ${MTU.max}, or 0 to leave it: ${EFFECT_TEXT['every-pod']}`,
        },
      ];
    },
  ),
});

/** Members for which tuning notes on the node what was there before. */
const NOTED = ['mac', 'promisc', 'mtu', 'allmulti', 'txQLen'];

export const tuningDataDir = defineRule({
  info: {
    id: 'tuning-data-dir',
    title: 'dataDir is a path',
    why: 'No path holds a NUL, so tuning can not note what it changes, and fails for every pod. Shown with the released plugin.',
    fix: prose('write a path, or remove "dataDir" to use /run/cni/tuning'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers('dataDir'),
  check: checkEach(
    (context) => entriesOf(context, 'tuning'),
    (entry) => {
      const member = entry.members.get('dataDir');
      const path: unknown = member?.value.value;
      if (!member || typeof path !== 'string' || !path.includes('\0')) return NO_PROBLEMS;
      if (!NOTED.some((name) => valueAt(entry, name))) return NO_PROBLEMS;
      return [
        {
          ...problemAt(entry, member.value),
          message: `"dataDir" holds a NUL, so it is no path: ${EFFECT_TEXT['every-pod']}`,
          fix: prose(
            'remove "dataDir" to use /run/cni/tuning',
            inText(entry.key, removeMember(entry.node, member)),
          ),
        },
      ];
    },
  ),
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
  about: aboutMembers('sysctl'),
  check: (context) => (isDualStack(context) ? ipv6Off(context) : NO_PROBLEMS),
});

function* ipv6Off(context: ReviewContext): Generator<Problem> {
  for (const sysctl of sysctlsOf(context)) {
    const { entry, object, member, name } = sysctl;
    if (!name?.startsWith('net.ipv6.conf.') || !name.endsWith('.disable_ipv6')) continue;
    const [word = ''] = sysctlWords(String(member.value.value));
    if (!kernelNumber(word)) continue;
    yield {
      key: entry.key,
      path: pathOf(member.value),
      at: member.nameNode,
      dependsOn: [entry.key, ENI_CONF_KEY],
      message:
        'this cluster is dual-stack; switching IPv6 off takes the IPv6 address from every new pod',
      fix: prose(
        `remove ${quoted(member.name, 60)}`,
        inText(entry.key, removeMember(object, member)),
      ),
    };
  }
}
