import type { FieldSpec } from '../catalogue/field.ts';
import { CUSTOM_CHAIN_SINCE } from '../catalogue/plugins/terway.ts';
import { RULE_INFO } from '../catalogue/rules.ts';
import { CONFLIST_KEY } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type JsonMember, type JsonNode, pathOf } from '../json/node.ts';
import type { ReviewSettings } from '../core/policy.ts';
import type { Rule } from '../core/rule.ts';
import { type Struct, allStructs } from '../reading/structs.ts';
import { type VersionNeed, unmet } from './version-need.ts';
import { howToTell } from './version-remedy.ts';

/** Rules about what the installed versions know. */

export const chainVersion: Rule = {
  info: RULE_INFO['chain-version'],
  *check(context) {
    const { facts, policy, object } = context;
    if (!object.data.has(CONFLIST_KEY) && !object.binaryData.has(CONFLIST_KEY)) return;
    const floor = policy.minimumVersions.get('terway.plugins') ?? CUSTOM_CHAIN_SINCE;
    const shown = 'a custom CNI chain';
    if (!facts.terway) {
      // Every supported cluster has this release; that no version is known is told all the same.
      yield {
        key: CONFLIST_KEY,
        message: `${shown} needs Terway ${floor} or newer; the installed version is not known`,
        fix: howToTell('terway'),
        severity: policy.onUnknownVersion,
      };
      return;
    }
    for (const reason of unmet({ program: 'terway', shown, floor }, context)) {
      yield { key: CONFLIST_KEY, ...reason, fix: `${reason.fix}, then save this chain` };
    }
  },
};

export const fieldVersion: Rule = {
  info: RULE_INFO['field-version'],
  *check(context) {
    for (const struct of allStructs(context)) {
      for (const [name, member] of struct.members) {
        const field = struct.fields[name];
        if (!field || asksForNothing(member.value, field)) continue;
        const ofField = needOfField(struct, member, name, field, context.policy);
        for (const reason of unmet(ofField, context))
          yield { ...placeOf(struct, member), ...reason, isIdle: true };
        const ofValue = needOfValue(struct, member, name, field);
        if (!ofValue) continue;
        for (const reason of unmet(ofValue, context))
          yield { ...placeOf(struct, member), ...reason };
      }
    }
  },
};

function placeOf({ key }: Struct, member: JsonMember): Pick<Problem, 'key' | 'path' | 'at'> {
  return { key, path: pathOf(member.value), at: member.nameNode };
}

/** `null` leaves a field alone, and a no-op value would do the same in a version without it. */
function asksForNothing(value: JsonNode, field: FieldSpec): boolean {
  return (
    value.type === 'null' ||
    (field.neutralValue !== undefined && value.value === field.neutralValue)
  );
}

const nameIn = ({ prefix }: Struct, name: string) =>
  prefix.length === 0 ? name : [...prefix, name].join('.');

function needOfField(
  struct: Struct,
  member: JsonMember,
  name: string,
  field: FieldSpec,
  policy: ReviewSettings,
): VersionNeed {
  const { program } = struct;
  const shown = nameIn(struct, name);
  const override =
    policy.minimumVersions.size === 0
      ? undefined
      : policy.minimumVersions.get(`${program}.${shown}`);
  return {
    program,
    shown,
    floor: override ?? field.documentedMinimum ?? field.since,
    until: field.until,
    unreleasedAt: override === undefined ? field.unreleasedAt : undefined,
    removable: member.value,
  };
}

/** A value that came later than its field; the text is the user's, so it may name anything. */
function needOfValue(
  struct: Struct,
  member: JsonMember,
  name: string,
  { enumSince }: FieldSpec,
): VersionNeed | undefined {
  const { value } = member.value;
  if (typeof value !== 'string' || !enumSince || !Object.hasOwn(enumSince, value)) return undefined;
  return {
    program: struct.program,
    shown: `${nameIn(struct, name)} "${value}"`,
    floor: enumSince[value],
    removable: member.value,
  };
}
