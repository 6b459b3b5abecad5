import { MAX_CNI_CHAIN_ENTRIES } from '../core/chain.ts';
import { TERWAYS_OWN_MEMBERS } from './cni-chain.ts';
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
  return {
    $schema: DRAFT,
    type: 'object',
    required: ['plugins'],
    properties: { plugins: { type: 'array', minItems: 1, items: entrySchema() } },
  };
}

/** The schema of `cni_chain`: the plugins behind terway, which itself stands in no entry. */
export function cniChainSchema(): JsonSchema {
  const refused = TERWAYS_OWN_MEMBERS.map((name) => [name, false] as const);
  const ofTerway = {
    type: 'object',
    required: ['type'],
    properties: { type: { const: 'terway' } },
  };
  const own = { properties: Object.fromEntries(refused), not: ofTerway };
  return {
    $schema: DRAFT,
    type: 'array',
    maxItems: MAX_CNI_CHAIN_ENTRIES,
    items: { allOf: [own, entrySchema()] },
  };
}

/** An entry of a chain, with every plugin of the catalogue. */
function entrySchema(): JsonSchema {
  const isOneOf = (types: readonly string[]) => ({
    type: 'object',
    required: ['type'],
    properties: { type: { enum: types } },
  });
  return {
    type: 'object',
    required: ['type'],
    properties: { type: { type: 'string', minLength: 1 } },
    allOf: [
      ...Array.from(PLUGINS, ([type, { fields }]) => ({
        if: isOneOf([type]),
        then: objectSchema(fields, REENCODED),
      })),
      { if: isOneOf([...PLUGINS.keys()]), else: objectSchema(GENERIC_FIELDS, REENCODED) },
    ],
  };
}

/** The schema of `eni_conf`. */
export function eniConfSchema(): JsonSchema {
  return { $schema: DRAFT, ...objectSchema(ENI_CONF_FIELDS, AS_WRITTEN) };
}

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;
const MAX_FLOAT32 = 3.4028234663852886e38;

/** How integers reach a program that reads them into 64 bits. */
type Integers = (unsigned: boolean) => readonly [min: JsonSchema, max: JsonSchema];

/** Terway writes -2^63 with the digits of a float64, which no int64 holds. */
const REENCODED: Integers = (unsigned) => [
  { exclusiveMinimum: -TWO_63 },
  { exclusiveMaximum: unsigned ? TWO_64 : TWO_63 },
];
/** Float64, in which a schema compares, can't tell 2^63 from the largest integer below. */
const AS_WRITTEN: Integers = () => [{ minimum: -TWO_63 }, { maximum: TWO_63 }];

/**
 * An object that a program decodes. Members that the catalogue does not know pass, as encoding/json
 * lets them; so do reserved ones, which a rule of its own refuses, those that Terway deletes or writes
 * anew, and those that not every release to come reads.
 */
function objectSchema(fields: Fields, integers: Integers): JsonSchema {
  const entries = Object.entries(fields).filter(
    ([, { reserved, dropped, overwritten, until, unreleasedAt }]) =>
      !reserved && !dropped && !overwritten && (until ?? unreleasedAt) === undefined,
  );
  const required = entries.filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, field]) => [name, fieldSchema(field, integers)]),
    ),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** A program leaves a field alone where it reads null, so that null is as good as absent. */
function fieldSchema(field: FieldSpec, integers: Integers): JsonSchema {
  const { type, required, fields, values, items, minLength, enum: accepted } = field;
  return {
    ...(fields ? objectSchema(fields, integers) : {}),
    type: required ? type : [type, 'null'],
    ...(values ? { additionalProperties: fieldSchema(values, integers) } : {}),
    ...(items ? { items: fieldSchema(items, integers) } : {}),
    ...(minLength === undefined ? {} : { minLength }),
    ...(accepted ? { enum: required ? accepted : [...accepted, null] } : {}),
    ...(type === 'integer' ? integerRange(field, integers) : {}),
    ...(field.single ? { minimum: -MAX_FLOAT32, maximum: MAX_FLOAT32 } : {}),
  };
}

function integerRange(
  { min, max, unsigned = false }: { min?: number; max?: number; unsigned?: boolean },
  integers: Integers,
): JsonSchema {
  const [lowest, highest] = integers(unsigned);
  return {
    ...(min === undefined ? lowest : { minimum: min }),
    ...(max === undefined ? highest : { maximum: max }),
  };
}
