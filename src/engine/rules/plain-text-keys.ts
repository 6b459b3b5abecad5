import { RULE_INFO } from '../catalogue/rules.ts';
import { CONFLIST_KEY } from '../core/eni-config.ts';
import { pathOf } from '../json/node.ts';
import type { Rule } from '../core/rule.ts';
import { quoted } from '../text/text.ts';

/** Rules about keys that hold plain text, and about what surrounds the list of plugins. */

export const networkPolicyText: Rule = {
  info: RULE_INFO['network-policy-text'],
  *check({ object }) {
    const key = 'disable_network_policy';
    const text = object.data.get(key);
    if (text === undefined || ['', 'true', 'false', '0'].includes(text)) return;
    const wanted = text.trim().toLowerCase();
    yield {
      key,
      message: `${quoted(text, 40)} switches NetworkPolicy off; only "false", "0" or an empty text keeps it on`,
      fix: wanted === 'false' || wanted === 'true' ? `"${wanted}"` : '"false" or "true"',
    };
  },
};

export const loadBalanceText: Rule = {
  info: RULE_INFO['load-balance-text'],
  *check({ object }) {
    const key = 'in_cluster_loadbalance';
    const text = object.data.get(key);
    if (text === undefined || ['', 'true', 'false'].includes(text)) return;
    yield {
      key,
      message: `${quoted(text, 40)} counts as off: only "true", without anything around it, is on`,
      fix: text.trim().toLowerCase() === 'true' ? '"true"' : '"true" or "false"',
    };
  },
};

export const chainTopLevel: Rule = {
  info: RULE_INFO['chain-top-level'],
  *check(context) {
    // Without a list of plugins the document is no chain, which is a finding of its own.
    const root = context.chain() && context.document(CONFLIST_KEY)?.root;
    for (const { name, nameNode, value } of root?.type === 'object' ? root.members : []) {
      if (name === 'plugins') continue;
      yield {
        key: CONFLIST_KEY,
        path: pathOf(value),
        at: nameNode,
        message: `Terway keeps only "plugins" of a conflist; ${quoted(name, 60)} has no effect`,
        fix: `remove ${quoted(name, 60)}`,
      };
    }
  },
};
