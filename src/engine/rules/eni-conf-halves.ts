import { ENI_CONF_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { prose } from '../core/fix.ts';
import { type JsonNode, pathOf } from '../json/node.ts';
import { NO_PROBLEMS, defineRule, type ReviewContext } from '../core/rule.ts';
import { type DecodedObject, scalarAt, valueAt } from '../reading/decoded-object.ts';
import { fieldErrors } from '../reading/field-errors.ts';
import { CENTRAL_IPAM, hasCentralIpam } from '../core/central-ipam.ts';
import { eniConfOf } from '../reading/eni-conf.ts';
import { listed } from '../text/text.ts';
import { aboutMembers } from '../reading/subjects.ts';

const OF_RECLAIM = [
  'idle_ip_reclaim_interval',
  'idle_ip_reclaim_batch_size',
  'idle_ip_reclaim_jitter_factor',
];

/** Read only where each node keeps a pool of its own. Source: Terway's PostInitForLegacyMode. */
const OF_OWN_POOL = ['min_eni', 'max_eni', 'eni_cap_ratio', 'eni_cap_shift', 'backoff_override'];

/** Every member that is told of here. */
const HALVES = [
  'enable_ip_prefix',
  'ipv4_prefix_count',
  'ipv6_prefix_count',
  'ip_warm_up_size',
  ...OF_RECLAIM,
  ...OF_OWN_POOL,
];

/**
 * Members of `eni_conf` that count together with another one only. Source: Terway's
 * daemon/builder.go, daemon/config.go, pkg/eni/node_reconcile.go and its page about IP prefixes.
 */
export const eniConfHalves = defineRule({
  info: {
    id: 'eni-conf-halves',
    title: 'A member of eni_conf counts together with another one only',
    why: 'Without its other half Terway ignores it without a word; prefix mode without a number of prefixes leaves nodes that join without addresses for pods. The other half may also come from the ConfigMap that the label terway-config of a node names.',
    fix: prose('set the other half as well, or remove this'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueInvalid',
  },
  about: aboutMembers(...HALVES),
  check(context) {
    const decoded = eniConfOf(context);
    return decoded ? halves(decoded, context) : NO_PROBLEMS;
  },
});

function* halves(decoded: DecodedObject, context: ReviewContext): Generator<Problem> {
  const refused = new Set(
    fieldErrors(context).map((error) => (error.kind === 'missing' ? undefined : error.node)),
  );
  for (const problem of halvesIn(decoded)) {
    // One slip has one finding.
    if (!refused.has(problem.at)) yield problem;
  }
}

function* halvesIn(decoded: DecodedObject) {
  const isCentral = hasCentralIpam(decoded.node);
  yield* prefixMode(decoded, isCentral);
  yield* reclaim(decoded);
  if (isCentral) yield* ownPool(decoded);
  else yield* warmUp(decoded);
}

const CENTRAL = `ipam_type "${CENTRAL_IPAM}"`;

type Half = Problem & { readonly at: JsonNode };

function problem(decoded: DecodedObject, name: string, message: string, fix: string): Half[] {
  const node = valueAt(decoded, name);
  if (!node) return [];
  return [{ key: ENI_CONF_KEY, path: pathOf(node), at: node, message, fix: prose(fix) }];
}

/** Whether the member is there with a value that asks for something. */
function isSet(decoded: DecodedObject, name: string): boolean {
  const node = valueAt(decoded, name);
  return node !== undefined && !['', 0, false].includes(node.value as string);
}

const isPositive = (value: unknown) => typeof value === 'number' && value > 0;

function* prefixMode(decoded: DecodedObject, isCentral: boolean): Generator<Half> {
  const isIpv6 = scalarAt(decoded, 'ip_stack') === 'ipv6';
  const [own, other] = isIpv6
    ? ['ipv6_prefix_count', 'ipv4_prefix_count']
    : ['ipv4_prefix_count', 'ipv6_prefix_count'];
  const hasCount = isPositive(scalarAt(decoded, own));
  if (scalarAt(decoded, 'enable_ip_prefix') !== true) {
    for (const name of [own, other]) {
      if (!isPositive(scalarAt(decoded, name))) continue;
      yield* problem(
        decoded,
        name,
        `${name} counts only with enable_ip_prefix, ${own} and ${CENTRAL} together`,
        `set "enable_ip_prefix": true for nodes that join, or remove "${name}"`,
      );
    }
    return;
  }
  const missing = [...(isCentral ? [] : [CENTRAL]), ...(hasCount ? [] : [own])];
  if (missing.length > 0) {
    const effect = isCentral
      ? 'nodes that join get no prefix, so their pods get no address'
      : 'no program reads it here';
    yield* problem(
      decoded,
      'enable_ip_prefix',
      `enable_ip_prefix counts only together with ${listed(missing, 'and')}: ${effect}`,
      `set ${listed(missing, 'and')} as well, or remove "enable_ip_prefix"`,
    );
  } else if (isPositive(scalarAt(decoded, other))) {
    const stack = isIpv6 ? 'with IPv4' : 'with ip_stack "ipv6"';
    yield* problem(
      decoded,
      other,
      `${other} counts only ${stack}: no program reads it here`,
      `remove "${other}"`,
    );
  }
}

function* reclaim(decoded: DecodedObject): Generator<Half> {
  if (valueAt(decoded, 'idle_ip_reclaim_after')) return;
  for (const name of OF_RECLAIM) {
    yield* problem(
      decoded,
      name,
      `${name} counts only with idle_ip_reclaim_after, which switches reclaim on`,
      `set "idle_ip_reclaim_after" as well, or remove "${name}"`,
    );
  }
}

function* warmUp(decoded: DecodedObject): Generator<Half> {
  if (!isSet(decoded, 'ip_warm_up_size')) return;
  yield* problem(
    decoded,
    'ip_warm_up_size',
    `ip_warm_up_size counts only with ${CENTRAL}: no program reads it here`,
    'remove "ip_warm_up_size", or use min_pool_size',
  );
}

function* ownPool(decoded: DecodedObject): Generator<Half> {
  for (const name of OF_OWN_POOL) {
    if (!isSet(decoded, name)) continue;
    if (name === 'eni_cap_ratio' && scalarAt(decoded, name) === 1) continue;
    yield* problem(
      decoded,
      name,
      `${name} counts only where each node keeps a pool of its own: no program reads it with ${CENTRAL}`,
      `remove "${name}"`,
    );
  }
}
