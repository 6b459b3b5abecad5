import type { FieldSpec, Format } from '../../src/engine/catalogue/field.ts';

/** JSON values as text, so that a number keeps its spelling. */

/** A value of a type that no field of any plugin has. */
export const WRONG_FOR_EVERY_FIELD = '[["a"]]';

/** One or more of each JSON type, empty and not, and texts that look like other types. */
const OF_EVERY_TYPE = [
  'null',
  'true',
  'false',
  '""',
  '"text"',
  '"true"',
  '"1"',
  '0',
  '1',
  '-1',
  '1.5',
  '[]',
  '["a"]',
  '[1]',
  '[null]',
  WRONG_FOR_EVERY_FIELD,
  '{}',
  '{"a": "b"}',
  '{"a": 1}',
  '{"a": true}',
  '{"a": null}',
];

/** Numbers at which integers of 32, 53 and 64 bits end, and spellings that float64 takes away. */
const NUMBERS = [
  '1.0',
  '1e3',
  '-0',
  '-1.0',
  '1e-7',
  '2147483648',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '9223372036854774784',
  '9223372036854775807',
  '-9223372036854775808',
  '18446744073709549568',
  '18446744073709551615',
  '1e21',
];

/** Texts that a format takes, and texts that look like them. */
const TEXTS: Readonly<Record<Format, readonly string[]>> = {
  interface: ['eth0', '', 'a'.repeat(15), 'a'.repeat(16), 'a/b', 'a b', 'a\u0000'],
  mac: [
    '0a:58:0a:00:00:01',
    '0A-58-0A-00-00-01',
    '0a58.0a00.0001',
    '01:00:5e:00:00:01',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '0a:58:0a:00:00',
    '0a:58:0a:00:00:00:00:01',
    '0a:58-0a:00:00:01',
    'a:58:a:0:0:1',
    ' 0a:58:0a:00:00:01',
  ],
  cidr: ['10.0.0.0/8', '10.0.0.1/33', '010.0.0.0/8', 'fd00::/64', '10.0.0.0', '::/129'],
  duration: ['10m', '1h30m', '-1.5s', '0', '10', 'PT10M', '1 h', '10M', 'm', '99999999h', ''],
  float: ['0.1', '0', '.5', '1', '1.0', '1.1', '-0.1', '1e-1', '1_0', '10%', 'a', '', '0x1p-2'],
};

/** Values worth trying in a field: right ones, wrong ones, and those at the edge. */
export function valuesFor(field: FieldSpec): string[] {
  const values = [...OF_EVERY_TYPE, ...rightValues(field), ...nearMisses(field)];
  if (field.type === 'integer' || field.type === 'number')
    values.push(...NUMBERS, ...bounds(field));
  if (field.format) values.push(...TEXTS[field.format].map((text) => JSON.stringify(text)));
  if (field.items?.type === 'string')
    values.push(...TEXTS.cidr.map((text) => JSON.stringify([text])));
  if (field.items) values.push(...INSIDE.map((value) => `["10.0.0.0/8", ${value}]`));
  if (field.values) values.push(...INSIDE.map((value) => `{"k": ${value}}`));
  for (const name of Object.keys(field.fields ?? {})) {
    values.push(...INSIDE.map((value) => `{${JSON.stringify(name)}: ${value}}`));
  }
  return [...new Set(values)];
}

/** Tried as an element or member of a field's value. */
const INSIDE = ['null', 'true', '1', '"text"', '["a"]', '[1]', '{}'];

/** Values that the field is meant for. */
export function rightValues(field: FieldSpec): string[] {
  const texts = field.enum ?? field.acceptedValues?.values;
  if (texts) return texts.map((text) => JSON.stringify(text));
  if (field.format) return [JSON.stringify(TEXTS[field.format][0])];
  switch (field.type) {
    case 'boolean':
      return ['true', 'false'];
    case 'integer':
    case 'number':
      return ['0', '5', '1400'];
    case 'array':
      return ['[]', '["10.0.0.0/8"]'];
    case 'object':
      return field.values?.type === 'boolean' ? ['{"portMappings": true}'] : ['{}'];
    case 'string':
      return ['"text"'];
  }
}

/** An enum's texts as people mistype them. */
function nearMisses({ enum: texts = [] }: FieldSpec): string[] {
  return texts
    .flatMap((text) => [text.toUpperCase(), ` ${text}`, `${text}\n`, text.slice(0, -1), `${text}s`])
    .map((text) => JSON.stringify(text));
}

function bounds({ min, max }: FieldSpec): string[] {
  return [min, max].flatMap((bound) =>
    bound === undefined ? [] : [bound - 1, bound, bound + 1].map(String),
  );
}
