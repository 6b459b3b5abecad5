/** A JSON schema, as far as the configuration's uses the language. */
export interface Schema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly [keyword: string]: unknown;
}

const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];
/** What has no order: any change may refuse a value that was taken. */
const EXACT = ['type', 'const', 'pattern', 'not', 'anyOf', 'oneOf', 'allOf'];

/**
 * Why `now` may refuse what `before` took, a line for each; empty where every value that was taken
 * still is. A change that can't be told to be harmless counts as one that refuses.
 */
export function refusals(before: Schema, now: Schema, path = ''): string[] {
  return [
    ...keywordRefusals(before, now, path),
    ...boundRefusals(before, now, path),
    ...memberRefusals(before, now, path),
  ];
}

function keywordRefusals(before: Schema, now: Schema, path: string): string[] {
  const changed = EXACT.filter(
    (word) => now[word] !== undefined && JSON.stringify(before[word]) !== JSON.stringify(now[word]),
  );
  const words = now.enum && (before.enum?.filter((word) => !now.enum?.includes(word)) ?? ['any']);
  return [
    ...changed.map((word) => `${path}: ${word} changed`),
    ...(words ?? []).map((word) => `${path}: ${JSON.stringify(word)} is taken no more`),
  ];
}

function boundRefusals(before: Schema, now: Schema, path: string): string[] {
  const number = (schema: Schema, word: string, otherwise: number) =>
    typeof schema[word] === 'number' ? schema[word] : otherwise;
  const low = LOWER_BOUNDS.filter(
    (word) => number(now, word, -Infinity) > number(before, word, -Infinity),
  );
  const high = UPPER_BOUNDS.filter(
    (word) => number(now, word, Infinity) < number(before, word, Infinity),
  );
  return [
    ...low.map((word) => `${path}: ${word} is higher`),
    ...high.map((word) => `${path}: ${word} is lower`),
  ];
}

function memberRefusals(before: Schema, now: Schema, path: string): string[] {
  const inner = (step: string) => (path === '' ? step : `${path}.${step}`);
  const members = Object.entries(before.properties ?? {}).flatMap(([name, schema]) => {
    const current = now.properties?.[name];
    return current ? refusals(schema, current, inner(name)) : [`${inner(name)} is gone`];
  });
  const required = (now.required ?? []).filter((name) => !before.required?.includes(name));
  const below = (['items', 'propertyNames', 'additionalProperties'] as const).flatMap((word) => {
    const [old, current] = [before[word], now[word]];
    if (typeof current !== 'object') return current === false && old !== false ? [inner(word)] : [];
    return refusals(typeof old === 'object' ? old : {}, current, inner(word));
  });
  return [...members, ...required.map((name) => `${inner(name)} is required`), ...below];
}
