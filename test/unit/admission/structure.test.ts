import t from 'tap';
import { MAX_STRUCTURE, isTooComplex } from '../../../src/admission/structure.ts';

const { review, part, depth } = MAX_STRUCTURE;
/** A list of so many elements: that many brackets and commas. */
const list = (elements: number) => `[${'0,'.repeat(elements - 1)}0]`;
const request = (...parts: string[]) =>
  `{"request":{${parts.map((text) => `"a":${text}`).join(',')}}}`;

t.test('a part may have so many brackets and commas', async (t) => {
  t.notOk(isTooComplex(request(list(part))));
  t.ok(isTooComplex(request(list(part + 1))));
});

t.test('two full parts fit into a review, not three', async (t) => {
  const half = list(review / 2 - 10);
  t.notOk(isTooComplex(request(half, half)));
  t.ok(isTooComplex(request(half, half, half)));
});

t.test('what stands in strings does not count', async (t) => {
  const text = JSON.stringify(`\\"${'[{,"'.repeat(review)}\\`);
  t.notOk(isTooComplex(request(text, text)));
});

t.test('depth', async (t) => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  t.notOk(isTooComplex(nested(depth)));
  t.notOk(isTooComplex('[]'.repeat(depth + 1)), 'many brackets that do not nest');
  t.notOk(isTooComplex(JSON.stringify('['.repeat(depth + 1))), 'brackets in a string');
  t.ok(isTooComplex(nested(depth + 1)));
});

t.test('texts that are no JSON', async (t) => {
  for (const text of ['', '"', '"\\', ']]]', `"${'{'.repeat(review)}`]) t.notOk(isTooComplex(text));
  for (const text of [',', '{', '[,', '][']) t.ok(isTooComplex(text.repeat(review + 1)), text);
});
