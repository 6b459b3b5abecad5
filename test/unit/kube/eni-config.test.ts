import t from 'tap';
import { ApiError } from '../../../src/kube/api.ts';
import {
  followStoredObject,
  readStoredConfig,
  readStoredObject,
  storedObjectOf,
} from '../../../src/kube/eni-config.ts';
import type { StoredObject } from '../../../src/engine/core/stored-object.ts';
import type { Sight } from '../../../src/kube/follow.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';
import { waitFor } from '../../support/wait.ts';
import { ScriptedApi } from '../facts/scripted-api.ts';

const PATIENCE_MS = 20_000;

const JSON_OBJECT = {
  metadata: {
    uid: 'u1',
    resourceVersion: '7',
    annotations: {
      'eni-config-guard/bypass-reason': 'ticket 4711',
      'eni-config-guard/bypass-until': '2026-01-31T13:00:00Z',
    },
    managedFields: [
      { time: '2026-01-01T00:00:00Z' },
      { time: '2026-01-03T00:00:00Z' },
      {},
      { time: 'yesterday' },
      { time: '2026-01-02T00:00:00Z' },
    ],
  },
  data: { eni_conf: '{}' },
  binaryData: { other: 'AAAA' },
  immutable: true,
};
const LISTED = { resourceVersion: '1' };
const STORED: StoredObject = {
  configMap: {
    data: new Map([['eni_conf', '{}']]),
    binaryData: new Map([['other', 'AAAA']]),
    immutable: true,
    breakGlass: { reason: 'ticket 4711', until: '2026-01-31T13:00:00Z' },
  },
  uid: 'u1',
  changedMs: Date.UTC(2026, 0, 3),
  writer: undefined,
};

t.test('what is judged of an object, and when it was changed last', async (t) => {
  t.same(storedObjectOf(JSON_OBJECT), STORED);
  t.same(storedObjectOf({ data: null, binaryData: null }), {
    configMap: { data: new Map(), binaryData: new Map(), immutable: false },
    uid: undefined,
    changedMs: undefined,
    writer: undefined,
  });
});

t.test('who wrote data last, as field managers tell it', async (t) => {
  const entry = (manager: string, day: number, fieldsV1: object) => ({
    manager,
    time: `2026-01-0${day}T00:00:00Z`,
    fieldsV1,
  });
  const writerOf = (...managedFields: object[]) =>
    storedObjectOf({ metadata: { managedFields } }).writer;
  const data = { 'f:data': {} };
  t.same(writerOf(entry('a', 1, data), entry('b', 3, data), entry('c', 2, data)), {
    name: 'b',
    atMs: Date.UTC(2026, 0, 3),
  });
  t.equal(writerOf(entry('a', 2, { 'f:binaryData': {} }), entry('b', 1, data))?.name, 'a');
  t.equal(writerOf(entry('a', 1, data), entry('b', 2, { 'f:metadata': {} }))?.name, 'a');
  t.equal(writerOf(entry('a', 1, {}), { manager: 'b', fieldsV1: data }), undefined);
});

t.test('for a webhook call it is read by its name, within a second', async (t) => {
  const { api, calls } = answeringApi(JSON_OBJECT);
  t.same(await readStoredConfig(api), STORED);
  t.same(calls, [
    {
      method: 'GET',
      path: '/api/v1/namespaces/kube-system/configmaps/eni-config',
      timeoutMs: 1000,
    },
  ]);
  t.equal(await readStoredConfig(answeringApi(FAILURES.notFound).api), undefined);
  for (const failure of [FAILURES.forbidden, FAILURES.timeout]) {
    await t.rejects(readStoredConfig(answeringApi(failure).api), failure);
  }
});

t.test('for status it is listed by its name, for which the right to list is enough', async (t) => {
  const { api, calls } = answeringApi({ metadata: LISTED, items: [JSON_OBJECT] });
  t.same(await readStoredObject(api), STORED);
  t.same(calls, [
    {
      method: 'GET',
      path: '/api/v1/namespaces/kube-system/configmaps',
      query: { fieldSelector: 'metadata.name=eni-config' },
    },
  ]);
  t.equal(await readStoredObject(answeringApi({ metadata: LISTED, items: [] }).api), undefined);
  await t.rejects(readStoredObject(answeringApi(FAILURES.forbidden).api), FAILURES.forbidden);
});

t.test('it is followed through changes, its end and a failure, which is told once', async (t) => {
  const api = new ScriptedApi();
  const key = 'configmaps/eni-config';
  api.lists.set(key, FAILURES.forbidden);
  const seen: (StoredObject | undefined)[] = [];
  const versions: string[] = [];
  const failures: ApiError[] = [];
  const stopped = new AbortController();
  t.teardown(() => stopped.abort());
  const listener = {
    see: (object: StoredObject | undefined, { resourceVersion, isListed }: Sight) => {
      seen.push(object);
      versions.push(`${resourceVersion}${isListed ? ' listed' : ''}`);
    },
    fail: (error: ApiError) => failures.push(error),
  };
  const state = followStoredObject(api, listener, stopped.signal);
  t.same(state(), { name: 'stored-object', lastSuccessMs: undefined, failing: false });
  await waitFor('a second try', PATIENCE_MS, async () => api.calls.length > 1 || undefined);
  t.same(failures, [FAILURES.forbidden]);
  t.same(state(), { name: 'stored-object', lastSuccessMs: undefined, failing: true });

  api.lists.set(key, [JSON_OBJECT]);
  const other = { ...JSON_OBJECT, metadata: { uid: 'u2', resourceVersion: '8' } };
  api.watches.set(key, [
    async function* () {
      const metadata = { ...JSON_OBJECT.metadata, resourceVersion: '7.1' };
      yield { type: 'DELETED', object: { ...JSON_OBJECT, metadata } };
      yield { type: 'ADDED', object: other };
      yield { type: 'BOOKMARK', object: other };
    },
  ]);
  await waitFor('the end of the watch', PATIENCE_MS, async () => seen.length === 3 || undefined);
  t.same(
    seen.map((object) => object?.uid),
    ['u1', undefined, 'u2'],
  );
  t.same(versions, ['7 listed', '7.1', '8']);
  t.match(state(), { lastSuccessMs: Number, failing: false });
  t.equal(failures.length, 1);
});
