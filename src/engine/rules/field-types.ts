import { EFFECT_TEXT, type FieldSpec } from '../catalogue/field.ts';
import { isSecretKey } from '../core/eni-config.ts';
import type { Problem } from '../core/finding.ts';
import { prose } from '../core/fix.ts';
import { type JsonNode, items, members } from '../json/node.ts';
import { printable } from '../text/text.ts';
import { type ReviewContext, defineRule } from '../core/rule.ts';
import type { Located } from '../reading/decode.ts';
import { nameAt, pasteable, problemAt, shown } from './field-text.ts';
import { mismatches } from '../reading/mismatches.ts';
import { type Struct, allStructs } from '../reading/structs.ts';

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
    for (const { struct, error, located } of mismatches(context)) {
      if (error.keyword === 'type' && located) yield wrongType(struct, located);
    }
    yield* unquotedIntegers(context);
  },
});

function wrongType(struct: Struct, { node, field }: Located): Problem {
  const fix = retyped(node, field);
  return {
    ...problemAt(struct, node),
    message:
      `${nameAt(node)} must be ${TYPE_WORDS[field.type]}, not ${shown(struct, node)}: ` +
      EFFECT_TEXT[field.effect],
    fix:
      fix === undefined || isSecretKey(struct.key)
        ? prose(`write ${TYPE_WORDS[field.type]}`)
        : pasteable(struct, node, fix),
  };
}

/** The same value in the type that is asked for, where there is no doubt; as JSON text. */
function retyped(node: JsonNode, { type, truth, values }: FieldSpec): string | undefined {
  const value = node.value as unknown;
  if (type === 'object' && values?.type === 'boolean') return switches(node);
  if (truth && typeof value === 'boolean') return `"${truth[value ? 1 : 0]}"`;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value;
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return JSON.stringify(String(value));
  }
  if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) return undefined;
  return type === 'integer' || type === 'number' ? String(Number(value)) : undefined;
}

/** A name, or a list of names, as an object in which each is true: `{"portMappings": true}`. */
function switches(node: JsonNode): string | undefined {
  const names = node.type === 'array' ? items(node) : [node];
  if (names.length === 0 || names.length > 10) return undefined;
  if (names.some(({ type, value }) => type !== 'string' || value === '')) return undefined;
  const members = names.map(({ value }) => `${printable(JSON.stringify(value))}: true`);
  return `{${[...new Set(members)].join(', ')}}`;
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
          message: `${nameAt(number)} must be written as a whole number, without point or exponent: ${EFFECT_TEXT[field.effect]}`,
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
