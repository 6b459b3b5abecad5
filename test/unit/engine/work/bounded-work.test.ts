import t from 'tap';
import { KNOWN } from '../../../support/adversary/known.ts';
import { reviewAt, worksOnStored } from '../../../support/adversary/work.ts';
import { readJson } from '../../../../src/engine/json/document.ts';
import { LineIndex } from '../../../../src/engine/json/position.ts';
import { MAX_EXPLAINED } from '../../../../src/engine/json/syntax-errors.ts';
import { MAX_VALUES } from '../../../../src/engine/json/syntax-problem.ts';
import { readYaml } from '../../../../src/engine/json/yaml/document.ts';
import { BASE_VETH, type Data, withConflist } from '../../../support/config-maps.ts';
import { countWork } from '../../../support/counted-work.ts';
import { reviewBody } from '../../../support/reviews.ts';

/** What a text costs grows no faster than the text, wherever it is judged; counted, as clocks differ. */

const counter = await countWork();
t.teardown(counter.stop);

/** All that is done with an object that takes the place of a good one. */
async function stepsWith(data: Data): Promise<number> {
  const body = reviewBody({ oldData: BASE_VETH, data });
  const works = [reviewAt('validate', body), reviewAt('mutate', body), ...worksOnStored(data)];
  let steps = 0;
  for (const { run } of works) steps += await counter.stepsOf(run);
  return steps;
}

const SHORT = 4_000;
/**
 * Between twice as much and the four times of a square: some is sorted, and counts differ by a tenth from
 * run to run.
 */
const GROWTH = 3;
/** The look at every character, which is spared bodies that can't nest too deep. */
const SPARED = 12 * SHORT;

for (const [what, make] of Object.entries(KNOWN)) {
  t.test(`twice the text costs twice as much: ${what}`, async (t) => {
    // The first time, what is kept for the next is made.
    await stepsWith(make(SHORT, ''));
    const once = await stepsWith(make(SHORT, ''));
    const twice = await stepsWith(make(2 * SHORT, ''));
    t.ok(twice <= GROWTH * once + SPARED, `${once} steps, then ${twice}`);
  });
}

t.test('beyond the values that are read, more of them cost next to nothing', async (t) => {
  const steps = (values: number) =>
    stepsWith(withConflist(BASE_VETH, `{"plugins":[${'{},'.repeat(values / 2)}{}]}`));
  await steps(MAX_VALUES);
  const [few, many] = [await steps(4 * MAX_VALUES), await steps(8 * MAX_VALUES)];
  t.ok(many < few + 8 * MAX_VALUES * 30, `${few} steps, then ${many}`);
});

t.test('of keys that no program reads some hundred are looked at', async (t) => {
  const steps = (keys: number) =>
    stepsWith({
      ...BASE_VETH,
      ...Object.fromEntries(Array.from({ length: keys }, (_, index) => [`note-${index}`, ''])),
    });
  await steps(500);
  const [few, many] = [await steps(500), await steps(2000)];
  t.ok(many < 2 * few, `${few} steps, then ${many}`);
});

t.test('a broken text that is too long to be explained costs next to nothing', async (t) => {
  const steps = (length: number) =>
    counter.stepsOf(() => readJson('{"a" 1,}\n'.repeat(length / 9)));
  await steps(MAX_EXPLAINED);
  const [explained, long] = [await steps(MAX_EXPLAINED), await steps(4 * MAX_EXPLAINED)];
  t.ok(long < explained / 10, `${explained} steps, then ${long}`);
});

t.test('the lines of a text are counted as far as they are asked for', async (t) => {
  const text = '\n'.repeat(1_000_000);
  const steps = await counter.stepsOf(() => new LineIndex(text).lineAt(100));
  t.ok(steps < 1000, `${steps} steps`);
});

t.test('what << takes in is found by its name, not looked for', async (t) => {
  const merging = (names: number) => {
    const members = Array.from({ length: names }, (_, index) => `k${index}: 1`).join(', ');
    return `- &a {${members}}\n- {${members}, <<: *a}\n`;
  };
  const steps = (names: number) => counter.stepsOf(() => readYaml(merging(names)));
  await steps(400);
  const [once, twice] = [await steps(400), await steps(800)];
  t.ok(twice <= GROWTH * once, `${once} steps, then ${twice}`);
});
