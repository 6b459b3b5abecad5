import { ENI_CONF_FIELDS } from './eni-conf.ts';
import type { FieldSpec } from './field.ts';
import { GENERIC_FIELDS } from './plugins/generic.ts';
import { PLUGINS } from './plugins.ts';

/**
 * The documents as JSON schemas (draft 7), for editors and other tools. They say what a schema can
 * say of the catalogue: not the formats that Go reads, and not that letter case is ignored.
 */

/** A JSON schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Fields = Readonly<Record<string, FieldSpec>>;

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** The schema of `10-terway.conflist`, with every plugin of the catalogue. */
export function conflistSchema(): JsonSchema {
  const isOneOf = (types: readonly string[]) => ({
    type: 'object',
    required: ['type'],
    properties: { type: { enum: types } },
  });
  const entry = {
    type: 'object',
    required: ['type'],
    properties: { type: { type: 'string', minLength: 1 } },
    allOf: [
      ...Array.from(PLUGINS, ([type, { fields }]) => ({
        if: isOneOf([type]),
        then: objectSchema(fields),
      })),
      { if: isOneOf([...PLUGINS.keys()]), else: objectSchema(GENERIC_FIELDS) },
    ],
  };
  return {
    $schema: DRAFT,
    type: 'object',
    required: ['plugins'],
    properties: { plugins: { type: 'array', minItems: 1, items: entry } },
  };
}

/** The schema of `eni_conf`. */
export function eniConfSchema(): JsonSchema {
  return { $schema: DRAFT, ...objectSchema(ENI_CONF_FIELDS) };
}

/**
 * An object that a program decodes. Members that the catalogue does not know pass, as encoding/json
 * lets them; so do reserved ones, which a rule of its own refuses, and those that Terway deletes.
 */
function objectSchema(fields: Fields): JsonSchema {
  const entries = Object.entries(fields).filter(([, field]) => !field.reserved && !field.dropped);
  const required = entries.filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** A program leaves a field alone where it reads null, so that null is as good as absent. */
function fieldSchema(field: FieldSpec): JsonSchema {
  const { type, required, fields, values, items, minLength, enum: accepted } = field;
  return {
    ...(fields ? objectSchema(fields) : {}),
    type: required ? type : [type, 'null'],
    ...(values ? { additionalProperties: fieldSchema(values) } : {}),
    ...(items ? { items: fieldSchema(items) } : {}),
    ...(minLength === undefined ? {} : { minLength }),
    ...(accepted ? { enum: required ? accepted : [...accepted, null] } : {}),
    ...(type === 'integer' ? integerRange(field) : {}),
  };
}

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

function integerRange({ min, max, unsigned }: FieldSpec): JsonSchema {
  return {
    // Terway writes -2^63 with the digits of a float64, which no int64 holds.
    ...(min === undefined ? { exclusiveMinimum: -TWO_63 } : { minimum: min }),
    ...(max === undefined ? { exclusiveMaximum: unsigned ? TWO_64 : TWO_63 } : { maximum: max }),
  };
}
