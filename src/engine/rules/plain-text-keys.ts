import type { Problem } from '../core/finding.ts';
import { TERWAYS_LIST } from '../catalogue/plugins/generic.ts';
import { CONFLIST_KEY } from '../core/eni-config.ts';
import { inText, paste, prose } from '../core/fix.ts';
import { removeMember } from '../json/edit.ts';
import { pathOf, type JsonMember, type JsonObject } from '../json/node.ts';
import { NO_PROBLEMS, defineRule, type ReviewContext } from '../core/rule.ts';
import { keyOfMember } from '../reading/key-names.ts';
import { movedToKey } from './member-moves.ts';
import { quoted } from '../text/text.ts';
import { aboutKey } from '../reading/subjects.ts';

/** Rules about keys that hold plain text, and about what surrounds the list of plugins. */

export const networkPolicyText = defineRule({
  info: {
    id: 'network-policy-text',
    title: 'disable_network_policy is "true" or "false"',
    why: 'NetworkPolicy stays on only for exactly false, 0 or an empty text; anything else, False as well, switches it off.',
    fix: prose('write "true" or "false"'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutKey('disable_network_policy'),
  check({ object }) {
    const key = 'disable_network_policy';
    const text = object.data.get(key);
    if (text === undefined || ['', 'true', 'false', '0'].includes(text)) return NO_PROBLEMS;
    const wanted = text.trim().toLowerCase();
    return [
      {
        key,
        message: `${quoted(text, 40)} switches NetworkPolicy off; only "false", "0" or an empty text keeps it on`,
        fix:
          wanted === 'false' || wanted === 'true'
            ? paste(`"${wanted}"`, [{ kind: 'set', key, text: wanted }])
            : prose('write "false" or "true"'),
      },
    ];
  },
});

export const loadBalanceText = defineRule({
  info: {
    id: 'load-balance-text',
    title: 'in_cluster_loadbalance is "true" or "false"',
    why: 'Only exactly true switches it on.',
    fix: prose('write "true" or "false"'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutKey('in_cluster_loadbalance'),
  check({ object }) {
    const key = 'in_cluster_loadbalance';
    const text = object.data.get(key);
    if (text === undefined || ['', 'true', 'false'].includes(text)) return NO_PROBLEMS;
    const wanted = text.trim().toLowerCase();
    return [
      {
        key,
        message: `${quoted(text, 40)} counts as off: only "true", without anything around it, is on`,
        fix:
          wanted === 'false' || wanted === 'true'
            ? paste(`"${wanted}"`, [{ kind: 'set', key, text: wanted }])
            : prose('write "true" or "false"'),
      },
    ];
  },
});

/** What a conflist has by the CNI specification, read by Terway or not. */
const EXPECTED: readonly string[] = ['plugins', 'name', 'cniVersion'];

export const chainTopLevel = defineRule({
  info: {
    id: 'chain-top-level',
    title: 'Only "plugins" of a conflist reaches the node',
    why: `Terway writes a list of its own, with the name ${TERWAYS_LIST.name} and version ${TERWAYS_LIST.cniVersion}; every other member of the conflist is dropped. "name" and "cniVersion" are what the CNI specification asks for, so they are not told of.`,
    fix: prose('remove the member'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutKey(CONFLIST_KEY),
  check(context) {
    // The rule chain-shape reports a document without a list of plugins.
    const root = context.chain(CONFLIST_KEY) && context.document(CONFLIST_KEY)?.root;
    if (root?.type !== 'object' || root.members.every(isExpected)) return NO_PROBLEMS;
    return droppedMembers(root, context);
  },
});

const isExpected = ({ name }: JsonMember) => EXPECTED.includes(name);

function* droppedMembers(root: JsonObject, context: ReviewContext): Generator<Problem> {
  for (const member of root.members) {
    const { name, nameNode, value } = member;
    if (isExpected(member)) continue;
    const key = keyOfMember(name);
    if (key !== undefined) {
      yield {
        key: CONFLIST_KEY,
        path: pathOf(value),
        at: nameNode,
        message: `${quoted(name, 60)} has no effect in here; it is a key of the ConfigMap's data, beside ${CONFLIST_KEY}`,
        fix: prose(
          `remove ${quoted(name, 60)} here and set ${key} as a key of data`,
          movedToKey(context, CONFLIST_KEY, member, key),
        ),
      };
      continue;
    }
    yield {
      key: CONFLIST_KEY,
      path: pathOf(value),
      at: nameNode,
      message: `Terway keeps only "plugins" of a conflist; ${quoted(name, 60)} has no effect`,
      fix: prose(`remove ${quoted(name, 60)}`, inText(CONFLIST_KEY, removeMember(root, member))),
    };
  }
}
