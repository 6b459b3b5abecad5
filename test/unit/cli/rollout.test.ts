import t from 'tap';
import { durationMs } from '../../../src/cli/frame/duration.ts';
import { command } from '../../../src/cli/rollout.ts';

const call = async (...args: string[]) => command.call('rollout', args);

t.test('a call that makes no sense is unusable before anything is asked', async (t) => {
  const calls: [args: string[], message: RegExp][] = [
    ...['0', '-1', '0%', '101%', '1.5', '', '10 %'].map((text): [string[], RegExp] => [
      [`--max-unavailable=${text}`],
      new RegExp(`--max-unavailable takes a number from 1, or 1% to 100%, not "${text}"`),
    ]),
    [['--pause-after-canary=soon', '--yes'], /--pause-after-canary takes 30s, 10m or 1h/],
    [['--rollback', '--dry-run'], /--rollback has no dry run/],
    [['--clean-up', '--rollback'], /--clean-up does nothing else/],
    [['n1'], /rollout takes no "n1"/],
  ];
  for (const [args, message] of calls)
    await t.rejects(call(...args), { name: 'UsageError', message });
});

t.test('durations', async (t) => {
  t.equal(durationMs('90s'), 90_000);
  t.equal(durationMs('10m'), 600_000);
  t.equal(durationMs('24h'), 86_400_000);
  for (const text of ['', '10', '-1s', '1.5m', '25h', '10 m', '1d'])
    t.equal(durationMs(text), undefined);
});
