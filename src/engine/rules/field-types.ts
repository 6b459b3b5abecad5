import { EFFECT_TEXT, type FieldSpec } from '../catalogue/field.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import type { JsonNode } from '../json/node.ts';
import { inText, prose, tentative } from '../core/fix.ts';
import { replaceValue } from '../json/edit.ts';
import { hasFormat, nanosecondsOf } from '../reading/go-formats.ts';
import { checkEach, defineRule } from '../core/rule.ts';
import { printable } from '../text/text.ts';
import { choice, nameAt, pasteable, problemAt, shown, writableTexts } from './field-text.ts';
import type { DecodedObject } from '../reading/decoded-object.ts';
import { type ValueError, fieldErrors } from '../reading/field-errors.ts';

/** The rule about JSON types, made from the catalogue. */

const TYPE_WORDS: Readonly<Record<FieldSpec['type'], string>> = {
  string: 'text in double quotes',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
  array: 'a list',
};

export const fieldType = defineRule({
  info: {
    id: 'field-type',
    title: 'A known parameter has the JSON type its program reads',
    why: 'Go programs decode into typed fields: a text where a boolean or number belongs makes the program refuse its whole configuration, or ignore the member.',
    fix: prose('write the value in the type that is asked for'),
    severity: 'deny',
    impact: 'outage',
    reason: 'FieldValueTypeInvalid',
  },
  check: checkEach(fieldErrors, function* (error, context) {
    if (error.kind === 'type') yield wrongType(error, context.facts);
    if (error.kind === 'notation') yield wrongNotation(error);
  }),
});

function wrongType({ decoded, node, field }: ValueError, facts: Facts): Problem {
  const value = retyped(decoded, node, field);
  const what = field.enum ? choice(writableTexts(field, decoded, facts)) : TYPE_WORDS[field.type];
  return {
    ...problemAt(decoded, node),
    message:
      `${nameAt(decoded, node)} must be ${TYPE_WORDS[field.type]}, not ${shown(decoded, node)}: ` +
      EFFECT_TEXT[field.effect],
    ...(field.effect === 'no-effect' ? { impact: field.effect } : {}),
    fix:
      value === undefined
        ? prose(`write ${what}`)
        : isSecretKey(decoded.key)
          ? tentative(
              prose(howToRetype(node, field), inText(decoded.key, replaceValue(node, value))),
            )
          : pasteable(decoded, node, value),
  };
}

/** The same in words that do not tell the value. */
function howToRetype({ type }: JsonNode, field: FieldSpec): string {
  if (field.isNanoseconds) return 'write it in nanoseconds, as a whole number; 1 s is 1000000000';
  if (field.type === 'array') return 'put [ and ] around it';
  if (type === 'array') return 'remove [ and ] around it';
  if (field.type === 'string') return 'put it into double quotes';
  return 'remove the quotes around it';
}

function wrongNotation({ decoded, node, field }: ValueError): Problem {
  return {
    ...problemAt(decoded, node),
    message: `${nameAt(decoded, node)} must be written as a whole number, without point or exponent: ${EFFECT_TEXT[field.effect]}`,
  };
}

/** The same value in the type that is asked for, where there is no doubt; as JSON text. */
function retyped(decoded: DecodedObject, node: JsonNode, field: FieldSpec): string | undefined {
  const { value } = node;
  const { type, truth, values, items } = field;
  if (type === 'object' && values?.type === 'boolean') return switches(decoded, node);
  if (truth && typeof value === 'boolean') return `"${truth[value ? 1 : 0]}"`;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value;
  if (type === 'string' && typeof value === 'boolean') {
    const isListed = field.enum !== undefined || field.acceptedValues !== undefined;
    return isListed ? asText(String(value), field) : undefined;
  }
  if (type === 'string' && typeof value === 'number') {
    // An element of a list is an address or a word, and no number was meant as one.
    const isPlain = typeof node.step === 'string' && /^\d{1,15}$/.test(String(value));
    return isPlain ? asText(String(value), field) : undefined;
  }
  const [only] = node.type === 'array' && node.items.length === 1 ? node.items : [];
  if (type === 'string' && typeof only?.value === 'string') return asText(only.value, field);
  if (typeof value !== 'string') return undefined;
  // Two names in one text would become one name that does not exist.
  if (type === 'array' && items?.type === 'string') {
    return /^[^\s,;]+$/.test(value) ? `[${asText(value, items) ?? ''}]` : undefined;
  }
  if (field.isNanoseconds) return nanosecondsOf(value)?.toString();
  const pattern = type === 'integer' ? /^-?\d{1,15}$/ : /^-?\d{1,15}(?:\.\d{1,15})?$/;
  const isNumber = (type === 'integer' || type === 'number') && pattern.test(value);
  return isNumber && isUsable(Number(value), field) ? String(Number(value)) : undefined;
}

function isUsable(value: number, field: FieldSpec): boolean {
  const { min = -Infinity, max = Infinity } = field.usable ?? field;
  return value === field.neutralValue || (value >= min && value <= max);
}

/** The text in quotes, where the field takes it. */
function asText(
  text: string,
  { acceptedValues, enum: accepted = acceptedValues?.values, format }: FieldSpec,
): string | undefined {
  if (accepted?.includes(text) === false) return undefined;
  return format === undefined || hasFormat(text, format) ? JSON.stringify(text) : undefined;
}

/** A name, or a list of names, as an object in which each is true: `{"portMappings": true}`. */
function switches({ reader }: DecodedObject, node: JsonNode): string | undefined {
  const known = PLUGINS.get(reader)?.capabilities ?? [];
  const names = node.type === 'array' ? node.items : [node];
  if (names.length === 0 || names.length > 10) return undefined;
  // Any other name would ask for nothing, or is a slip of one of these.
  if (!names.every(({ value }) => typeof value === 'string' && known.includes(value))) {
    return undefined;
  }
  const members = names.map(({ value }) => `${printable(JSON.stringify(value))}: true`);
  return `{${[...new Set(members)].join(', ')}}`;
}
