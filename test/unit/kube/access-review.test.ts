import t from 'tap';
import { mayUseBreakGlass } from '../../../src/kube/access-review.ts';
import { missingRights, rightText } from '../../../src/kube/own-rights.ts';
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

const LOGS = { verb: 'get', resource: 'pods/log', namespace: 'kube-system' };
const PATCH = { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'a', name: 'b' };
const NODES = { verb: 'list', resource: 'nodes' };

t.test('the rights that the caller lacks', async (t) => {
  const { api, calls } = answeringApi(
    { status: { allowed: true } },
    { status: { allowed: false } },
    FAILURES.forbidden,
  );
  t.same(
    await missingRights(api, [LOGS, PATCH, NODES]),
    [PATCH],
    'what is not known is not missed',
  );
  t.match(calls, [
    { body: { spec: { resourceAttributes: { resource: 'pods', subresource: 'log' } } } },
    { body: { spec: { resourceAttributes: { verb: 'patch', group: 'apps', name: 'b' } } } },
    {},
  ]);
});

t.test('a right in words', async (t) => {
  t.same([LOGS, PATCH, NODES].map(rightText), [
    'get pods/log in kube-system',
    'patch deployments.apps/b in a',
    'list nodes',
  ]);
});
