import { fieldRemoval } from './entry-edits.ts';
import { CUSTOM_CHAIN_SINCE, terway } from '../catalogue/plugins/terway.ts';
import { CONFLIST_KEY, isSecretKey } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, chosen, prose, withWays } from '../core/fix.ts';
import { type JsonMember, type JsonNode, pathOf } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { needsMasqAll } from '../reading/datapath.ts';
import type { Released } from '../reading/installed.ts';
import { decodedObjects } from '../reading/decoded-entries.ts';
import type { DecodedObject } from '../reading/decoded-object.ts';
import type { FieldReleases } from '../reading/field-table.ts';
import { pathText } from '../reading/shown-path.ts';
import { type VersionGap, type VersionNeed, gapsOf } from '../reading/version-gap.ts';
import { problemOf } from './version-problem.ts';
import { aboutKey } from '../reading/subjects.ts';

/** Rules about what the installed versions know. */

const OF_TERWAY: Released = { reader: terway.type, releasedWith: terway.releasedWith };

export const chainVersion = defineRule({
  info: {
    id: 'chain-version',
    title: `A custom chain needs Terway ${CUSTOM_CHAIN_SINCE} or newer`,
    why: 'Older Terway releases never read 10-terway.conflist.',
    fix: prose('upgrade Terway in the ACK console (Operations > Add-ons), then save this chain'),
    severity: 'deny',
    impact: 'no-effect',
    reason: 'FieldValueForbidden',
    settings: ['onUnknownVersion', 'minimumVersions'],
  },
  about: aboutKey(CONFLIST_KEY),
  check(context) {
    const { facts, policy, object } = context;
    if (!object.data.has(CONFLIST_KEY) && !object.binaryData.has(CONFLIST_KEY)) return NO_PROBLEMS;
    const floor = policy.minimumVersions.get('terway.plugins') ?? CUSTOM_CHAIN_SINCE;
    const need = { ...OF_TERWAY, shown: 'a custom CNI chain', floor };
    if (!facts.terway) {
      // Every supported cluster has this release; the warning says that the version is not known.
      return [{ key: CONFLIST_KEY, ...problemOf({ kind: 'unknown', need }, context) }];
    }
    return gapsOf(need, facts).map((gap) => {
      const { fix, ...problem } = problemOf(gap, context);
      const text = `${fix.text}, then save this chain`;
      return { key: CONFLIST_KEY, ...problem, fix: { ...fix, text } };
    });
  },
});

export const fieldVersion = defineRule({
  info: {
    id: 'field-version',
    title: 'A parameter must be known to the installed version',
    why: 'Plugins ignore members that they do not know, so the setting would silently do nothing (or, for a value, fail every new pod). Nodes that are known to differ are judged one by one; a version that is only estimated warns and refuses nothing.',
    fix: prose('upgrade the component or remove the parameter'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
    settings: ['onUnknownVersion', 'minimumVersions'],
  },
  check: checkEach(
    (context) => context.memo(versionedMembers),
    ({ decoded, name, field, member }, context) => {
      const ofField = gapsOf(needOfField(decoded, member, name, field, context), context.facts);
      const need = needOfValue(decoded, member, name, field);
      const ofValue = need ? gapsOf(need, context.facts) : [];
      if (ofField.length + ofValue.length === 0) return NO_PROBLEMS;
      const place = placeOf(decoded, member);
      const problems: Problem[] = [];
      for (const gap of ofField) {
        const problem = problemOf(gap, context);
        const fix = withRemoval(problem.fix, gap, decoded, name, member);
        problems.push({ ...place, ...problem, fix, impact: 'no-effect' });
      }
      for (const gap of ofValue) {
        // A text that no release takes is refused as a value of the field.
        if (gap.kind === 'unreleased') continue;
        const { fix, ...problem } = problemOf(gap, context);
        const ways = chosen(fieldRemoval(decoded, name));
        problems.push({ ...place, ...problem, fix: withWays(fix, ...ways) });
      }
      return problems;
    },
  ),
});

interface VersionedMember {
  readonly decoded: DecodedObject;
  readonly name: string;
  readonly field: FieldReleases;
  readonly member: JsonMember;
}

/** The members that ask for something in which releases may differ. */
function versionedMembers(context: ReviewContext): readonly VersionedMember[] {
  const hasOverrides = context.policy.minimumVersions.size > 0;
  const found: VersionedMember[] = [];
  for (const decoded of decodedObjects(context)) {
    for (const { field: known, member } of decoded.read) {
      const { name, releases: field } = known;
      if (!field.differ && !hasOverrides) continue;
      if (!asksForNothing(member.value, field)) found.push({ decoded, name, field, member });
    }
  }
  return found;
}

/** The member may be removed; what no upgrade helps, and the program has ignored all along, just is. */
function withRemoval(
  fix: Fix,
  { kind, need }: VersionGap,
  decoded: DecodedObject,
  name: string,
  member: JsonMember,
): Fix {
  const edits = fieldRemoval(decoded, name);
  const isCertain = kind === 'unreleased' || kind === 'too-new';
  return isCertain
    ? prose(`remove ${pathText(decoded.key, pathOf(member.value))}`, edits)
    : withWays(fix, ...(need.removable ? chosen(edits) : []));
}

function placeOf({ key }: DecodedObject, member: JsonMember): Pick<Problem, 'key' | 'path' | 'at'> {
  return { key, path: pathOf(member.value), at: member.nameNode };
}

/**
 * `null` sets nothing, and a neutral value does what a version without the field does, also where
 * it is written as text.
 */
function asksForNothing(value: JsonNode, { neutralValue, isNeutralEmpty }: FieldReleases): boolean {
  if (value.type === 'null') return true;
  if (value.type === 'object') return isNeutralEmpty && value.members.length === 0;
  if (value.type === 'array') return isNeutralEmpty && value.items.length === 0;
  return neutralValue !== undefined && ['', String(neutralValue)].includes(String(value.value));
}

const nameIn = ({ prefix }: DecodedObject, name: string) =>
  prefix.length === 0 ? name : [...prefix, name].join('.');

function needOfField(
  decoded: DecodedObject,
  member: JsonMember,
  name: string,
  field: FieldReleases,
  context: ReviewContext,
): VersionNeed {
  const { reader, releasedWith } = decoded;
  const { policy } = context;
  const shown = nameIn(decoded, name);
  const override =
    policy.minimumVersions.size === 0
      ? undefined
      : policy.minimumVersions.get(`${reader}.${shown}`);
  return {
    reader: reader,
    releasedWith,
    shown,
    floor: override ?? field.floor,
    lines: override === undefined ? field.lines : undefined,
    until: field.until,
    unreleasedAt: override === undefined ? field.unreleasedAt : undefined,
    removable: isRequired(context, decoded, name) ? undefined : member.value,
  };
}

/** Whether another rule refuses the chain without the field, so that a newer release is the one way. */
const isRequired = (context: ReviewContext, decoded: DecodedObject, name: string) =>
  decoded.reader === 'portmap' && name === 'masqAll' && needsMasqAll(context, decoded.key);

const ownOf = (releases: Readonly<Record<string, string>> | undefined, text: string) =>
  releases && Object.hasOwn(releases, text) ? releases[text] : undefined;

/** The need of a value that came later than its field; undefined for any other text of the user. */
function needOfValue(
  decoded: DecodedObject,
  member: JsonMember,
  name: string,
  { enumSince, enumUnreleasedAt }: FieldReleases,
): VersionNeed | undefined {
  const { value } = member.value;
  if (typeof value !== 'string') return undefined;
  const floor = ownOf(enumSince, value);
  const unreleasedAt = ownOf(enumUnreleasedAt, value);
  if ((floor ?? unreleasedAt) === undefined) return undefined;
  const shown = nameIn(decoded, name);
  return {
    reader: decoded.reader,
    releasedWith: decoded.releasedWith,
    shown: isSecretKey(decoded.key) ? `this value of ${shown}` : `${shown} "${value}"`,
    floor,
    unreleasedAt,
    removable: member.value,
  };
}
