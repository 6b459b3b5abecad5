import { isAccepted } from '../catalogue/field.ts';
import { ENI_CONF_FIELDS } from '../catalogue/eni-conf.ts';
import { CONFLIST_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { prose } from '../core/fix.ts';
import { isDuration } from '../reading/go-formats.ts';
import { exactMember } from '../json/go-names.ts';
import { jsonDifferences } from '../json/diff.ts';
import { type JsonNode, type JsonObject, describeType, pathOf } from '../json/node.ts';
import { readJson } from '../json/document.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { decodedEntries } from '../reading/decoded-entries.ts';
import { type DecodedObject, valueAt } from '../reading/decoded-object.ts';

/** Rules about the daemon's configuration. Its values are secrets: messages name members only. */

function eniConf(context: ReviewContext): DecodedObject | undefined {
  return decodedEntries(context).find(({ key }) => key === ENI_CONF_KEY);
}

const at = (node: JsonNode) => ({ key: ENI_CONF_KEY, path: pathOf(node), at: node });

export const eniConfShape = defineRule({
  info: {
    id: 'eni-conf-shape',
    title: 'eni_conf is a JSON object',
    why: 'nodeconfig in the init container fails on anything else.',
    fix: prose('restore the object'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueTypeInvalid',
  },
  *check(context) {
    const root = context.document(ENI_CONF_KEY)?.root;
    if (!root) return;
    if (root.type === 'object') {
      if (isOfTheChain(root)) yield misplacedText(root);
      return;
    }
    yield {
      ...at(root),
      whole: [],
      message: `${ENI_CONF_KEY} must be a JSON object, not ${describeType(root)}: every Terway pod fails to start`,
    };
  },
});

/** A chain, or an entry of one, is told by what no configuration of the daemon has. */
const isOfTheChain = (root: JsonObject) =>
  ['plugins', 'type'].some((name) => exactMember(root, name)) &&
  !Object.keys(ENI_CONF_FIELDS).some((name) => name !== 'version' && exactMember(root, name));

function misplacedText(root: JsonObject): Problem {
  const isChain = exactMember(root, 'plugins') !== undefined;
  const home = isChain
    ? `the key ${CONFLIST_KEY}`
    : `a list "plugins" under the key ${CONFLIST_KEY}`;
  return {
    key: ENI_CONF_KEY,
    whole: [],
    at: { offset: root.offset, length: 1 },
    message: `this is a ${isChain ? 'chain' : 'plugin entry'}; it belongs ${isChain ? 'under' : 'in'} ${home}, and ${ENI_CONF_KEY} holds the daemon's configuration, without which every Terway pod fails to start`,
    fix: prose(
      `move this text to ${home}, and keep ${ENI_CONF_KEY} as it is stored: leave the key out of the file, or quit the editor without saving`,
    ),
  };
}

export const eniConfProtected = defineRule({
  info: {
    id: 'eni-conf-protected',
    title: 'Some members of eni_conf are not to be changed',
    why: 'ACK documents credential_path, service_cidr, eni_tags and ip_stack as not changeable.',
    fix: prose('put the old value back'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  *check(context) {
    const before = context.change.old?.data.get(ENI_CONF_KEY);
    const after = context.document(ENI_CONF_KEY)?.root;
    if (before === undefined || before === context.object.data.get(ENI_CONF_KEY)) return;
    const old = readJson(before).root;
    if (old?.type !== 'object' || after?.type !== 'object') return;
    for (const [name, field] of Object.entries(ENI_CONF_FIELDS)) {
      const earlier = field.protected && exactMember(old, name)?.value;
      if (!earlier) continue;
      // Terway's daemon, unlike terway-cli, takes names in this letter case only.
      const later = exactMember(after, name)?.value;
      if (later && jsonDifferences(earlier, later, 1).length === 0) continue;
      yield {
        key: ENI_CONF_KEY,
        path: [name],
        at: later ?? { offset: after.offset, length: 1 },
        message: `${name} was ${later ? 'changed' : 'removed'}; ACK does not support changing it`,
        fix: prose(`put the old value of "${name}" back`),
      };
    }
  },
});

const MAX_SECURITY_GROUPS = 10;

export const eniConfLimits = defineRule({
  info: {
    id: 'eni-conf-limits',
    title: "Members of eni_conf stay within ACK's limits",
    why: 'ACK allows at most 10 security groups, and the client limits only as a pair with burst above qps.',
    fix: prose('correct the values'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const decoded = eniConf(context);
    if (!decoded) return;
    yield* tooManySecurityGroups(decoded);
    yield* clientLimits(decoded);
  },
});

/** Source: ACK's parameter page; the controlplane counts the union with security_group. */
function* tooManySecurityGroups(decoded: DecodedObject): Generator<Problem> {
  const groups = valueAt(decoded, 'security_groups');
  if (groups?.type !== 'array') return;
  const union = new Set<unknown>(groups.items.map(({ value }) => value));
  const single = valueAt(decoded, 'security_group');
  if (single && single.value !== '') union.add(single.value);
  if (union.size <= MAX_SECURITY_GROUPS) return;
  yield {
    ...at(groups),
    message: `security_groups and security_group name ${union.size} groups; at most ${MAX_SECURITY_GROUPS} are allowed`,
    fix: prose(`remove ${union.size - MAX_SECURITY_GROUPS} of them`),
  };
}

/** Source: ACK's parameter page: only together, burst greater than qps. */
function* clientLimits(decoded: DecodedObject): Generator<Problem> {
  const qps = valueAt(decoded, 'kube_client_qps');
  const burst = valueAt(decoded, 'kube_client_burst');
  const one = qps ?? burst;
  if (!one) return;
  if (!qps || !burst) {
    yield {
      ...at(one),
      message: 'kube_client_qps and kube_client_burst go only together',
      fix: prose(`set ${qps ? 'kube_client_burst' : 'kube_client_qps'} as well, or remove this`),
    };
  } else if (!(Number(burst.value) > Number(qps.value))) {
    yield {
      ...at(burst),
      message: 'kube_client_burst must be greater than kube_client_qps',
      fix: prose('raise kube_client_burst or lower kube_client_qps'),
    };
  }
}

export const eniConfIdle = defineRule({
  info: {
    id: 'eni-conf-idle',
    title: 'A value of eni_conf does not do what it says',
    why: 'Terway replaces it by another one without a word.',
    fix: prose('write the value that is meant'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  *check(context) {
    const decoded = eniConf(context);
    if (!decoded) return;
    const min = valueAt(decoded, 'min_pool_size');
    const max = valueAt(decoded, 'max_pool_size');
    if (min && max && Number(min.value) > Number(max.value)) {
      yield { ...at(min), message: 'min_pool_size is cut to max_pool_size, which is smaller' };
    }
    const period = valueAt(decoded, 'ip_pool_sync_period');
    if (period?.type === 'string' && !isDuration(period.value)) {
      yield { ...at(period), message: 'ip_pool_sync_period is no duration; 120s is used' };
    }
    for (const [name, { acceptedValues }] of Object.entries(ENI_CONF_FIELDS)) {
      const policy = valueAt(decoded, name);
      if (!acceptedValues || policy?.type !== 'string') continue;
      if (isAccepted(acceptedValues, policy.value)) continue;
      yield {
        ...at(policy),
        message: `${name} holds an unknown policy, which acts as ${acceptedValues.otherwise}`,
      };
    }
  },
});
