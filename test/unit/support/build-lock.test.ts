import { mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from 'tap';

import { withBuildLock } from '../../support/build-lock.ts';

t.test('withBuildLock() lets one in at a time, and says so to the other', async (t) => {
  const lock = join(t.testdir(), 'lock');
  const seen: string[] = [];
  const work = (name: string, inside: () => Promise<void>) => async () => {
    seen.push(`${name} in`);
    await inside();
    seen.push(`${name} out`);
  };
  let second: Promise<void> | undefined;
  /** Resolves when it has said that it waits. */
  const startSecond = () =>
    new Promise<void>((resolve) => {
      const waits = () => {
        seen.push('second waits');
        resolve();
      };
      const done = () => Promise.resolve();
      second = withBuildLock(lock, waits, work('second', done));
    });
  await withBuildLock(lock, () => t.fail('must not wait'), work('first', startSecond));
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
