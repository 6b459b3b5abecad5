import fc from 'fast-check';

/** What property tests of several suites are made of. */

const SURROGATES = { first: 0xd800, count: 0x800 };

/**
 * Any code point but half of a surrogate pair. The same as fast-check's unit `binary`, which begins
 * with a table of all 1.1 million: a second of CPU in each test file.
 */
const codePoint = fc.nat(0x10_ffff - SURROGATES.count).map(
  (index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count),
  (value) => {
    const [character, ...more] = typeof value === 'string' ? value : '';
    const point = character?.codePointAt(0);
    if (point === undefined || more.length > 0) throw new TypeError('not one code point');
    if (point < SURROGATES.first) return point;
    if (point < SURROGATES.first + SURROGATES.count) throw new TypeError('half of a pair');
    return point - SURROGATES.count;
  },
);

/** Any text that UTF-8 can encode. */
export const unicodeText = (length: { readonly maxLength?: number } = {}): fc.Arbitrary<string> =>
  fc.string({ ...length, unit: codePoint });
