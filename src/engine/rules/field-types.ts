import { EFFECT_TEXT, type FieldSpec, isAccepted } from '../catalogue/field.ts';
import { PLUGINS } from '../catalogue/plugins.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Facts } from '../core/facts.ts';
import type { Problem } from '../core/finding.ts';
import type { JsonNode } from '../json/node.ts';
import { inText, prose, tentative } from '../core/fix.ts';
import { replaceValue } from '../json/edit.ts';
import { defineRule } from '../core/rule.ts';
import { printable } from '../text/text.ts';
import { choice, nameAt, pasteable, problemAt, shown, writableTexts } from './field-text.ts';
import type { DecodedObject } from '../reading/decoded-object.ts';
import { type ValueError, fieldErrors } from '../reading/field-errors.ts';
import { hasFormat } from '../reading/go-formats.ts';

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
  *check(context) {
    for (const error of fieldErrors(context)) {
      if (error.kind === 'type') yield wrongType(error, context.facts);
      if (error.kind === 'notation') yield wrongNotation(error);
    }
  },
});

function wrongType({ decoded, node, field }: ValueError, facts: Facts): Problem {
  const fix = retyped(decoded, node, field);
  const what = field.enum ? choice(writableTexts(field, decoded, facts)) : TYPE_WORDS[field.type];
  return {
    ...problemAt(decoded, node),
    message:
      `${nameAt(node)} must be ${TYPE_WORDS[field.type]}, not ${shown(decoded, node)}: ` +
      EFFECT_TEXT[field.effect],
    fix:
      fix === undefined
        ? prose(`write ${what}`)
        : isSecretKey(decoded.key)
          ? tentative(prose(`write ${what}`, inText(decoded.key, replaceValue(node, fix))))
          : pasteable(decoded, node, fix),
  };
}

function wrongNotation({ decoded, node, field }: ValueError): Problem {
  return {
    ...problemAt(decoded, node),
    message: `${nameAt(node)} must be written as a whole number, without point or exponent: ${EFFECT_TEXT[field.effect]}`,
  };
}

/** The same value in the type that is asked for, where there is no doubt; as JSON text. */
function retyped(decoded: DecodedObject, node: JsonNode, field: FieldSpec): string | undefined {
  const { value } = node;
  const { type, truth, values } = field;
  if (type === 'object' && values?.type === 'boolean') return switches(decoded, node);
  if (truth && typeof value === 'boolean') return `"${truth[value ? 1 : 0]}"`;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value;
  if (type === 'string') return asText(node, field);
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) return undefined;
  const isNumber = type === 'integer' || type === 'number';
  return isNumber && isUsable(Number(value), field) ? String(Number(value)) : undefined;
}

/** A number as the text that it is written as; a truth value is a text only where that is listed. */
function asText({ value, step }: JsonNode, field: FieldSpec): string | undefined {
  const text = String(value);
  const isListed = field.enum !== undefined || field.acceptedValues !== undefined;
  const isNumber = typeof value === 'number' && /^\d{1,15}$/.test(text);
  // An element of a list is an address or a word, and no number was meant as one.
  if (typeof step === 'number' || (!isNumber && !(isListed && typeof value === 'boolean'))) {
    return undefined;
  }
  return isUsable(text, field) ? JSON.stringify(text) : undefined;
}

function isUsable(value: string | number, field: FieldSpec): boolean {
  if (typeof value === 'number') {
    const { min = -Infinity, max = Infinity } = field.usable ?? field;
    return value === field.neutralValue || (value >= min && value <= max);
  }
  if (field.enum?.includes(value) === false) return false;
  if (field.acceptedValues && !isAccepted(field.acceptedValues, value)) return false;
  return field.format === undefined || hasFormat(value, field.format);
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
