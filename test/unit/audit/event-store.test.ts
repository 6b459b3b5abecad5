import t from 'tap';
import type { EventRecord } from '../../../src/audit/event-recorder.ts';
import { createEventStore } from '../../../src/audit/event-store.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';

const EVENTS = '/api/v1/namespaces/kube-system/events';
const RECORD: EventRecord = {
  type: 'Warning',
  reason: 'Refused',
  message: 'UPDATE by alice refused: plugin-typo',
  objectUid: 'u1',
  count: 3,
  firstMs: Date.UTC(2026, 0, 1, 12, 0, 0, 999),
  lastMs: Date.UTC(2026, 0, 1, 12, 0, 5),
};

/** Records it against these answers; the calls, and why it failed if it did. */
async function record(record: EventRecord, ...answers: readonly unknown[]) {
  const { api, calls } = answeringApi(...answers);
  const failure = await createEventStore(api, 'guard-0')
    .record(record)
    .catch((error: unknown) => error);
  return { calls, failure };
}

const nameOf = async (record_: EventRecord) => {
  const { calls } = await record(record_, {});
  return (calls[0]?.body as { readonly metadata: { readonly name: string } }).metadata.name;
};

t.test('a new Event is one at eni-config, as kubectl describe finds it', async (t) => {
  const { calls, failure } = await record(RECORD, {});
  t.equal(failure, undefined);
  const name = await nameOf(RECORD);
  t.match(name, /^eni-config\.[0-9a-f]{16}$/);
  t.same(calls, [
    {
      method: 'POST',
      path: EVENTS,
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace: 'kube-system' },
        involvedObject: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace: 'kube-system',
          name: 'eni-config',
          uid: 'u1',
        },
        type: 'Warning',
        reason: 'Refused',
        message: 'UPDATE by alice refused: plugin-typo',
        count: 3,
        firstTimestamp: '2026-01-01T12:00:00Z',
        lastTimestamp: '2026-01-01T12:00:05Z',
        source: { component: 'eni-config-guard' },
        reportingComponent: 'eni-config-guard',
        reportingInstance: 'guard-0',
      },
    },
  ]);
});

t.test('equal Events have one name, whenever and however often they happen', async (t) => {
  const name = await nameOf(RECORD);
  t.equal(await nameOf({ ...RECORD, count: 9, firstMs: 0, lastMs: 1 }), name);
  for (const other of [
    { ...RECORD, reason: 'Exempted' as const },
    { ...RECORD, message: 'UPDATE by bob refused: plugin-typo' },
    { ...RECORD, objectUid: 'u2' },
    { ...RECORD, objectUid: undefined },
  ]) {
    t.not(await nameOf(other), name);
  }
});

t.test(
  'a message is as long as the API server takes it, and an object may be unknown',
  async (t) => {
    const long = { ...RECORD, message: 'n'.repeat(2000), objectUid: undefined };
    const { calls } = await record(long, {});
    const body = calls[0]?.body as { readonly message: string; readonly involvedObject: object };
    t.equal(body.message.length, 1000);
    t.notOk('uid' in body.involvedObject);
  },
);

t.test('one that exists is counted up, which takes no right to read it', async (t) => {
  const path = `${EVENTS}/${await nameOf(RECORD)}`;
  const patch = (body: object) => {
    return { method: 'PATCH', path, body, contentType: 'application/merge-patch+json' };
  };
  const stored = (count: number, resourceVersion: string) => {
    return { count, metadata: { resourceVersion } };
  };
  const { alreadyExists, conflict, forbidden } = FAILURES;

  await t.test('at once', async (t) => {
    const { calls, failure } = await record(RECORD, alreadyExists, stored(4, '7'), {});
    t.equal(failure, undefined);
    t.same(calls.slice(1), [
      patch({ lastTimestamp: '2026-01-01T12:00:05Z' }),
      patch({ metadata: { resourceVersion: '7' }, count: 7 }),
    ]);
  });

  await t.test('from the count that another replica has written meanwhile', async (t) => {
    const answers = [alreadyExists, stored(4, '7'), conflict, stored(6, '8'), {}];
    const { calls, failure } = await record(RECORD, ...answers);
    t.equal(failure, undefined);
    t.same(calls.at(-1), patch({ metadata: { resourceVersion: '8' }, count: 9 }));
  });

  await t.test('one without a count has happened once', async (t) => {
    const { calls } = await record(RECORD, alreadyExists, { metadata: {} }, {});
    t.match(calls.at(-1)?.body, { count: 4 });
  });

  await t.test('five times at most', async (t) => {
    const tries = Array.from({ length: 6 }, () => [stored(4, '7'), conflict]).flat();
    const { calls, failure } = await record(RECORD, alreadyExists, ...tries);
    t.equal(failure, conflict);
    t.equal(calls.length, 1 + 2 * 5);
  });

  await t.test('unless it is refused, or gone meanwhile', async (t) => {
    t.equal((await record(RECORD, alreadyExists, forbidden)).failure, forbidden);
    const { notFound } = FAILURES;
    t.equal((await record(RECORD, alreadyExists, stored(4, '7'), notFound)).failure, notFound);
  });
});

t.test('what fails is said to the caller, and not tried again', async (t) => {
  for (const expected of [FAILURES.forbidden, FAILURES.timeout, FAILURES.conflict]) {
    const { calls, failure } = await record(RECORD, expected);
    t.equal(failure, expected);
    t.equal(calls.length, 1);
  }
});
