import { EFFECT_TEXT, type FieldSpec, type Format } from '../catalogue/field.ts';
import { TERWAYS_LIST } from '../catalogue/plugins/generic.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { timesNamed } from '../json/go-names.ts';
import { pathOf } from '../json/node.ts';
import { type Fix, prose } from '../core/fix.ts';
import { NO_PROBLEMS, type ReviewContext, defineRule } from '../core/rule.ts';
import { MAX_INTERFACE_NAME } from '../reading/go-formats.ts';
import { closest } from '../reading/suggest.ts';
import { quoted } from '../text/text.ts';
import { memberRemoval } from './entry-edits.ts';
import { choice, nameAt, pasteable, problemAt, shown, writableTexts } from './field-text.ts';
import { type MissingMember, type ValueError, fieldErrors } from '../reading/field-errors.ts';
import { decodedObjects } from '../reading/decoded-entries.ts';
import type { DecodedObject } from '../reading/decoded-object.ts';

/** The rule about values of the right type, made from the catalogue. */

export const fieldValue = defineRule({
  info: {
    id: 'field-value',
    title: 'A known parameter has a value its program accepts',
    why: 'The program refuses its configuration when it meets the value, so pods (or nodes) get no network.',
    fix: prose('choose a value that is accepted'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueNotSupported',
  },
  check: (context) =>
    fieldErrors(context).length > 0 || decodedObjects(context).some(overridesVersion)
      ? wrongValues(context)
      : NO_PROBLEMS,
});

function* wrongValues(context: ReviewContext): Generator<Problem> {
  for (const error of fieldErrors(context)) {
    const problem = error.kind === 'missing' ? missingMember(error) : wrongValue(error, context);
    if (problem) yield problem;
  }
  for (const decoded of decodedObjects(context).filter(overridesVersion)) {
    yield* overriddenVersion(decoded);
  }
}

/**
 * Terway deletes `cniVersion`, and the runtime puts its own in; a spelling that sorts behind that
 * one is read last and wins. Shown by running released plugins.
 */
function overridesVersion({ members }: DecodedObject): boolean {
  const member = members.get('cniVersion');
  if (!member || member.name < 'cniVersion' || member.value.type !== 'string') return false;
  return member.value.value !== TERWAYS_LIST.cniVersion;
}

function* overriddenVersion(decoded: DecodedObject): Generator<Problem> {
  const member = decoded.members.get('cniVersion');
  if (!member) return;
  // Of two members of this very name one would be left.
  const isAlone = timesNamed(decoded.node, member.name) === 1;
  yield {
    ...problemAt(decoded, member.value),
    message: `${quoted(member.name)} overrides the version of the list: ${EFFECT_TEXT['every-pod']}`,
    fix: prose(
      `remove ${quoted(member.name)}`,
      isAlone ? memberRemoval(decoded.key, member) : undefined,
    ),
  };
}

function missingMember({ decoded, name, field }: MissingMember): Problem {
  const { key, reader, node } = decoded;
  return {
    key,
    path: pathOf(node),
    at: { offset: node.offset, length: 1 },
    message: `${reader} needs "${name}": ${EFFECT_TEXT[field.effect]}`,
    fix: prose(`add "${name}" with a value`),
  };
}

/** A value of the right type that is wrong; undefined for what the rule about types tells. */
function wrongValue(error: ValueError, { facts }: ReviewContext): Problem | undefined {
  const { kind, decoded, node, field } = error;
  if (kind === 'type' || kind === 'notation') return undefined;
  const problem = (what: string, fix?: Fix) => ({
    ...problemAt(decoded, node),
    message: `${nameAt(decoded, node)} must ${what}: ${EFFECT_TEXT[field.effect]}`,
    ...(fix === undefined ? {} : { fix }),
  });
  const isSecret = isSecretKey(decoded.key);
  const value = isSecret ? 'another value' : shown(decoded, node);
  switch (kind) {
    case 'enum': {
      const known = writableTexts(field, decoded, facts);
      const unreleased = field.enumUnreleasedAt ?? {};
      const allowed = (field.enum ?? []).filter(
        (text) => text !== '' && (known.includes(text) || !Object.hasOwn(unreleased, text)),
      );
      const meant = node.type === 'string' && !isSecret ? closest(node.value, known) : undefined;
      return problem(
        `be ${choice(allowed)}, not ${value}`,
        meant === undefined
          ? prose(`write ${choice(known)}`)
          : pasteable(decoded, node, `"${meant}"`),
      );
    }
    case 'empty':
      return problem('not be empty');
    case 'range': {
      const range = rangeOf(field);
      const what = field.single ? 'number' : 'whole number';
      return problem(`be ${range}, not ${value}`, prose(`write a ${what} ${range}`));
    }
    case 'documented': {
      const [min, max] = field.documentedRange ?? [];
      return {
        ...problemAt(decoded, node),
        message: `ACK documents ${min} to ${max} for ${nameAt(decoded, node)}, and this is ${isSecret ? 'outside of them' : value}`,
        fix: prose(
          `write ${field.type === 'string' ? 'text with a number' : 'a number'} from ${min} to ${max}`,
        ),
        impact: 'no-effect',
      };
    }
    case 'negative-zero':
      return problem('not be -0', pasteable(decoded, node, '0'));
    default: {
      const what = FORMAT_WORDS[kind];
      return problem(`be ${what}${isSecret ? '' : `, not ${value}`}`, prose(`write ${what}`));
    }
  }
}

function rangeOf({ min, max, single }: FieldSpec): string {
  if (single) return 'within the range of a 32-bit float';
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (max !== undefined) return `${max} or less`;
  return min === undefined ? 'within 64 bits' : `${min} or more, within 64 bits`;
}

const FORMAT_WORDS: Readonly<Record<Format, string>> = {
  cidr: 'an address range such as "10.0.0.0/8"',
  mac: 'a unicast hardware address such as "0a:58:0a:00:00:01"',
  duration: 'a duration such as "10m" or "1h30m"',
  interface: `the name of an interface: ${MAX_INTERFACE_NAME} bytes at most, no slash, no blank`,
  float: 'text with a number, such as "0.1"',
};
