import t from 'tap';
import { mayUseBreakGlass } from '../../../src/kube/access-review.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';

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
    t.same(await mayUseBreakGlass(api, USER), { granted: true });
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
    t.same(await mayUseBreakGlass(answeringApi(answer).api, USER), { granted: false });
  }
});

t.test('a question that is refused or not answered grants nothing, and says why', async (t) => {
  const ask = async (failure: Error) => mayUseBreakGlass(answeringApi(failure).api, USER);
  t.same(await ask(FAILURES.forbidden), {
    granted: false,
    failure: 'the API server said Forbidden',
  });
  t.same(await ask(FAILURES.timeout), { granted: false, failure: 'no answer (Timeout)' });
});
