import type { FieldSpec } from '../catalogue/field.ts';
import { CUSTOM_CHAIN_SINCE } from '../catalogue/plugins/terway.ts';
import { RULE_INFO } from '../catalogue/rules.ts';
import { CONFLIST_KEY, ENI_CONF_KEY } from '../core/config-map.ts';
import type { Fact } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { type JsonMember, type JsonNode, pathOf } from '../core/json-node.ts';
import { formatPath } from '../core/json-path.ts';
import type { Policy } from '../core/policy.ts';
import type { ReviewContext, Rule } from '../core/rule.ts';
import { printable } from '../core/text.ts';
import { type Version, isAtLeast, isNewer, parseVersion } from '../core/version.ts';
import { installedVersion } from './installed.ts';
import { type Struct, allStructs } from './structs.ts';

/** Rules about what the installed versions know. */

/**
 * What any cluster that can run the guard (Kubernetes 1.30 and newer) has at least: with a version
 * unknown, a floor at or below this is no reason to warn. Source: ACK's matrix asks Terway 1.9 for
 * Kubernetes 1.30; the plugin figure is a cautious guess that can only add a warning.
 */
const ASSUMED_MINIMUM = { terway: '1.9.0', plugin: '1.2.0' };

const displayName = (type: string) => (type === 'terway' ? 'Terway' : type);

/** How an operator makes an unknown version known. */
function howToTell(type: string): string {
  return type === 'terway'
    ? 'set facts.terwayVersion in the configuration of eni-config-guard'
    : `set facts.pluginVersions.${type} in the configuration of eni-config-guard`;
}

function upgrade(type: string, floor: string): string {
  return type === 'terway'
    ? `upgrade Terway to ${floor} or newer (ACK console, Operations > Add-ons)`
    : `bring ${type} ${floor} or newer to all nodes (it comes with the node image)`;
}

const found = (fact: Fact<Version>) => `${printable(fact.value.raw, 60)} (${fact.origin})`;

export const chainVersion: Rule = {
  info: RULE_INFO['chain-version'],
  *check({ facts, policy, object }) {
    if (!object.data.has(CONFLIST_KEY) && !object.binaryData.has(CONFLIST_KEY)) return;
    const floor = policy.minimumVersions.get('terway.plugins') ?? CUSTOM_CHAIN_SINCE;
    const needs = `a custom CNI chain needs Terway ${floor} or newer`;
    if (!facts.terway) {
      yield {
        key: CONFLIST_KEY,
        message: `${needs}; the installed version is not known`,
        fix: howToTell('terway'),
        severity: policy.onUnknownVersion,
      };
    } else if (!isAtLeast(facts.terway.value, floor)) {
      yield {
        key: CONFLIST_KEY,
        message: `${needs}; this cluster runs ${found(facts.terway)}`,
        fix: `${upgrade('terway', floor)}, then save this chain`,
      };
    }
  },
};

/** One use of a gated field or value, and the versions that honour it. */
interface Use {
  readonly struct: Struct;
  /** `masqAll`, `symmetric_routing_config.backend`, `ingressPolicy "isolated"`. */
  readonly shown: string;
  readonly member: JsonMember;
  readonly floor?: string | undefined;
  readonly until?: string | undefined;
  readonly unreleasedAt?: string | undefined;
}

export const fieldVersion: Rule = {
  info: RULE_INFO['field-version'],
  *check(context) {
    for (const struct of allStructs(context)) {
      for (const [name, member] of struct.members) {
        const field = struct.fields[name];
        if (!field || asksForNothing(member.value, field)) continue;
        const ofField = judge(useOfField(struct, member, name, field, context.policy), context);
        if (ofField) yield ofField;
        const ofValue = judgeValue(struct, member, name, field, context);
        if (ofValue) yield ofValue;
      }
    }
  },
};

/** A value that came later than its field; the text is the user's, so it may name anything. */
function judgeValue(
  struct: Struct,
  member: JsonMember,
  name: string,
  { enumSince }: FieldSpec,
  context: ReviewContext,
): Problem | undefined {
  const { value } = member.value;
  if (typeof value !== 'string' || !enumSince || !Object.hasOwn(enumSince, value)) return undefined;
  const shown = `${[...struct.prefix, name].join('.')} "${value}"`;
  return judge({ struct, member, shown, floor: enumSince[value] }, context);
}

function useOfField(
  struct: Struct,
  member: JsonMember,
  name: string,
  field: FieldSpec,
  policy: Policy,
): Use {
  const shown = struct.prefix.length === 0 ? name : [...struct.prefix, name].join('.');
  const override =
    policy.minimumVersions.size === 0
      ? undefined
      : policy.minimumVersions.get(`${struct.program}.${shown}`);
  return {
    struct,
    member,
    shown,
    floor: override ?? field.documentedMinimum ?? field.since,
    until: field.until,
    unreleasedAt: override === undefined ? field.unreleasedAt : undefined,
  };
}

/** `null` leaves a field alone, and a no-op value would do the same in a version without it. */
function asksForNothing(value: JsonNode, field: FieldSpec): boolean {
  return value.type === 'null' || (field.noop !== undefined && value.value === field.noop);
}

function judge(use: Use, { facts, policy }: ReviewContext): Problem | undefined {
  const { struct, member, shown } = use;
  const type = struct.program === ENI_CONF_KEY ? 'terway' : struct.program;
  const known = installedVersion(facts, type);
  const program = displayName(type);
  if (!known) {
    const needs = unknownNeeds(use, type);
    if (needs === undefined) return undefined;
    return {
      ...placeOf(use),
      message: `${shown} needs ${program} ${needs}; the installed version is not known`,
      fix: howToTell(type),
      severity: policy.onUnknownVersion,
    };
  }
  const { floor, until, unreleasedAt } = use;
  const tooNew = unreleasedAt !== undefined && !isNewer(known.value, unreleasedAt);
  const tooOld = floor !== undefined && !isAtLeast(known.value, floor);
  const dropped = until !== undefined && isAtLeast(known.value, until);
  if (!tooNew && !tooOld && !dropped) return undefined;
  const runs = `this cluster runs ${found(known)}`;
  const removal = `remove ${formatPath(pathOf(member.value))}`;
  const at = placeOf(use);
  if (tooNew) {
    return {
      ...at,
      message: `no ${program} up to ${unreleasedAt} knows ${shown}, so it has no effect; ${runs}`,
      fix: removal,
    };
  }
  if (tooOld) {
    return {
      ...at,
      message: `${shown} needs ${program} ${floor} or newer; ${runs}`,
      fix: `${upgrade(type, floor)}, or ${removal}`,
    };
  }
  return {
    ...at,
    message: `${program} ${until} dropped ${shown}, so it has no effect; ${runs}`,
    fix: removal,
  };
}

function placeOf({ struct, member }: Use): Pick<Problem, 'key' | 'path' | 'at'> {
  return { key: struct.key, path: pathOf(member.value), at: member.nameNode };
}

/** What a use asks of a version nobody knows; undefined when every supported cluster has it. */
function unknownNeeds({ floor, until, unreleasedAt }: Use, type: string): string | undefined {
  if (unreleasedAt !== undefined) return `newer than ${unreleasedAt}`;
  if (until !== undefined) return `${floor ?? 'any version'} or newer, but older than ${until}`;
  const assumed = type === 'terway' ? ASSUMED_MINIMUM.terway : ASSUMED_MINIMUM.plugin;
  const version = floor === undefined ? undefined : parseVersion(floor);
  return version && isNewer(version, assumed) ? `${floor} or newer` : undefined;
}
