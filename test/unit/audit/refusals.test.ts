import t from 'tap';
import { validate } from '../../../src/admission/validate.ts';
import { Refusals, refusedWriter } from '../../../src/audit/refusals.ts';
import type { ApiCall, ApiServer } from '../../../src/kube/api.ts';
import { keepRefusedWriters, readRefusedWriters } from '../../../src/kube/refused-writers.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';
import { GOOD, TYPO } from '../../support/config-maps.ts';
import { reviewObject } from '../../support/reviews.ts';
import { WEBHOOK } from '../../support/running-app.ts';

const NOW = Date.UTC(2026, 0, 8);
const DAY = 24 * 60 * 60 * 1000;
const ACK = 'system:serviceaccount:kube-system:ack-upgrade';
const writer = (user: string, lastMs = NOW, count = 1, rules = ['conf-changed']) => ({
  user,
  count,
  lastMs,
  rules,
});

/** An API server that keeps one Event as the real one does; it may be asked to forget it. */
function eventKeeper() {
  let event: Record<string, unknown> | undefined;
  let version = 0;
  const calls: ApiCall[] = [];
  const api: ApiServer = {
    call<T>(call: ApiCall): Promise<T> {
      calls.push(call);
      const body = (call.body ?? {}) as Record<string, unknown>;
      if (call.method === 'POST') {
        if (event) return Promise.reject(FAILURES.alreadyExists);
        event = body;
      } else if (!event) {
        return Promise.reject(FAILURES.notFound);
      } else if (call.method === 'PATCH') {
        const { metadata = {}, ...members } = body;
        const { resourceVersion, ...other } = metadata as Record<string, unknown>;
        if (resourceVersion !== undefined && resourceVersion !== String(version)) {
          return Promise.reject(FAILURES.conflict);
        }
        event = { ...event, ...members, metadata: { ...(event.metadata as object), ...other } };
      }
      if (call.method !== 'GET') version += 1;
      const metadata = { ...(event.metadata as object), resourceVersion: String(version) };
      return Promise.resolve({ ...event, metadata } as T);
    },
    watch: () => {
      throw new Error('this API server has no watches');
    },
  };
  return { api, calls, forget: () => (event = undefined), event: () => event };
}

t.test('the author of a refused write is noted, also where the mode lets it through', async (t) => {
  const body = JSON.stringify(reviewObject({ oldData: GOOD, data: TYPO }));
  for (const mode of ['enforce', 'warn', 'audit'] as const) {
    const outcome = await validate(body, { ...WEBHOOK, policy: { ...WEBHOOK.policy, mode } });
    const user = outcome.request!.user.name;
    t.same(refusedWriter(outcome, NOW), {
      user,
      count: 1,
      lastMs: NOW,
      rules: ['plugin-typo'],
    });
    const exempt = { users: new Set([user]), groups: new Set<string>() };
    const policy = { ...WEBHOOK.policy, mode, exempt };
    const exempted = await validate(body, { ...WEBHOOK, policy });
    t.equal(
      mode === 'enforce' ? refusedWriter(exempted, NOW) : undefined,
      undefined,
      'an exempt writer',
    );
    const dry = { ...outcome, request: { ...outcome.request!, dryRun: true } };
    t.equal(refusedWriter(dry, NOW), undefined, 'a dry run');
  }
  const good = JSON.stringify(reviewObject({ oldData: GOOD, data: GOOD }));
  t.equal(refusedWriter(await validate(good, WEBHOOK), NOW), undefined, 'an accepted write');
});

t.test('replicas share one record, which a guard that starts goes on with', async (t) => {
  const { api, event, forget } = eventKeeper();
  t.same(await keepRefusedWriters(api, [], NOW), [], 'nothing is written where nothing happened');
  t.equal(event(), undefined);
  await keepRefusedWriters(api, [writer(ACK, NOW - 2 * DAY)], NOW - 2 * DAY);
  await keepRefusedWriters(api, [writer('alice', NOW - DAY, 2)], NOW - DAY);
  const all = [writer('alice', NOW - DAY, 2), writer(ACK, NOW - 2 * DAY)];
  t.same(await keepRefusedWriters(api, [], NOW), all);
  t.match(event(), { lastTimestamp: '2026-01-08T00:00:00Z', reason: 'RefusedWriters' });
  t.match(event()?.message, ACK);
  t.same(await readRefusedWriters(api, NOW), all);
  t.same(await readRefusedWriters(api, NOW + 6.5 * DAY), [], 'a week later');
  forget();
  t.same(await readRefusedWriters(api, NOW), []);
});

t.test('a race is run again, and other failures are told', async (t) => {
  const stored = { metadata: { resourceVersion: '1' } };
  const raced = answeringApi(stored, FAILURES.conflict, stored, {});
  t.same(await keepRefusedWriters(raced.api, [writer('a')], NOW), [writer('a')]);
  t.equal(raced.calls.length, 4);
  await t.rejects(keepRefusedWriters(answeringApi(FAILURES.forbidden).api, [], NOW));
  t.equal(await readRefusedWriters(answeringApi(FAILURES.forbidden).api, NOW), undefined);
});

t.test('a record is written when there is news, and renewed in time', async (t) => {
  const { api, calls } = eventKeeper();
  let now = NOW;
  const warnings: string[] = [];
  const log = {
    info: () => 0,
    error: () => 0,
    warn: (_: object, text: string) => warnings.push(text),
  };
  const refusals = new Refusals({ api, log: log as never, now: () => now });
  refusals.note(writer(ACK));
  await refusals.look();
  const afterNews = calls.length;
  await refusals.look();
  t.equal(calls.length, afterNews, 'nothing new');
  now += 15 * 60_000;
  await refusals.look();
  t.equal(calls.length, afterNews + 1, 'renewed');
  t.same(warnings, []);

  const failing = new Refusals({ api: answeringApi(FAILURES.broken).api, log: log as never });
  failing.note(writer(ACK, Date.now()));
  await failing.look();
  await failing.look();
  t.equal(warnings.length, 1, 'told once');
});
