import t from 'tap';
import {
  isTellable,
  mergedWriters,
  readWriters,
} from '../../../../src/engine/core/refused-writers.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 8);
const writer = (user: string, lastMs = NOW, count = 1, rules = ['conf-changed']) => ({
  user,
  count,
  lastMs,
  rules,
});

t.test('two records become one, the latest writer first', (t) => {
  t.same(
    mergedWriters([writer('a', NOW - DAY, 2, ['y', 'x'])], [writer('a', NOW, 3, ['x', 'z'])], NOW),
    [writer('a', NOW, 5, ['x', 'y', 'z'])],
  );
  const [a, b, c] = [writer('a', NOW - 2), writer('b', NOW - 1), writer('c', NOW - 3)];
  t.same(mergedWriters([a, b], [c], NOW), [b, a, c]);
  t.end();
});

t.test('a record is bounded, by a week, by users and by rules', (t) => {
  t.same(mergedWriters([writer('old', NOW - 7 * DAY)], [], NOW), []);
  t.equal(mergedWriters([writer('young', NOW - 7 * DAY + 1)], [], NOW).length, 1);
  const many = Array.from({ length: 30 }, (_, i) => writer(`u${i}`, NOW - i));
  t.same(mergedWriters(many, [], NOW), many.slice(0, 20));
  t.same(readWriters(JSON.stringify(many)), many.slice(0, 20));
  const rules = Array.from({ length: 12 }, (_, i) => `r${String(i).padStart(2, '0')}`);
  const half = rules.slice(0, 6);
  t.same(mergedWriters([writer('a', NOW, 1, rules)], [writer('a', NOW, 1, half)], NOW), [
    writer('a', NOW, 2, rules.slice(0, 10)),
  ]);
  t.end();
});

t.test('a user that can not be pasted is not told', (t) => {
  t.ok(isTellable('system:serviceaccount:kube-system:ack-upgrade'));
  t.ok(isTellable('a'.repeat(340)));
  for (const user of ['', 'a'.repeat(341), 'a\u001b[31m', 'a\nb']) t.notOk(isTellable(user), user);
  t.end();
});

t.test('what is no record reads as none', (t) => {
  for (const text of ['', '{', '{}', 'null', '[1]', '[null]', '[[]]']) {
    t.same(readWriters(text), [], text);
  }
  const good = writer('a', NOW, 1, ['x', `${'r'.repeat(59)}9`]);
  t.same(readWriters(JSON.stringify([good])), [good]);
  for (const wrong of [
    { user: 1 },
    { user: 'a\u001b' },
    { count: 1.5 },
    { count: '1' },
    { lastMs: 1.5 },
    { lastMs: null },
    { rules: 'x' },
    { rules: [1] },
    { rules: ['x', ''] },
    { rules: ['r'.repeat(61)] },
    { rules: ['<b>x</b>'] },
  ]) {
    const text = JSON.stringify([{ ...good, ...wrong }, good]);
    t.same(readWriters(text), [good], text);
  }
  t.end();
});
