import { EFFECT_TEXT, type FieldSpec, type Format } from '../catalogue/field.ts';
import { TERWAYS_LIST } from '../catalogue/plugins/generic.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { paste, prose } from '../core/fix.ts';
import {
  MAX_INTERFACE_NAME,
  isCidr,
  isDuration,
  isFraction,
  isInterfaceName,
  isUnicastMac,
} from '../reading/go-formats.ts';
import { items, pathOf } from '../json/node.ts';
import { stepsOfPointer } from '../json/path.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import { closest } from '../reading/suggest.ts';
import { listed, quoted } from '../text/text.ts';
import { isAtLeast } from '../core/version.ts';
import { locate } from '../reading/decode.ts';
import { nameAt, pasteable, problemAt, shown } from './field-text.ts';
import { allPass, installedVersion } from '../reading/installed.ts';
import { type Mismatch, mismatches } from '../reading/mismatches.ts';
import { type Struct, allStructs } from '../reading/structs.ts';

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
  *check(context) {
    for (const { struct, error, located } of mismatches(context)) {
      const problem = wrongValue(context, { struct, error, located });
      if (problem) yield problem;
    }
    for (const struct of allStructs(context)) {
      yield* wrongFormats(struct);
      yield* wrongNumbers(struct);
      yield* overriddenVersion(struct);
    }
  },
});

/** Terway passes -0 on, which Go reads into signed integers only. */
function* wrongNumbers(struct: Struct): Generator<Problem> {
  for (const [name, { value: node }] of struct.members) {
    const field = struct.fields[name];
    if (!field?.unsigned || !Object.is(node.value, -0)) continue;
    yield {
      ...problemAt(struct, node),
      message: `${nameAt(node)} must not be -0: ${EFFECT_TEXT[field.effect]}`,
      fix: pasteable(struct, node, '0'),
    };
  }
}

/**
 * Terway deletes `cniVersion`, and the runtime puts its own in; a spelling that sorts behind that
 * one is read last and wins. Shown by running released plugins.
 */
function* overriddenVersion(struct: Struct): Generator<Problem> {
  const member = struct.members.get('cniVersion');
  if (!member || member.name < 'cniVersion' || member.value.type !== 'string') return;
  if (member.value.value === TERWAYS_LIST.cniVersion) return;
  yield {
    ...problemAt(struct, member.value),
    message: `${quoted(member.name)} overrides the version of the list: ${EFFECT_TEXT['every-pod']}`,
    fix: prose(`remove ${quoted(member.name)}`),
  };
}

function wrongValue(
  context: ReviewContext,
  { struct, error: { keyword, params, instancePath }, located }: Mismatch,
): Problem | undefined {
  if (keyword === 'required')
    return missingMember(struct, instancePath, params.missingProperty ?? '');
  if (!located || keyword === 'type') return undefined;
  const { node, field } = located;
  const name = nameAt(node);
  const effect = EFFECT_TEXT[field.effect];
  const value = isSecretKey(struct.key) ? 'another value' : shown(struct, node);
  const at = problemAt(struct, node);
  switch (keyword) {
    case 'enum': {
      const allowed = field.enum?.filter((item) => item !== '') ?? [];
      const known = allowed.filter((item) => isInstalled(context, struct, field, item));
      const meant =
        typeof node.value === 'string' && !isSecretKey(struct.key)
          ? closest(node.value, known)
          : undefined;
      return {
        ...at,
        message: `${name} must be ${choice(allowed)}, not ${value}: ${effect}`,
        fix:
          meant === undefined
            ? prose(`write ${choice(known)}`)
            : pasteable(struct, node, `"${meant}"`),
      };
    }
    case 'minLength':
      return { ...at, message: `${name} must not be empty: ${effect}` };
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
    case 'exclusiveMaximum':
      return {
        ...at,
        message: `${name} must be ${rangeOf(field)}, not ${value}: ${effect}`,
        fix: prose(`write a whole number ${rangeOf(field)}`),
      };
    default:
      return { ...at, message: `${name} has a value that is not accepted: ${effect}` };
  }
}

const choice = (values: readonly string[]) => listed(values.map((value) => `"${value}"`));

function missingMember(struct: Struct, instancePath: string, missing: string): Problem {
  const parent = locate(struct, stepsOfPointer(instancePath))?.node ?? struct.node;
  const effect = struct.fields[missing]?.effect ?? 'every-pod';
  return {
    key: struct.key,
    path: pathOf(parent),
    at: { offset: parent.offset, length: 1 },
    message: `${struct.program} needs "${missing}": ${EFFECT_TEXT[effect]}`,
    fix: paste(`"${missing}": <a value>`),
  };
}

function isInstalled({ facts }: ReviewContext, struct: Struct, field: FieldSpec, item: string) {
  const since = field.enumSince?.[item];
  const installed = installedVersion(facts, struct);
  if (since === undefined || !installed) return true;
  return allPass(installed, (version) => isAtLeast(version, since));
}

function rangeOf({ min, max, unsigned }: FieldSpec): string {
  const low = min ?? (unsigned ? 0 : undefined);
  if (low !== undefined && max !== undefined) return `from ${low} to ${max}`;
  if (max !== undefined) return `${max} or less`;
  return low === undefined ? 'within 64 bits' : `${low} or more, within 64 bits`;
}

const FORMATS: Readonly<Record<Format, { is: (text: string) => boolean; what: string }>> = {
  cidr: { is: isCidr, what: 'an address range such as "10.0.0.0/8"' },
  mac: {
    is: (text) => text === '' || isUnicastMac(text),
    what: 'a unicast hardware address such as "0a:58:0a:00:00:01"',
  },
  duration: { is: isDuration, what: 'a duration such as "10m" or "1h30m"' },
  interface: {
    is: (text) => text === '' || isInterfaceName(text),
    what: `the name of an interface: ${MAX_INTERFACE_NAME} bytes at most, no slash, no blank`,
  },
  fraction: { is: isFraction, what: 'text with a number from 0 to 1, such as "0.1"' },
};

function* wrongFormats(struct: Struct): Generator<Problem> {
  for (const [name, { value }] of struct.members) {
    const field = struct.fields[name];
    if (field?.format === undefined && field?.items?.format === undefined) continue;
    const places =
      value.type === 'array'
        ? items(value).map((node) => ({ node, spec: field.items }))
        : [{ node: value, spec: field }];
    for (const { node, spec } of places) {
      if (!spec?.format) continue;
      // An element that is null is an empty text to encoding/json; a member that is null is absent.
      const isEmpty = node.type === 'null' && value.type === 'array';
      if (node.type !== 'string' && !isEmpty) continue;
      const format = FORMATS[spec.format];
      if (format.is(isEmpty ? '' : (node.value as string))) continue;
      const found = isSecretKey(struct.key) ? '' : `, not ${shown(struct, node)}`;
      yield {
        ...problemAt(struct, node),
        message: `${nameAt(node)} must be ${format.what}${found}: ${EFFECT_TEXT[spec.effect]}`,
        fix: prose(`write ${format.what}`),
      };
    }
  }
}
