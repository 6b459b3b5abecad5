import t from 'tap';

import { findOrBuildMerger } from '../support/plugin-binaries.ts';
import { differencesIn } from './merge/compare.ts';
import { randomPairs } from './merge/pairs.ts';

// Building the merger takes a minute, once per machine.
t.setTimeout(20 * 60_000);

/**
 * The engine merges a ConfigMap's eni_conf over another one's as the library does that Terway uses.
 * MERGE_PAIRS sets the number of pairs, FC_SEED repeats a run.
 */

const COUNT = Number(process.env.MERGE_PAIRS ?? 2000);
/** So many are made and merged before the next: the count does not bound memory. */
const AT_ONCE = 2000;

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`${COUNT} random pairs drawn with FC_SEED=${seed}`);

const merger = await findOrBuildMerger();

t.test('every pair is merged, or refused, as the library does it', async (t) => {
  let merged = 0;
  const differences: string[] = [];
  for (let done = 0; done < COUNT; done += AT_ONCE) {
    const pairs = randomPairs(Math.min(AT_ONCE, COUNT - done), seed + done);
    const found = await differencesIn(merger, pairs);
    merged += found.merged;
    differences.push(...found.differences);
  }
  t.equal(differences.slice(0, 5).join('\n'), '', `${differences.length} differences`);
  t.comment(`${merged} of ${COUNT} could be merged`);
  t.ok(merged > COUNT / 2, 'most pairs can be merged');
});

t.test('a pair that is refused, and one with each quirk of the library', async (t) => {
  const pairs = [
    { base: '{"a":1}', patch: 'null' },
    { base: '{"a":1}', patch: '[{"b":null}]' },
    { base: '{"a":{}}', patch: '{"a":[{"b":null}]}' },
    { base: '{"a":1}', patch: '{"a":[{"b":null}]}' },
    { base: '{"a":null}', patch: '{}' },
    { base: '[1]', patch: '{"a":null,"b":1}' },
  ];
  const { differences, merged } = await differencesIn(merger, pairs);
  t.strictSame(differences, []);
  t.equal(merged, pairs.length - 1);
});
