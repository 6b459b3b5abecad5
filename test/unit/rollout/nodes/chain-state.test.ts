import t from 'tap';
import {
  type ChainPast,
  type ChainPeriod,
  currentSince,
} from '../../../../src/rollout/nodes/chain-periods.ts';
import { chainOf } from '../../../../src/rollout/nodes/chain-state.ts';
import { terwayPodOf } from '../../../../src/facts/terway-pods.ts';
import { at, terwayPodJson } from './pods.ts';

const period = (since: string, chain: ChainPeriod['chain'], revision: number): ChainPeriod => ({
  since: at(since),
  chain,
  revision,
});

const past: ChainPast = {
  origin: 'history',
  periods: [
    period('08:00', 'former', 1),
    period('09:00', 'current', 2),
    period('10:00', 'former', 3),
    period('11:00', 'unknown', 4),
    period('12:00', 'former', 5),
    period('12:01', 'former', 6),
    period('13:00', 'current', 7),
  ],
};

const ranAt = (started: string, ended = started, options = {}) =>
  chainOf(terwayPodOf(terwayPodJson({ init: [started, ended], ...options })), past);

t.test('the chain of a node by when its init container ran', async (t) => {
  const cases: readonly (readonly [
    Parameters<typeof ranAt>,
    string,
    (number | undefined)?,
    RegExp?,
  ])[] = [
    [['13:30'], 'current', 7],
    [['08:30'], 'former', 1],
    [['09:30'], 'current', 2],
    [['10:30'], 'former', 3],
    [['07:00'], 'unknown', undefined, /before the history begins/],
    [['11:30'], 'unknown', undefined, /missing in the history/],
    [['08:01'], 'unsure', undefined, /changed at 2026-11-25T08:00:00Z/],
    [['13:01:30'], 'current', 7],
    [['13:01:29'], 'unsure', undefined, /changed at 2026-11-25T13:00:00Z/],
    [['12:59', '13:00:01'], 'unsure'],
    [['12:59', '12:59:55'], 'unsure'],
    [['12:58', '12:59:54'], 'former', 6],
    [['12:02'], 'former', undefined],
    [['13:30', '13:30', { sandbox: '12:50' }], 'unsure'],
    [['13:30', '13:30', { sandbox: '13:29' }], 'current', 7],
    [['09:30', '09:30', { ready: false }], 'unsure', undefined, /daemon is not ready/],
    [['08:30', '08:30', { ready: false }], 'former', 1],
  ];
  for (const [args, state, revision, why] of cases) {
    const chain = ranAt(...args);
    t.match(chain, { state, ...(why && { why }) }, JSON.stringify(args));
    t.equal(chain.period?.revision, revision, JSON.stringify(args));
  }
});

t.test('without a run of the init container nothing is known', async (t) => {
  t.match(chainOf(undefined, past), { state: 'unknown', why: 'it has no Terway pod' });
  const states = {
    'is running': { running: {} },
    'failed with 1': { terminated: { exitCode: 1, finishedAt: '2026-11-25T09:30:00Z' } },
    'waits: CrashLoopBackOff': { waiting: { reason: 'CrashLoopBackOff' } },
    'has not run yet': { waiting: { reason: 'PodInitializing' } },
    'waits: \\u001b[31m': { waiting: { reason: '\u001b[31m' } },
  };
  for (const [said, initState] of Object.entries(states)) {
    const { state, why } = chainOf(terwayPodOf(terwayPodJson({ initState })), past);
    t.equal(state, 'unknown');
    t.equal(why, `the init container of its Terway pod ${said}`);
  }
  t.match(chainOf(terwayPodOf({ metadata: { name: 'bare', uid: '1' } }), past), {
    state: 'unknown',
    why: /has not run yet/,
  });
});

t.test('without a history the last write of eni-config tells what came after it', async (t) => {
  const written: ChainPast = {
    origin: 'managed-fields',
    periods: [{ since: at('10:00'), chain: 'current' }],
  };
  const pod = (time: string) => terwayPodOf(terwayPodJson({ init: [time, time] }));
  t.match(chainOf(pod('10:30'), written), { state: 'current' });
  t.match(chainOf(pod('10:01'), written), { state: 'unsure' });
  t.match(chainOf(pod('09:30'), written), { state: 'unknown', why: /there is no history/ });
  const nothing: ChainPast = { origin: 'nothing', periods: [] };
  t.match(chainOf(pod('10:30'), nothing), { state: 'unknown', why: /is not known/ });
});

t.test('since when a restart is due', async (t) => {
  t.equal(currentSince(past), at('13:00'));
  const same = [period('13:00', 'current', 1), period('14:00', 'current', 2)];
  t.equal(currentSince({ origin: 'history', periods: same }), at('13:00'));
  t.equal(currentSince({ origin: 'nothing', periods: [] }), undefined);
});
