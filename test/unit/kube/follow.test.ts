import t from 'tap';
import { type ApiError, asApiError } from '../../../src/kube/api-error.ts';
import { type Follower, followObject, readObject } from '../../../src/kube/follow.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';
import { waitFor } from '../../support/wait.ts';
import { ScriptedApi } from '../facts/scripted-api.ts';

const PATIENCE_MS = 20_000;
const STALE_AFTER_MS = 3_600_000;
const REF = { path: '/api/v1/namespaces/kube-system/configmaps', name: 'a' };
const KEY = 'configmaps/a';

interface Thing {
  readonly metadata: { readonly resourceVersion: string };
}

const thing = (resourceVersion: string): Thing => ({ metadata: { resourceVersion } });

/** A follower that keeps what it is told, in order: versions, or `none`, `confirmed` and so on. */
function listener() {
  const told: string[] = [];
  const follower: Follower<Thing> = {
    seen: (object) => told.push(object?.metadata.resourceVersion ?? 'none'),
    confirmed: () => told.push('confirmed'),
    recovered: () => told.push('recovered'),
    failed: ({ reason }: ApiError) => told.push(reason),
  };
  return { told, follower };
}

t.test('a look at an object', async (t) => {
  const look = async (answer: unknown) => {
    const { api, calls } = answeringApi(answer);
    const { told, follower } = listener();
    await readObject(api, REF, follower);
    t.same(calls, [{ method: 'GET', path: REF.path, query: { fieldSelector: 'metadata.name=a' } }]);
    return told;
  };
  t.same(await look({ metadata: {}, items: [thing('7')] }), ['7', 'recovered']);
  t.same(await look({ metadata: {}, items: [] }), ['none', 'recovered']);
  t.same(await look(FAILURES.forbidden), ['Forbidden']);
  t.same(await look(FAILURES.timeout), ['Timeout']);
  t.same(await look(new TypeError('no such thing')), ['TypeError']);
});

/** Follows the object with these watches, one after the other, until it is told `count` times. */
async function follow(
  api: ScriptedApi,
  count: number,
  ...watches: (() => AsyncGenerator<object>)[]
): Promise<readonly string[]> {
  const { told, follower } = listener();
  const controller = new AbortController();
  api.watches.set(KEY, watches);
  const ended = followObject(api, REF, STALE_AFTER_MS, follower, controller.signal);
  await waitFor(`${count} notes`, PATIENCE_MS, () => told.length >= count || undefined);
  controller.abort();
  await ended;
  return told;
}

const event = (type: string, version: string) => ({ type, object: thing(version) });

t.test('changes come in order, and the next watch goes on from the last of them', async (t) => {
  const api = new ScriptedApi();
  api.lists.set(KEY, [thing('1')]);
  const told = await follow(api, 8, async function* () {
    yield event('MODIFIED', '2');
    yield event('DELETED', '3');
    yield event('ADDED', '4');
    yield event('BOOKMARK', '9');
  });
  t.same(told, ['1', 'recovered', '2', 'none', '4', 'confirmed', 'confirmed', 'recovered']);
  t.same(api.calls, [`list ${KEY}`, `watch ${KEY} from 1`, `watch ${KEY} from 9`]);
});

t.test('an object that does not exist is followed, too', async (t) => {
  const told = await follow(new ScriptedApi(), 3, async function* () {
    yield event('ADDED', '4');
  });
  t.same(told.slice(0, 3), ['none', 'recovered', '4']);
});

t.test('what ends a watch', async (t) => {
  const cases: [what: string, watch: () => AsyncGenerator<object>, told: readonly string[]][] = [
    [
      'an expired version is no failure: a new list mends it',
      async function* () {
        yield { type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } };
      },
      ['1', 'recovered', '1', 'recovered'],
    ],
    [
      'a fault that the server tells',
      async function* () {
        yield { type: 'ERROR', object: { code: 403, reason: 'Forbidden', message: 'no' } };
      },
      ['1', 'recovered', 'Forbidden', '1', 'recovered'],
    ],
    [
      'a fault without a code counts as one of the server',
      async function* () {
        yield { type: 'ERROR', object: { message: 'no' } };
      },
      ['1', 'recovered', 'HTTP500', '1', 'recovered'],
    ],
    [
      'a connection that breaks',
      async function* () {
        yield event('MODIFIED', '2');
        throw asApiError(Object.assign(new Error('lost'), { code: 'ECONNRESET' }));
      },
      ['1', 'recovered', '2', 'ECONNRESET', '1', 'recovered'],
    ],
  ];
  await Promise.all(
    cases.map(async ([what, watch, expected]) => {
      const api = new ScriptedApi();
      api.lists.set(KEY, [thing('1')]);
      t.same(await follow(api, expected.length, watch), expected, what);
    }),
  );
});

t.test('a list that is refused is told each time, and asked for again', async (t) => {
  const api = new ScriptedApi();
  api.lists.set(KEY, FAILURES.forbidden);
  const { told, follower } = listener();
  const controller = new AbortController();
  const ended = followObject(api, REF, STALE_AFTER_MS, follower, controller.signal);
  await waitFor('two failures', PATIENCE_MS, () => told.length >= 2 || undefined);
  t.same(told.slice(0, 2), ['Forbidden', 'Forbidden']);
  api.lists.set(KEY, [thing('1')]);
  await waitFor('the recovery', PATIENCE_MS, () => told.includes('recovered') || undefined);
  t.equal(told.at(-2), '1');
  controller.abort();
  await ended;
});

t.test('one that is called off has not failed', async (t) => {
  const api = new ScriptedApi();
  api.lists.set(KEY, [thing('1')]);
  t.same(await follow(api, 2), ['1', 'recovered']);
});
