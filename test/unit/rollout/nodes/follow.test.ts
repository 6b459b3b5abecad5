import t from 'tap';
import { followNodes } from '../../../../src/rollout/nodes/follow.ts';
import { FAILURES } from '../../../support/answering-api.ts';
import { BASE_VETH } from '../../../support/config-maps.ts';
import { waitFor } from '../../../support/wait.ts';
import { type FakeCluster, clusterApi } from './cluster-api.ts';
import { terwayPodJson } from './pods.ts';

const CLUSTER: FakeCluster = {
  data: BASE_VETH,
  written: '08:00',
  nodes: { a: {}, b: {} },
  pods: [terwayPodJson({ node: 'a' })],
};

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

t.test('the guard counts nodes again and again', async (t) => {
  const ended = new AbortController();
  t.teardown(() => ended.abort());
  const { api } = clusterApi(CLUSTER);
  const times = { refreshMs: 10, staleAfterMs: 60_000 };
  const nodes = followNodes({ api, log: SILENT, ...times, signal: ended.signal });
  t.equal(nodes.chains(), undefined, 'before the first look');
  const chains = await waitFor('the first look', 20_000, async () => nodes.chains());
  t.match(chains, { counts: { current: 1, unknown: 1 } });
  t.ok(nodes.status().lastSuccess);
});

t.test('what could not be read leaves nothing, and is told', async (t) => {
  const ended = new AbortController();
  t.teardown(() => ended.abort());
  const { api } = clusterApi({ ...CLUSTER, failures: { '/nodes': FAILURES.forbidden } });
  const times = { refreshMs: 60_000, staleAfterMs: 60_000 };
  const nodes = followNodes({ api, log: SILENT, ...times, signal: ended.signal });
  const failed = await waitFor('the first look', 20_000, async () => nodes.status().lastError);
  t.equal(failed.reason, 'Forbidden');
  t.equal(nodes.chains(), undefined);
});
