import t from 'tap';

import { everyField, randomDocuments } from './documents.ts';
import { deadEndsOf, tryFixes } from './fixes.ts';

/** The fixes that are told for generated writes do what they say. */

const RANDOM = 1000;

/** Of these the ways out are walked to their end. */
const WALKED = 150;

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`random documents drawn with FC_SEED=${seed}`);

for (const [name, documents] of Object.entries({
  'every field that Terway reads, alone': everyField(),
  'random documents': randomDocuments(RANDOM, seed),
})) {
  t.test(name, (t) => {
    const tried = documents.map(tryFixes);
    t.same(
      tried.flatMap(({ faults }) => faults),
      [],
    );
    t.ok(tried.filter(({ applied }) => applied > 0).length > RANDOM / 10, 'fixes were applied');
    t.end();
  });
}

t.test('the ways out that are named for random documents lead out', (t) => {
  t.same(randomDocuments(WALKED, seed).flatMap(deadEndsOf), []);
  t.end();
});
