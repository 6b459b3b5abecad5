import { RULE_INFO } from '../catalogue/rules.ts';
import { pathOf } from '../core/json-node.ts';
import type { Rule } from '../core/rule.ts';
import { entriesOf, valueAt } from './structs.ts';

/** Source: plugins/meta/firewall/ingresspolicy.go of containernetworking/plugins. */
export const firewallIngress: Rule = {
  info: RULE_INFO['firewall-ingress'],
  *check(context) {
    for (const entry of entriesOf(context, 'firewall')) {
      const policy = valueAt(entry, 'ingressPolicy');
      if (policy?.value !== 'same-bridge' && policy?.value !== 'isolated') continue;
      yield {
        key: entry.key,
        path: pathOf(policy),
        at: policy,
        message: `ingressPolicy ${policy.value} is for bridge networks; after terway it makes wrong rules`,
        fix: 'use a NetworkPolicy instead',
      };
    }
  },
};
