import t from 'tap';
import { CHECK_SELECTOR } from '../../../../src/rollout/waves/check-pods.ts';
import { clusterOf } from '../../../../src/rollout/waves/cluster.ts';
import { FAILURES, answeringApi } from '../../../support/answering-api.ts';

const PLACES = { terwaySelector: 'app=terway-eniip', namespace: 'checks' };
const pod = (uid: string, deletionTimestamp?: string) => ({
  metadata: { name: `terway-${uid}`, uid, ...(deletionTimestamp && { deletionTimestamp }) },
});

t.test('of two Terway pods of a node the one that stays counts', async (t) => {
  const { api, calls } = answeringApi({ items: [pod('a', '2026-01-01T00:00:00Z'), pod('b')] });
  t.match(await clusterOf(api, PLACES).terwayPod('n1'), { metadata: { uid: 'b' } });
  t.match(calls[0], {
    path: '/api/v1/namespaces/kube-system/pods',
    query: { labelSelector: 'app=terway-eniip', fieldSelector: 'spec.nodeName=n1' },
  });
});

t.test('only the very pod that was seen is deleted', async (t) => {
  for (const gone of [{}, FAILURES.notFound, FAILURES.conflict]) {
    const { api, calls } = answeringApi(gone);
    await clusterOf(api, PLACES).deleteTerwayPod(pod('a'));
    t.match(calls[0], { method: 'DELETE', body: { preconditions: { uid: 'a' } } });
  }
  const { api } = answeringApi(FAILURES.forbidden);
  await t.rejects(clusterOf(api, PLACES).deleteTerwayPod(pod('a')), { message: 'no right' });
});

t.test('pods of checks are found by their labels and removed at once', async (t) => {
  const { api, calls } = answeringApi({ items: [pod('a')] }, {});
  const cluster = clusterOf(api, PLACES);
  t.same(await cluster.checkPods(), ['terway-a']);
  await cluster.removeCheckPod('terway-a');
  t.match(calls, [
    { path: '/api/v1/namespaces/checks/pods', query: { labelSelector: CHECK_SELECTOR } },
    { method: 'DELETE', query: { gracePeriodSeconds: '0' } },
  ]);
});

t.test('a Terway pod that was evicted counts no more', async (t) => {
  const evicted = { ...pod('a'), status: { phase: 'Failed' } };
  const { api } = answeringApi({ items: [evicted, pod('b')] });
  t.match(await clusterOf(api, PLACES).terwayPod('n1'), { metadata: { uid: 'b' } });
});

t.test('a pod of a check whose creation was not answered is found', async (t) => {
  const manifest = { metadata: { name: 'check-1' } };
  const { api, calls } = answeringApi(FAILURES.alreadyExists, pod('a'));
  t.match(await clusterOf(api, PLACES).createCheckPod(manifest), { metadata: { uid: 'a' } });
  t.match(calls, [{ method: 'POST' }, { path: '/api/v1/namespaces/checks/pods/check-1' }]);
  for (const failure of [FAILURES.notFound, FAILURES.conflict]) {
    const refusing = clusterOf(answeringApi(failure).api, PLACES);
    await t.rejects(refusing.createCheckPod(manifest), failure);
  }
});

t.test('a node that is gone is none', async (t) => {
  t.equal(await clusterOf(answeringApi(FAILURES.notFound).api, PLACES).node('n1'), undefined);
});
