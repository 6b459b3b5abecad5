import type { FieldSpec } from '../catalogue/field.ts';
import { GENERIC_FIELDS } from '../catalogue/plugins/generic.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { type Fix, paste, prose, tentative } from '../core/fix.ts';
import { foldName } from '../json/go-names.ts';
import { type JsonMember, pathOf } from '../json/node.ts';
import { NO_PROBLEMS, type ReviewContext, checkEach, defineRule } from '../core/rule.ts';
import { keyOfMember } from '../reading/key-names.ts';
import { homeOf } from '../reading/member-homes.ts';
import { WordList } from '../reading/suggest.ts';
import { quoted } from '../text/text.ts';
import { loneRemoval, memberRenaming } from './entry-edits.ts';
import { suggestions } from '../reading/addable.ts';
import { takesValue } from '../reading/field-errors.ts';
import { movedHome, movedToKey } from './member-moves.ts';
import { isRefusedInCniChain } from '../reading/cni-chain-members.ts';
import { decodedObjects, decodedEntries } from '../reading/decoded-entries.ts';
import type { DecodedObject } from '../reading/decoded-object.ts';
import { aboutEntryTraits, aboutMembers } from '../reading/subjects.ts';

/** Rules about members that users must not set, and about members that no program reads. */

/** Set by the runtime for itself. Source: containernetworking/cni: SPEC.md, reserved keys. */
const RESERVED_PREFIX = 'cni.dev/';

/** What else it fills in, as the catalogue has it. */
const RESERVED_NAMES = Object.entries<FieldSpec>(GENERIC_FIELDS)
  .filter(([, { reserved }]) => reserved)
  .map(([name]) => name);

const isReservedName = (name: string) =>
  foldName(name.slice(0, RESERVED_PREFIX.length)) === RESERVED_PREFIX;

export const fieldReserved = defineRule({
  info: {
    id: 'field-reserved',
    title: 'Members of the container runtime stay out of the chain',
    why: 'runtimeConfig, args, prevResult and names that begin with cni.dev/ are filled in by the container runtime for each pod; what stands in the configuration is overwritten or breaks the plugin. The CNI specification forbids it.',
    fix: prose('remove the member'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueForbidden',
  },
  about: [aboutMembers(...RESERVED_NAMES), aboutEntryTraits('unknown-member')],
  check: checkEach(decodedEntries, (decoded) =>
    isReservedIn(decoded) ? reservedMembers(decoded) : NO_PROBLEMS,
  ),
});

const isReservedIn = ({ key, read, unknown }: DecodedObject) =>
  read.some(({ field }) => field.isReserved) ||
  (!isSecretKey(key) && unknown.some(({ name }) => isReservedName(name)));

function* reservedMembers(decoded: DecodedObject): Generator<Problem> {
  for (const { field, member } of decoded.read) {
    if (!field.isReserved) continue;
    // Under the exact name null is overwritten; in another letter case it may stand after that one.
    const isSet = member.value.type !== 'null' || member.name !== field.name;
    if (isSet) yield reserved(decoded, member);
  }
  if (isSecretKey(decoded.key)) return;
  for (const member of decoded.node.members) {
    if (isReservedName(member.name)) yield reserved(decoded, member);
  }
}

function reserved(decoded: DecodedObject, member: JsonMember): Problem {
  const { name, nameNode, value } = member;
  return {
    key: decoded.key,
    path: pathOf(value),
    at: nameNode,
    message: `${quoted(name)} is filled in by the container runtime; it must not stand here`,
    fix: prose(`remove ${quoted(name)}`, loneRemoval(decoded, member)),
  };
}

export const fieldUnknown = defineRule({
  info: {
    id: 'field-unknown',
    title: 'A parameter that the program does not know has no effect',
    why: 'CNI plugins and Terway ignore members that they do not know, without a word.',
    fix: prose('remove the member or correct its name'),
    severity: 'warn',
    impact: 'no-effect',
    reason: 'FieldValueNotSupported',
  },
  about: aboutEntryTraits('unknown-member'),
  check: checkEach(decodedObjects, (decoded, context) =>
    decoded.isKnownPlugin && decoded.unknown.length > 0
      ? unknownMembers(decoded, context)
      : NO_PROBLEMS,
  ),
});

function* unknownMembers(decoded: DecodedObject, context: ReviewContext): Generator<Problem> {
  let known: WordList | undefined;
  let present: WordList | undefined;
  for (const member of decoded.unknown) {
    if (isReservedName(member.name) && !isSecretKey(decoded.key)) continue;
    if (isRefusedInCniChain(decoded, member.name)) continue;
    const name = quoted(member.name, 60);
    const ownKey = keyOfMember(member.name);
    const home = ownKey === undefined ? homeOf(decoded, member.name) : undefined;
    if (ownKey !== undefined) {
      yield {
        key: decoded.key,
        path: pathOf(member.value),
        at: member.nameNode,
        message: `${name} has no effect in here; it is a key of the ConfigMap's data, beside ${decoded.key}`,
        fix: prose(
          `remove ${name} here and set ${ownKey} as a key of data`,
          movedToKey(context, decoded.key, member, ownKey),
        ),
      };
      continue;
    }
    if (home !== undefined) {
      yield {
        key: decoded.key,
        path: pathOf(member.value),
        at: member.nameNode,
        message: `${decoded.reader} does not know ${name}, so it has no effect here; it belongs ${home.words}`,
        fix: tentative(
          prose(
            `remove ${name} here and set it ${home.words}`,
            movedHome(context, decoded, member, home),
          ),
        ),
      };
      continue;
    }
    known ??= new WordList(suggestions(context, decoded));
    present ??= new WordList([...decoded.members.keys()]);
    const meant = known.closest(member.name);
    const beside = meant === undefined ? present.closest(member.name) : undefined;
    // What is no slip of a known name may be a secret in the wrong place.
    const isSlip = meant !== undefined || beside !== undefined;
    const shown = isSlip || !isSecretKey(decoded.key) ? name : 'this member';
    yield {
      key: decoded.key,
      path: pathOf(member.value),
      at: member.nameNode,
      message:
        `${decoded.reader} does not know ${shown}, so it has no effect` +
        (meant === undefined ? '' : `; did you mean "${meant}"?`) +
        (beside === undefined ? '' : `; "${beside}", which it knows, stands here as well`),
      ...(meant === undefined ? {} : { fix: renamed(context, decoded, member, meant) }),
      ...(beside === undefined
        ? {}
        : { fix: prose(`give "${beside}" the value that is meant, and remove ${name}`) }),
    };
  }
}

/** With a value that the field does not take, the name alone would mend nothing. */
function renamed(
  context: ReviewContext,
  decoded: DecodedObject,
  member: JsonMember,
  meant: string,
): Fix {
  const edits = takesValue(context, decoded, meant, member.value)
    ? memberRenaming(decoded.key, member, meant)
    : undefined;
  return edits
    ? tentative(paste(`"${meant}"`, edits))
    : prose(`write "${meant}" with a value that it takes, or remove ${quoted(member.name, 60)}`);
}
