import fc from 'fast-check';

/** A text and a patch for it, both JSON or nearly so. */
export interface Pair {
  readonly base: string;
  readonly patch: string;
}

/** Few names, so that base and patch meet; among them what readers trip over. */
const NAMES = [
  '"a"',
  '"\\u0061"',
  '"A"',
  '"b"',
  '""',
  '"__proto__"',
  '"vswitches"',
  '"<&>"',
  '"\\ud800"',
  '"\\ufffd"',
  '"\u{1f600}"',
];

const SCALARS = [
  ...['null', 'null', 'null', 'true', 'false'],
  ...['0', '-0', '1', '1.0', '10e-1', '1e400', '12345678901234567890'],
  ...['""', '"x"', '"\\/"', '"\\udc00"', '"\u2028"', '"<b>"', '"é"'],
];

const space = fc.constantFrom('', '', '', ' ', '\n\t');
const separated = (items: readonly string[], between: string) => items.join(`,${between}`);

const { object, value } = fc.letrec<{ object: string; array: string; value: string }>((tie) => ({
  object: fc
    .tuple(fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 5 }), space)
    .map(
      ([members, gap]) =>
        `{${gap}${separated(
          members.map(([name, text]) => `${name}${gap}:${text}`),
          gap,
        )}}`,
    ),
  array: fc
    .tuple(fc.array(tie('value'), { maxLength: 4 }), space)
    .map(([items, gap]) => `[${separated(items, gap)}${gap}]`),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...SCALARS),
    tie('object'),
    tie('array'),
    tie('object'),
  ),
}));

/** A text with one slip: cut off, a character too many, something before or behind it. */
const broken = fc
  .tuple(object, fc.nat(), fc.constantFrom(',', '}', '{', '"', '\ufeff', '//', ' x'))
  .map(([text, at, slip]) => {
    const place = at % (text.length + 1);
    const made =
      at % 2 === 0 ? text.slice(0, place) : text.slice(0, place) + slip + text.slice(place);
    // What arrives is UTF-8, which has no half of a surrogate pair.
    return made.toWellFormed();
  });

const text = fc.oneof(
  { weight: 16, arbitrary: object },
  { weight: 3, arbitrary: value },
  { weight: 1, arbitrary: broken },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', 'null', '[]', '{}', ' {} ') },
);

/** So many pairs; the same for the same seed. */
export const randomPairs = (numRuns: number, seed: number): Pair[] =>
  fc.sample(fc.record({ base: text, patch: text }), { numRuns, seed });
