import t from 'tap';
import { NO_HISTORY, encodeHistory } from '../../../../src/rollout/history/document.ts';
import { historyStore, readHistory } from '../../../../src/rollout/history/secret.ts';
import { FAILURES, answeringApi } from '../../../support/answering-api.ts';

const PATH = '/api/v1/namespaces/kube-system/secrets/eni-config-guard-history';
const HISTORY = { seen: '8', revisions: [] };

t.test('the Secret is read by its name; an empty one is a history without revisions', async (t) => {
  const history = (await encodeHistory(HISTORY)).toString('base64');
  const secret = { metadata: { resourceVersion: '7' }, data: { history } };
  const { api, calls } = answeringApi(secret);
  t.strictSame(await readHistory(api), { history: HISTORY, secret });
  t.same(calls, [{ method: 'GET', path: PATH }]);
  const empty = await readHistory(answeringApi({ metadata: { resourceVersion: '7' } }).api);
  t.same(empty?.history, NO_HISTORY);
  t.equal(await readHistory(answeringApi(FAILURES.notFound).api), undefined);
  await t.rejects(readHistory(answeringApi(FAILURES.forbidden).api), FAILURES.forbidden);
  const broken = { ...secret, data: { history: 'c2VjcmV0' } };
  await t.rejects(readHistory(answeringApi(broken).api), { name: 'HistoryError' });
});

t.test('it is written whole, at the version that was read', async (t) => {
  const secret = { metadata: { resourceVersion: '7', labels: { a: 'b' } }, type: 'Opaque' };
  const known = { history: NO_HISTORY, secret };
  const { api, calls } = answeringApi({});
  t.equal(await historyStore(api).write(known, HISTORY), true);
  const history = (await encodeHistory(HISTORY)).toString('base64');
  t.same(calls, [{ method: 'PUT', path: PATH, body: { ...secret, data: { history } } }]);
  for (const failure of [FAILURES.conflict, FAILURES.notFound]) {
    t.equal(await historyStore(answeringApi(failure).api).write(known, HISTORY), false);
  }
  const { api: forbidding } = answeringApi(FAILURES.forbidden);
  await t.rejects(historyStore(forbidding).write(known, HISTORY), FAILURES.forbidden);
});
