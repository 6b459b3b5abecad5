import { EFFECT_TEXT } from '../catalogue/field.ts';
import { prose } from '../core/fix.ts';
import { isChainName } from '../reading/go-formats.ts';
import { NO_PROBLEMS, checkEach, defineRule } from '../core/rule.ts';
import { fieldRemoval } from './entry-edits.ts';
import { pasteable, problemAt } from './field-text.ts';
import { entriesOf } from '../reading/decoded-entries.ts';
import { valueAt } from '../reading/decoded-object.ts';
import { aboutEntries } from '../reading/subjects.ts';

/** Names of the plugin's own chains; using one for the administrator makes every ADD fail. */
const OWN_CHAINS = ['CNI-FORWARD', 'FORWARD'];

/** Shown by running released plugins: iptables refuses other names. */
export const firewallChain = defineRule({
  info: {
    id: 'firewall-chain',
    title: "The administrator's chain of firewall has a name of its own",
    why: 'iptables refuses names with spaces or more than 28 bytes, and the chains of the plugin itself, so every new pod fails.',
    fix: prose('choose another name, or remove the member to use CNI-ADMIN'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntries('firewall'),
  check: checkEach(
    (context) => entriesOf(context, 'firewall'),
    (entry) => {
      const chain = valueAt(entry, 'iptablesAdminChainName');
      if (chain?.type !== 'string') return NO_PROBLEMS;
      const name = chain.value;
      // An empty name means the default.
      if (name === '' || (isChainName(name) && !OWN_CHAINS.includes(name))) return NO_PROBLEMS;
      return [
        {
          ...problemAt(entry, chain),
          message: `iptablesAdminChainName must be a chain of its own, 28 bytes at most: ${EFFECT_TEXT['every-pod']}`,
          fix: pasteable(entry, chain, '"CNI-ADMIN"'),
        },
      ];
    },
  ),
});

/** Source: plugins/meta/firewall/ingresspolicy.go of containernetworking/plugins. */
export const firewallIngress = defineRule({
  info: {
    id: 'firewall-ingress',
    title: 'ingressPolicy is for bridge networks',
    why: "It takes the first interface of the result for a bridge; after terway that is the container's eth0.",
    fix: prose('remove ingressPolicy'),
    severity: 'warn',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  about: aboutEntries('firewall'),
  check: checkEach(
    (context) => entriesOf(context, 'firewall'),
    (entry) => {
      const policy = valueAt(entry, 'ingressPolicy');
      if (policy?.value !== 'same-bridge' && policy?.value !== 'isolated') return NO_PROBLEMS;
      return [
        {
          ...problemAt(entry, policy),
          message: `ingressPolicy ${policy.value} is for bridge networks; after terway it makes wrong rules`,
          fix: prose(
            'remove "ingressPolicy"; a NetworkPolicy can do it',
            fieldRemoval(entry, 'ingressPolicy'),
          ),
        },
      ];
    },
  ),
});
