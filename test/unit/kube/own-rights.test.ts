import t from 'tap';
import { missingRights, rightText } from '../../../src/kube/own-rights.ts';
import { FAILURES, answeringApi } from '../../support/answering-api.ts';

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
