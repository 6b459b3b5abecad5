import t from 'tap';
import { secretStore } from '../../../src/certificates/secret-store.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';

const SECRETS = '/api/v1/namespaces/network/secrets';
const timeoutMs = 5000;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const storeOf = (...answers: readonly unknown[]) => {
  const { api, calls } = answeringApi(...answers);
  return { store: secretStore(api, 'network', 'ca'), calls };
};

t.test('a Secret is read by its name', async (t) => {
  const data = { 'ca.crt': base64('größe') };
  const { store, calls } = storeOf({ metadata: { resourceVersion: '7' }, data });
  t.same(await store.read(), { version: '7', data: { 'ca.crt': 'größe' } });
  t.same(calls, [{ method: 'GET', path: `${SECRETS}/ca`, timeoutMs }]);
  t.same(await storeOf({ metadata: { resourceVersion: '7' } }).store.read(), {
    version: '7',
    data: {},
  });
});

t.test('one that does not exist is no failure; one that cannot be read is', async (t) => {
  t.equal(await storeOf(FAILURES.notFound).store.read(), undefined);
  for (const failure of [FAILURES.forbidden, FAILURES.broken, FAILURES.timeout]) {
    await t.rejects(storeOf(failure).store.read(), failure);
  }
});

t.test(
  'of one that is known only these keys are written, at the version that was read',
  async (t) => {
    const { store, calls } = storeOf({});
    t.equal(await store.write({ 'tls.key': 'new' }, { version: '7', data: { other: 'x' } }), true);
    t.same(calls, [
      {
        method: 'PATCH',
        path: `${SECRETS}/ca`,
        contentType: 'application/merge-patch+json',
        body: { metadata: { resourceVersion: '7' }, data: { 'tls.key': base64('new') } },
        timeoutMs,
      },
    ]);
  },
);

t.test('a write that came too late writes nothing; one that is refused fails', async (t) => {
  const write = async (failure: Error) =>
    storeOf(failure).store.write({}, { version: '7', data: {} });
  t.equal(await write(FAILURES.conflict), false, 'changed meanwhile');
  t.equal(await write(FAILURES.notFound), false, 'deleted meanwhile');
  for (const failure of [FAILURES.forbidden, FAILURES.broken, FAILURES.timeout]) {
    await t.rejects(write(failure), failure);
  }
});

t.test('names are quoted in a path', async (t) => {
  const { api, calls } = answeringApi({ metadata: {} });
  await secretStore(api, 'a/b', '../c').read();
  t.equal(calls[0]?.path, '/api/v1/namespaces/a%2Fb/secrets/..%2Fc');
});
