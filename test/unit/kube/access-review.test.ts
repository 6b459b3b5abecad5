import { mock } from 'node:test';
import t from 'tap';
import { ApiError } from '../../../src/kube/api.ts';
import { inTime, mayBypass } from '../../../src/kube/access-review.ts';
import { FAILURES, NEVER, answeringApi } from '../../support/answering-api.ts';

const TOO_LATE = new ApiError(undefined, 'Timeout', 'no answer in time');
const USER = {
  name: 'alice',
  groups: ['devs', 'system:authenticated'],
  uid: 'u1',
  extra: { scopes: ['a'] },
};

t.test(
  'the question is that of kubectl auth can-i, with all that is known of the user',
  async (t) => {
    const { api, calls } = answeringApi({ status: { allowed: true } });
    t.same(await mayBypass(api, USER), { granted: true });
    t.same(calls, [
      {
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            user: 'alice',
            groups: ['devs', 'system:authenticated'],
            uid: 'u1',
            extra: { scopes: ['a'] },
            resourceAttributes: {
              namespace: 'kube-system',
              verb: 'bypass',
              version: 'v1',
              resource: 'configmaps',
              name: 'eni-config',
            },
          },
        },
        timeoutMs: 1500,
      },
    ]);
  },
);

t.test('only a plain yes grants the right', async (t) => {
  for (const answer of [
    { status: { allowed: false } },
    { status: { allowed: false, denied: true } },
    { status: { allowed: 'true' } },
    { status: {} },
    {},
  ]) {
    t.same(await mayBypass(answeringApi(answer).api, USER), { granted: false });
  }
});

t.test('a question that is refused or not answered grants nothing, and says why', async (t) => {
  const ask = async (failure: Error) => mayBypass(answeringApi(failure).api, USER);
  t.same(await ask(FAILURES.forbidden), {
    granted: false,
    failure: 'the API server said Forbidden',
  });
  t.same(await ask(FAILURES.timeout), { granted: false, failure: 'no answer (Timeout)' });
});

t.test('an answer that does not come is not waited for', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const access = mayBypass(answeringApi(NEVER).api, USER);
  mock.timers.tick(1500);
  t.same(await access, { granted: false, failure: 'no answer (Timeout)' });
});

t.test('inTime', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  t.equal(await inTime(Promise.resolve(1), 1000), 1);
  await t.rejects(inTime(Promise.reject(FAILURES.conflict), 1000), FAILURES.conflict);
  const late = inTime(NEVER, 1000);
  mock.timers.tick(999);
  const other = inTime(Promise.resolve(2), 1000);
  t.equal(await Promise.race([late, other]), 2, 'not before its limit');
  mock.timers.tick(1);
  await t.rejects(late, TOO_LATE);
});
