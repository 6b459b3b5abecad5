import t from 'tap';

import { intervalOf } from '../../support/sample-interval.ts';

const percents = (interval: readonly number[]) => interval.map((share) => Math.round(share * 1000));

t.test('the interval of a sample narrows with its size, and is a point for the whole', (t) => {
  t.same(percents(intervalOf(90, 100, 1_000_000)), [826, 945]);
  t.same(percents(intervalOf(900, 1000, 1_000_000)), [880, 917]);
  t.same(percents(intervalOf(900, 1000, 1100)), [894, 905]);
  t.same(percents(intervalOf(900, 1000, 1000)), [900, 900]);
  t.same(percents(intervalOf(100, 100, 1_000_000)), [963, 1000]);
  t.end();
});
