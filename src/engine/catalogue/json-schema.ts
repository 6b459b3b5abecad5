import type { FieldSpec } from './field.ts';

/** A JSON schema as plain data, for ajv in strict mode. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

/**
 * The JSON schema of a struct that has been read as Go reads it: names in the catalogue's
 * spelling, no nulls in structs and maps. Reserved fields are left out; a rule of its own refuses
 * them. Members that the catalogue does not know pass, as encoding/json lets them.
 */
export function structSchema(fields: Readonly<Record<string, FieldSpec>>): JsonSchema {
  const entries = Object.entries(fields).filter(([, field]) => !field.reserved);
  const required = entries.filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length > 0 ? { required } : {}),
  };
}

function fieldSchema(field: FieldSpec): JsonSchema {
  switch (field.type) {
    case 'object':
      if (field.fields) return structSchema(field.fields);
      return {
        type: 'object',
        ...(field.values ? { additionalProperties: fieldSchema(field.values) } : {}),
      };
    case 'array':
      // encoding/json leaves a zero value where an element is null.
      return {
        type: 'array',
        ...(field.items ? { items: { ...fieldSchema(field.items), nullable: true } } : {}),
      };
    case 'integer':
      return { type: 'integer', ...integerRange(field) };
    case 'string':
      return {
        type: 'string',
        ...(field.enum ? { enum: field.enum } : {}),
        ...(field.minLength === undefined ? {} : { minLength: field.minLength }),
      };
    default:
      return { type: field.type };
  }
}

function integerRange({ min, max, unsigned }: FieldSpec): JsonSchema {
  return {
    // Terway writes -2^63 with the digits of a float64, which no int64 holds.
    ...(min === undefined && !unsigned ? { exclusiveMinimum: -TWO_63 } : { minimum: min ?? 0 }),
    ...(max === undefined ? { exclusiveMaximum: unsigned ? TWO_64 : TWO_63 } : { maximum: max }),
  };
}
