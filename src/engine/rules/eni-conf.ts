import { EFFECT_TEXT, type FieldSpec } from '../catalogue/field.ts';
import { TERWAY } from '../catalogue/distributions.ts';
import {
  ENI_CONF_FIELDS,
  FEW_SECURITY_GROUPS,
  MANY_SECURITY_GROUPS_SINCE,
  MAX_SECURITY_GROUPS,
} from '../catalogue/eni-conf.ts';
import { CONFLIST_KEY, ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { inText, prose } from '../core/fix.ts';
import { removeMember } from '../json/edit.ts';
import { exactMember } from '../json/go-names.ts';
import { jsonDifferences } from '../json/diff.ts';
import { type JsonNode, type JsonObject, describeType, pathOf } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, defineRule } from '../core/rule.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';
import { hasCentralIpam } from '../core/central-ipam.ts';
import { eniConfOf } from '../reading/eni-conf.ts';
import { mayBeRead } from '../reading/field-errors.ts';
import { gapsOf } from '../reading/version-gap.ts';
import { listed } from '../text/text.ts';
import { problemOf } from './version-problem.ts';
import { aboutChange, aboutMembers, aboutTextTraits } from '../reading/subjects.ts';

/** Rules about the daemon's configuration. Its values are secrets: messages name members only. */

/** The place of a problem with a value. */
export const at = (node: JsonNode) => ({ key: ENI_CONF_KEY, path: pathOf(node), at: node });

/** When what is wrong acts, for the reasons of rules. */
const WHEN =
  'It acts at each start of Terway\'s containers, and under central IPAM (ipam_type "crd") at once: ' +
  'the controller reads eni_conf from the API, and refuses new pods that are not on the network of the host.';

export const eniConfShape = defineRule({
  info: {
    id: 'eni-conf-shape',
    title: 'eni_conf is a JSON object',
    why: `nodeconfig in the init container fails on anything else. ${WHEN}`,
    fix: prose('restore the object'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueTypeInvalid',
  },
  about: aboutTextTraits('other-eni-conf'),
  check(context) {
    const root = context.document(ENI_CONF_KEY)?.root;
    if (!root) return NO_PROBLEMS;
    if (root.type === 'object') return isOfTheChain(root) ? [misplacedText(root)] : NO_PROBLEMS;
    const [only] = root.type === 'array' && root.items.length === 1 ? root.items : [];
    return [
      {
        ...at(root),
        whole: [],
        message: `${ENI_CONF_KEY} must be a JSON object, not ${describeType(root)}: every Terway pod fails to start`,
        ...(only?.type === 'object' && {
          fix: prose('remove [ and ] around the object', unwrapped(root, only)),
        }),
      },
    ];
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

/** Leaves of `outer` what `inner` is, byte for byte. */
function unwrapped(outer: JsonNode, inner: JsonNode) {
  const end = inner.offset + inner.length;
  return inText(
    ENI_CONF_KEY,
    { offset: outer.offset, length: inner.offset - outer.offset, text: '' },
    { offset: end, length: outer.offset + outer.length - end, text: '' },
  );
}

export const eniConfProtected = defineRule({
  info: {
    id: 'eni-conf-protected',
    title: 'Some members of eni_conf are not to be changed',
    why: 'ACK documents credential_path, service_cidr, eni_tags and ip_stack as not changeable. What is documented of eni-config is a warning in a ConfigMap that the label terway-config of a node names.',
    fix: prose('put the old value back'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  about: aboutChange(ENI_CONF_KEY),
  check: changedMembers,
});

function* changedMembers(context: ReviewContext): Generator<Problem> {
  const after = context.document(ENI_CONF_KEY)?.root;
  const old = context.documentBefore(ENI_CONF_KEY)?.root;
  if (old?.type !== 'object' || after?.type !== 'object') return;
  for (const [name, field] of Object.entries(ENI_CONF_FIELDS)) {
    if (!field.protected) continue;
    for (const problem of changedMember(name, field, old, after)) {
      yield context.change.overlay ? { ...problem, severity: 'warn' } : problem;
    }
  }
}

/** Terway's daemon, unlike terway-cli, takes names in their own letter case only. */
function* changedMember(
  name: string,
  field: FieldSpec,
  old: JsonObject,
  after: JsonObject,
): Generator<Problem> {
  const earlier = exactMember(old, name)?.value;
  const member = exactMember(after, name);
  const later = member?.value;
  if (earlier && later && jsonDifferences(earlier, later, 1).length === 0) return;
  const problem = {
    key: ENI_CONF_KEY,
    path: [name],
    at: later ?? { offset: after.offset, length: 1 },
  };
  if (earlier && !isEmpty(earlier)) {
    yield {
      ...problem,
      message: `${name} was ${later ? 'changed' : 'removed'}; ACK does not support changing it`,
      fix: prose(`put the old value of "${name}" back`),
    };
  } else if (member && !isEmpty(member.value) && !isDefault(member.value, field)) {
    yield {
      ...problem,
      message: `${name} was added, which changes what was used without it; ACK does not support changing it`,
      fix: prose(`remove "${name}"`, inText(ENI_CONF_KEY, removeMember(after, member))),
    };
  }
}

const isDefault = ({ type, value }: JsonNode, { defaultValue }: FieldSpec) =>
  type === 'string' && value === defaultValue;

/** Whether Terway takes the value for an absent one. */
function isEmpty(node: JsonNode): boolean {
  return (
    node.type === 'null' ||
    node.value === '' ||
    (node.type === 'object' && node.members.length === 0)
  );
}

/** Every member that is told of there; pool sizes count under central IPAM alone. */
const LIMITED = ['security_groups', 'kube_client_qps', 'kube_client_burst', 'ipam_type'];

export const eniConfLimits = defineRule({
  info: {
    id: 'eni-conf-limits',
    title: 'Members of eni_conf stay within the limits of what they are used for',
    why:
      `The daemon takes at most ${MAX_SECURITY_GROUPS} security groups, before ${MANY_SECURITY_GROUPS_SINCE} ${FEW_SECURITY_GROUPS}, and at most one IPv6 prefix. ` +
      'Under central IPAM (ipam_type "crd") pool sizes go into the Node objects of Terway, which have none below 0. ' +
      'ACK documents the client limits only as a pair with burst above qps.',
    fix: prose('correct the values'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueInvalid',
    settings: ['onUnknownVersion'],
  },
  about: aboutMembers(...LIMITED),
  *check(context) {
    const decoded = eniConfOf(context);
    if (!decoded) return;
    yield* securityGroups(decoded, context);
    yield* clientLimits(decoded);
    if (!hasCentralIpam(decoded.node)) return;
    yield* negativePools(decoded);
    yield* prefixesOfIpv6(decoded, context);
  },
});

/**
 * Source: Validate in Terway's types/daemon/config.go counts the list, dynamicconfig.go for the
 * controller and ACK's parameter page the union with security_group.
 */
function* securityGroups(decoded: DecodedObject, context: ReviewContext): Generator<Problem> {
  const groups = valueAt(decoded, 'security_groups');
  if (groups?.type !== 'array') return;
  const union = new Set<unknown>(groups.items.map(({ value }) => value));
  const single = valueAt(decoded, 'security_group');
  if (single && single.value !== '') union.add(single.value);
  const inList = groups.items.length;
  const count = Math.max(inList, union.size);
  if (count <= FEW_SECURITY_GROUPS) return;
  const what =
    inList >= union.size ? 'security_groups names' : 'security_groups and security_group name';
  if (count > MAX_SECURITY_GROUPS) {
    yield {
      ...at(groups),
      message:
        `${what} ${count} groups; at most ${MAX_SECURITY_GROUPS} are allowed` +
        (inList > MAX_SECURITY_GROUPS ? `: ${EFFECT_TEXT['terway-start']}` : ''),
      fix: prose(`remove ${count - MAX_SECURITY_GROUPS} of them`),
    };
    return;
  }
  const need = {
    reader: ENI_CONF_KEY,
    releasedWith: TERWAY,
    shown: `${what} ${count} groups, and more than ${FEW_SECURITY_GROUPS}`,
    floor: MANY_SECURITY_GROUPS_SINCE,
  };
  for (const gap of gapsOf(need, context.facts)) {
    const { message, fix, ...rest } = problemOf(gap, context);
    yield {
      ...at(groups),
      ...rest,
      message: gap.kind === 'unknown' ? message : `${message}: ${EFFECT_TEXT['terway-start']}`,
      fix: { ...fix, text: `${fix.text}, or remove ${count - FEW_SECURITY_GROUPS} of them` },
    };
  }
}

/** Source: ACK's parameter page: only together, burst greater than qps. Terway takes any. */
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
      impact: 'no-effect',
    };
  } else if (Number(burst.value) <= Number(qps.value)) {
    yield {
      ...at(burst),
      message: 'kube_client_burst must be greater than kube_client_qps',
      fix: prose(listed(waysToOrder(Number(qps.value), Number(burst.value)), 'or')),
      impact: 'no-effect',
    };
  }
}

/** How the burst gets above the rate: no burst is above every rate, no sensible rate below 0. */
function waysToOrder(qps: number, burst: number): readonly string[] {
  const raise = qps < Number.MAX_SAFE_INTEGER ? ['raise kube_client_burst'] : [];
  const lower = burst > 0 || raise.length === 0 ? ['lower kube_client_qps'] : [];
  return [...raise, ...lower];
}

/** Source: minimum in Terway's pkg/apis/crds/network.alibabacloud.com_nodes.yaml. */
const POOL_SIZES = ['max_pool_size', 'min_pool_size', 'ip_warm_up_size'];

function* negativePools(decoded: DecodedObject): Generator<Problem> {
  for (const name of POOL_SIZES) {
    const size = valueAt(decoded, name);
    if (typeof size?.value !== 'number' || size.value >= 0) continue;
    yield {
      ...at(size),
      message: `${name} must be 0 or more under central IPAM: the API server refuses the Node object that it goes into, so nodes that join get no addresses`,
      fix: prose('write 0 or a positive number'),
    };
  }
}

/** Source: validatePrefixConfig in Terway's daemon/builder.go, which runs under central IPAM only. */
function* prefixesOfIpv6(decoded: DecodedObject, { facts }: ReviewContext): Generator<Problem> {
  const prefixes = valueAt(decoded, 'ipv6_prefix_count');
  const field = decoded.fields.ipv6_prefix_count;
  if (typeof prefixes?.value !== 'number' || prefixes.value <= 1) return;
  if (scalarAt(decoded, 'enable_ip_prefix') !== true) return;
  if (field && !mayBeRead(field, decoded, facts)) return;
  yield {
    ...at(prefixes),
    message: `ipv6_prefix_count must be 0 or 1: ${EFFECT_TEXT['terway-start']}`,
    fix: prose('write 1'),
  };
}
