import type { FieldSpec, PluginSpec } from '../catalogue/field.ts';
import { CUSTOM_CHAIN_SINCE } from '../catalogue/plugins/terway.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { RULE_INFO } from '../catalogue/rules.ts';
import { CONFLIST_KEY } from '../core/config-map.ts';
import type { Fact, Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import { exactMember, foldedMember } from '../core/go-reading.ts';
import { type JsonMember, type JsonNode, pathOf } from '../core/json.ts';
import { formatPath } from '../core/json-path.ts';
import type { Policy } from '../core/policy.ts';
import type { ReviewContext, Rule } from '../core/rule.ts';
import { printable } from '../core/text.ts';
import { type Version, isAtLeast, parseVersion } from '../core/version.ts';

/** Rules about what the installed versions know. */

/**
 * What any cluster that can run the guard (Kubernetes 1.30 and newer) has at least: with a version
 * unknown, a floor at or below this is no reason to warn. Source: ACK's matrix asks Terway 1.9 for
 * Kubernetes 1.30; the plugin figure is a cautious guess that can only add a warning.
 */
const ASSUMED_MINIMUM = { terway: '1.9.0', plugin: '1.2.0' };

function versionOf(type: string, facts: Facts): Fact<Version> | undefined {
  return type === 'terway' ? facts.terway : facts.plugins.get(type);
}

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
    if (!object.data.has(CONFLIST_KEY) && !object.binaryKeys.has(CONFLIST_KEY)) return;
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
  readonly plugin: PluginSpec;
  /** `masqAll`, `symmetric_routing_config.backend`. */
  readonly name: string;
  readonly shown: string;
  readonly member: JsonMember;
  readonly floor: string | undefined;
  readonly until: string | undefined;
}

export const fieldVersion: Rule = {
  info: RULE_INFO['field-version'],
  *check(context) {
    for (const use of usesOf(context)) {
      const problem = judge(use, context);
      if (problem) yield problem;
    }
  },
};

function* usesOf(context: ReviewContext): Generator<Use> {
  for (const { node, type } of context.chain() ?? []) {
    const plugin = type === undefined ? undefined : PLUGINS.get(type);
    if (plugin) yield* usesIn(node, plugin, plugin.fields, [], context.policy);
  }
}

function* usesIn(
  node: JsonNode,
  plugin: PluginSpec,
  fields: Readonly<Record<string, FieldSpec>>,
  prefix: readonly string[],
  policy: Policy,
): Generator<Use> {
  for (const [name, field] of Object.entries(fields)) {
    const member = (field.exactName ? exactMember : foldedMember)(node, name);
    if (!member || asksForNothing(member.value, field)) continue;
    const path = [...prefix, name];
    const dotted = path.join('.');
    const floor =
      policy.minimumVersions.get(`${plugin.type}.${dotted}`) ??
      field.documentedMinimum ??
      field.since;
    const use = { plugin, name: dotted, member, until: field.until };
    yield { ...use, shown: dotted, floor };
    const valueFloor = field.enumSince?.[String(member.value.value)];
    if (valueFloor !== undefined) {
      yield { ...use, shown: `${dotted} ${JSON.stringify(member.value.value)}`, floor: valueFloor };
    }
    if (field.fields) yield* usesIn(member.value, plugin, field.fields, path, policy);
  }
}

/** `null` leaves a field alone, and a no-op value would do the same in a version without it. */
function asksForNothing(value: JsonNode, field: FieldSpec): boolean {
  return value.type === 'null' || (field.noop !== undefined && value.value === field.noop);
}

function judge(use: Use, { facts, policy }: ReviewContext): Problem | undefined {
  const { plugin, member, shown, floor, until } = use;
  const known = versionOf(plugin.type, facts);
  const at = { key: CONFLIST_KEY, path: pathOf(member.value), at: member.nameNode };
  const program = displayName(plugin.type);
  const removal = `or remove ${formatPath(pathOf(member.value))}`;
  if (!known) {
    const assumed = plugin.type === 'terway' ? ASSUMED_MINIMUM.terway : ASSUMED_MINIMUM.plugin;
    const needs = floor === undefined ? undefined : newerThan(floor, assumed) ? floor : undefined;
    if (needs === undefined && until === undefined) return undefined;
    return {
      ...at,
      message:
        until === undefined
          ? `${shown} needs ${program} ${needs} or newer; the installed version is not known`
          : `only ${program} ${floor} up to before ${until} knows ${shown}; the installed version is not known`,
      fix: howToTell(plugin.type),
      severity: policy.onUnknownVersion,
    };
  }
  if (floor !== undefined && !isAtLeast(known.value, floor)) {
    return {
      ...at,
      message: `${shown} needs ${program} ${floor} or newer; this cluster runs ${found(known)}`,
      fix: `${upgrade(plugin.type, floor)}, ${removal}`,
    };
  }
  if (until !== undefined && isAtLeast(known.value, until)) {
    return {
      ...at,
      message: `${program} ${until} dropped ${shown}, so it has no effect; this cluster runs ${found(known)}`,
      fix: `remove ${formatPath(pathOf(member.value))}`,
    };
  }
  return undefined;
}

function newerThan(floor: string, assumed: string): boolean {
  const version = parseVersion(floor);
  return version !== undefined && !(floor === assumed) && isAtLeast(version, assumed);
}
