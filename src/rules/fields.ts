import { EFFECT_TEXT, type FieldSpec, type Format } from '../catalogue/field.ts';
import { RULE_INFO } from '../catalogue/rules.ts';
import { isSecretKey } from '../core/config-map.ts';
import type { Problem } from '../core/finding.ts';
import { foldName } from '../core/go-reading.ts';
import { isCidr, isDuration, isFraction, isUnicastMac } from '../core/formats.ts';
import { type JsonNode, describeType, items, members, pathOf } from '../core/json-node.ts';
import { stepsOfPointer } from '../core/json-path.ts';
import type { ReviewContext, Rule } from '../core/rule.ts';
import { closest } from '../core/suggest.ts';
import { listed, printable, quoted } from '../core/text.ts';
import { isAtLeast } from '../core/version.ts';
import { VALIDATORS, type ValidatorError } from '../generated/validators.js';
import { type Located, decodeStruct, locate } from './decode.ts';
import { installedVersion } from './installed.ts';
import { jsonText } from './json-text.ts';
import { type Struct, allStructs, topStructs } from './structs.ts';

/** Rules about single fields, made from the catalogue; ajv says what does not fit its schema. */

const TYPE_WORDS: Readonly<Record<FieldSpec['type'], string>> = {
  string: 'text in double quotes',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
  array: 'a list',
};

/** A mismatch with the schema; of the struct itself (a missing member) nothing is located. */
interface Mismatch {
  readonly struct: Struct;
  readonly error: ValidatorError;
  readonly located: Located | undefined;
}

/** What ajv holds against the structs under review, save for what the release does not read. */
function readMismatches(context: ReviewContext): readonly Mismatch[] {
  return topStructs(context)
    .flatMap(validateStruct)
    .filter((mismatch) => isRead(context, mismatch));
}

const mismatches = (context: ReviewContext) => context.derived(readMismatches);

/** A release that does not know a field ignores any value; the version rule speaks then. */
function isRead({ facts }: ReviewContext, { struct, error }: Mismatch): boolean {
  const since = struct.fields[stepsOfPointer(error.instancePath)[0] ?? '']?.since;
  const installed = installedVersion(facts, struct.program)?.value;
  return since === undefined || !installed || isAtLeast(installed, since);
}

/** Mismatches of one struct that are looked at. */
const MAX_MISMATCHES = 100;

function validateStruct(struct: Struct): Mismatch[] {
  const validate = VALIDATORS[struct.complete ? struct.program : ''];
  if (!validate || validate(decodeStruct(struct))) return [];
  // More than a report can show; finding their places costs more than finding them.
  return (validate.errors ?? []).slice(0, MAX_MISMATCHES).map((error) => ({
    struct,
    error,
    located: locate(struct, stepsOfPointer(error.instancePath)),
  }));
}

/** A value for a message; of a secret document nothing is shown. */
function shown(struct: Struct, node: JsonNode): string {
  if (isSecretKey(struct.key)) return describeType(node);
  if (node.type === 'string') return `the text ${quoted(node.value as string, 40)}`;
  if (node.type === 'object' || node.type === 'array') return describeType(node);
  return printable(jsonText(node), 40);
}

const nameAt = (node: JsonNode) => {
  const last = pathOf(node).at(-1);
  return typeof last === 'number' ? 'this element' : quoted(String(last), 60);
};

function problemAt({ key }: Struct, node: JsonNode): Pick<Problem, 'key' | 'path' | 'at'> {
  return { key, path: pathOf(node), at: node };
}

export const fieldType: Rule = {
  info: RULE_INFO['field-type'],
  *check(context) {
    for (const { struct, error, located } of mismatches(context)) {
      if (error.keyword === 'type' && located) yield wrongType(struct, located);
    }
    yield* unquotedIntegers(context);
  },
};

function wrongType(struct: Struct, { node, field }: Located): Problem {
  const fix = retyped(node, field.type);
  return {
    ...problemAt(struct, node),
    message:
      `${nameAt(node)} must be ${TYPE_WORDS[field.type]}, not ${shown(struct, node)}: ` +
      EFFECT_TEXT[field.onWrong],
    fix:
      fix === undefined || isSecretKey(struct.key)
        ? `write ${TYPE_WORDS[field.type]}`
        : pasteable(node, fix),
  };
}

const pasteable = (node: JsonNode, value: string) => {
  const last = pathOf(node).at(-1);
  return typeof last === 'string' ? `${printable(JSON.stringify(last))}: ${value}` : value;
};

/** The same value in the type that is asked for, where there is no doubt; as JSON text. */
function retyped(node: JsonNode, type: FieldSpec['type']): string | undefined {
  const value = node.value as unknown;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value;
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return JSON.stringify(String(value));
  }
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) return undefined;
  return type === 'integer' || type === 'number' ? String(Number(value)) : undefined;
}

/**
 * The daemon's document reaches encoding/json as it was written, so `1.0` and `1e3` are no
 * integers there; chain entries pass through float64 first, where they are.
 */
function* unquotedIntegers(context: ReviewContext): Generator<Problem> {
  for (const struct of allStructs(context)) {
    if (!isSecretKey(struct.key)) continue;
    for (const [name, { value }] of struct.members) {
      const field = struct.fields[name];
      if (!field || !mayHoldIntegers(value, field)) continue;
      for (const { node: number } of integersIn({ node: value, field })) {
        const text = context
          .document(struct.key)
          ?.text.slice(number.offset, number.offset + number.length);
        if (!Number.isInteger(number.value) || /^-?\d+$/.test(text ?? '')) continue;
        yield {
          ...problemAt(struct, number),
          message: `${nameAt(number)} must be written as a whole number, without point or exponent: ${EFFECT_TEXT[field.onWrong]}`,
        };
      }
    }
  }
}

const mayHoldIntegers = ({ type }: JsonNode, { items, values }: FieldSpec) =>
  type === 'number' || items !== undefined || values !== undefined;

function* integersIn({ node, field }: Located): Generator<Located> {
  if (field.type === 'integer' && node.type === 'number') yield { node, field };
  for (const item of items(node)) {
    if (field.items) yield* integersIn({ node: item, field: field.items });
  }
  if (!field.values) return;
  for (const { value } of members(node)) yield* integersIn({ node: value, field: field.values });
}

export const fieldValue: Rule = {
  info: RULE_INFO['field-value'],
  *check(context) {
    for (const { struct, error, located } of mismatches(context)) {
      const problem = wrongValue(context, struct, error, located);
      if (problem) yield problem;
    }
    for (const struct of allStructs(context)) {
      yield* wrongFormats(struct);
      yield* wrongNumbers(struct);
      yield* overriddenVersion(struct);
    }
  },
};

/** Terway passes -0 on, which Go reads into signed integers only. */
function* wrongNumbers(struct: Struct): Generator<Problem> {
  for (const [name, { value: node }] of struct.members) {
    const field = struct.fields[name];
    if (!field?.unsigned || !Object.is(node.value, -0)) continue;
    yield {
      ...problemAt(struct, node),
      message: `${nameAt(node)} must not be -0: ${EFFECT_TEXT[field.onWrong]}`,
      fix: pasteable(node, '0'),
    };
  }
}

/** What Terway's list speaks; a plugin compares it with what stands in its entry. */
const LIST_VERSION = '0.4.0';

/**
 * Terway deletes `cniVersion`, and the runtime puts its own in; a spelling that sorts behind that
 * one is read last and wins. Shown by running released plugins.
 */
function* overriddenVersion(struct: Struct): Generator<Problem> {
  const member = struct.members.get('cniVersion');
  if (!member || member.name < 'cniVersion' || member.value.type !== 'string') return;
  if (member.value.value === LIST_VERSION) return;
  yield {
    ...problemAt(struct, member.value),
    message: `${quoted(member.name)} overrides the version of the list: ${EFFECT_TEXT['every-pod']}`,
    fix: `remove ${quoted(member.name)}`,
  };
}

function wrongValue(
  context: ReviewContext,
  struct: Struct,
  { keyword, params, instancePath }: ValidatorError,
  located: Located | undefined,
): Problem | undefined {
  if (keyword === 'required')
    return missingMember(struct, instancePath, params.missingProperty ?? '');
  if (!located || keyword === 'type') return undefined;
  const { node, field } = located;
  const name = nameAt(node);
  const effect = EFFECT_TEXT[field.onWrong];
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
        fix: meant === undefined ? `write ${choice(known)}` : pasteable(node, `"${meant}"`),
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
        fix: `write a whole number ${rangeOf(field)}`,
      };
    default:
      return { ...at, message: `${name} has a value that is not accepted: ${effect}` };
  }
}

const choice = (values: readonly string[]) => listed(values.map((value) => `"${value}"`));

function missingMember(struct: Struct, instancePath: string, missing: string): Problem {
  const parent = locate(struct, stepsOfPointer(instancePath))?.node ?? struct.node;
  const effect = struct.fields[missing]?.onWrong ?? 'every-pod';
  return {
    key: struct.key,
    path: pathOf(parent),
    at: { offset: parent.offset, length: 1 },
    message: `${struct.program} needs "${missing}": ${EFFECT_TEXT[effect]}`,
    fix: `"${missing}": <a value>`,
  };
}

function isInstalled(
  { facts }: ReviewContext,
  { program }: Struct,
  field: FieldSpec,
  item: string,
) {
  const since = field.enumSince?.[item];
  const installed = installedVersion(facts, program)?.value;
  return since === undefined || !installed || isAtLeast(installed, since);
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
      if (!spec?.format || node.type !== 'string') continue;
      const format = FORMATS[spec.format];
      if (format.is(node.value as string)) continue;
      const found = isSecretKey(struct.key) ? '' : `, not ${shown(struct, node)}`;
      yield {
        ...problemAt(struct, node),
        message: `${nameAt(node)} must be ${format.what}${found}: ${EFFECT_TEXT[spec.onWrong]}`,
        fix: `write ${format.what}`,
      };
    }
  }
}

/** Set by the runtime for itself. Source: containernetworking/cni: SPEC.md, reserved keys. */
const RESERVED_PREFIX = 'cni.dev/';

const isReservedName = (name: string) => foldName(name).startsWith(RESERVED_PREFIX);

export const fieldReserved: Rule = {
  info: RULE_INFO['field-reserved'],
  *check(context) {
    for (const struct of topStructs(context)) {
      for (const [name, member] of struct.members) {
        const isSet = member.value.type !== 'null';
        if (isSet && struct.fields[name]?.reserved) yield reserved(struct, member);
      }
      if (isSecretKey(struct.key)) continue;
      for (const member of members(struct.node)) {
        if (isReservedName(member.name)) yield reserved(struct, member);
      }
    }
  },
};

function reserved(
  struct: Struct,
  { name, nameNode, value }: ReturnType<typeof members>[number],
): Problem {
  return {
    key: struct.key,
    path: pathOf(value),
    at: nameNode,
    message: `${quoted(name)} is filled in by the container runtime; it must not stand here`,
    fix: `remove ${quoted(name)}`,
  };
}

export const fieldUnknown: Rule = {
  info: RULE_INFO['field-unknown'],
  *check(context) {
    for (const struct of allStructs(context)) {
      if (!struct.complete) continue;
      for (const member of struct.unknown) {
        if (isReservedName(member.name) && !isSecretKey(struct.key)) continue;
        const meant = closest(member.name, suggestions(context, struct));
        const name = quoted(member.name, 60);
        yield {
          key: struct.key,
          path: pathOf(member.value),
          at: member.nameNode,
          message:
            `${struct.program} does not know ${name}, so it has no effect` +
            (meant === undefined ? '' : `; did you mean "${meant}"?`),
          ...(meant === undefined ? {} : { fix: `"${meant}"` }),
        };
      }
    }
  },
};

/** Fields that may be added here: neither reserved nor present, and known to what is installed. */
function suggestions(
  { facts }: ReviewContext,
  { members: present, program, fields }: Struct,
): string[] {
  const installed = installedVersion(facts, program)?.value;
  // The two ways to mark packets exclude each other.
  const excluded = present.has('markMasqBit')
    ? 'externalSetMarkChain'
    : present.has('externalSetMarkChain')
      ? 'markMasqBit'
      : undefined;
  return Object.entries(fields)
    .filter(([name, field]) => {
      if (field.reserved || field.dropped || field.protected || field.unreleasedAt) return false;
      if (name === excluded || present.has(name)) return false;
      const floor = field.documentedMinimum ?? field.since;
      if (!installed) return field.until === undefined;
      return (
        (floor === undefined || isAtLeast(installed, floor)) &&
        (field.until === undefined || !isAtLeast(installed, field.until))
      );
    })
    .map(([name]) => name);
}
