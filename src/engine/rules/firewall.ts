import { EFFECT_TEXT } from '../catalogue/field.ts';
import { RULE_INFO } from '../catalogue/rules.ts';
import { isChainName } from '../reading/go-formats.ts';
import type { Rule } from '../core/rule.ts';
import { problemAt } from './field-text.ts';
import { entriesOf, valueAt } from '../reading/structs.ts';

/** Names of the plugin's own chains; using one for the administrator makes every ADD fail. */
const OWN_CHAINS = ['CNI-FORWARD', 'FORWARD'];

/** Shown by running released plugins: iptables refuses other names. */
export const firewallChain: Rule = {
  info: RULE_INFO['firewall-chain'],
  *check(context) {
    for (const entry of entriesOf(context, 'firewall')) {
      const chain = valueAt(entry, 'iptablesAdminChainName');
      if (chain?.type !== 'string') continue;
      const name = chain.value;
      // An empty name means the default.
      if (name === '' || (isChainName(name) && !OWN_CHAINS.includes(name))) continue;
      yield {
        ...problemAt(entry, chain),
        message: `iptablesAdminChainName must be a chain of its own, 28 characters at most: ${EFFECT_TEXT['every-pod']}`,
        fix: '"iptablesAdminChainName": "CNI-ADMIN"',
      };
    }
  },
};

/** Source: plugins/meta/firewall/ingresspolicy.go of containernetworking/plugins. */
export const firewallIngress: Rule = {
  info: RULE_INFO['firewall-ingress'],
  *check(context) {
    for (const entry of entriesOf(context, 'firewall')) {
      const policy = valueAt(entry, 'ingressPolicy');
      if (policy?.value !== 'same-bridge' && policy?.value !== 'isolated') continue;
      yield {
        ...problemAt(entry, policy),
        message: `ingressPolicy ${policy.value} is for bridge networks; after terway it makes wrong rules`,
        fix: 'use a NetworkPolicy instead',
      };
    }
  },
};
