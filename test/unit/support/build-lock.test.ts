import { mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from 'tap';

import { withBuildLock } from '../../support/build-lock.ts';

t.test('withBuildLock() lets one in at a time, and says so to the other', async (t) => {
  const lock = join(t.testdir(), 'lock');
  const seen: string[] = [];
  const work = (name: string, entered: () => void) => async () => {
    seen.push(`${name} in`);
    entered();
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen.push(`${name} out`);
  };
  let second: Promise<void> | undefined;
  const first = withBuildLock(lock, () => t.fail('must not wait'), work('first', startSecond));
  function startSecond() {
    second = withBuildLock(
      lock,
      () => seen.push('second waits'),
      work('second', () => undefined),
    );
  }
  await first;
  await second;
  t.same(seen, ['first in', 'second waits', 'first out', 'second in', 'second out']);
});

t.test('withBuildLock() takes over the lock of a process that died', async (t) => {
  const lock = join(t.testdir(), 'lock');
  await mkdir(lock);
  const aMinuteAgo = new Date(Date.now() - 60_000);
  await utimes(lock, aMinuteAgo, aMinuteAgo);
  t.equal(
    await withBuildLock(
      lock,
      () => undefined,
      () => Promise.resolve('built'),
    ),
    'built',
  );
});
