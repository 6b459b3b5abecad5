import t from 'tap';
import { unifiedDiff } from '../../../../src/engine/report/unified-diff.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');

t.test('changes with the lines around them', async (t) => {
  t.equal(unifiedDiff('a', 'x\n', 'x\n'), '');
  t.equal(
    unifiedDiff('a', lines(1, 20), lines(1, 20).replace('\n10\n', '\nten\nmore\n')),
    '--- a/a\n+++ b/a\n@@ -7,7 +7,8 @@\n 7\n 8\n 9\n-10\n+ten\n+more\n 11\n 12\n 13\n',
  );
  const two = lines(1, 20).replace('2\n', 'two\n').replace('\n19\n', '\n');
  t.match(
    unifiedDiff('a', lines(1, 20), two),
    /@@ -1,5 \+1,5 @@\n 1\n-2\n\+two\n.*@@ -16,5 \+16,4 @@\n/s,
  );
  t.equal(unifiedDiff('a', '', 'x\n'), '--- a/a\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n');
  t.equal(unifiedDiff('a', 'x\nx\n', 'x\n'), '--- a/a\n+++ b/a\n@@ -1,2 +1,1 @@\n x\n-x\n');
});

t.test('a last line without an end, and a name that would paint', async (t) => {
  t.equal(
    unifiedDiff('a\u001b', 'x\ny', 'x\nz\n'),
    '--- a/a\\u001b\n+++ b/a\\u001b\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n',
  );
});

t.test('long texts that differ throughout', async (t) => {
  const diff = unifiedDiff('a', 'x\n'.repeat(5000), 'y\n'.repeat(5000));
  t.equal(diff.split('\n').length, 10_004);
});
