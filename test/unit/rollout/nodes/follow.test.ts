import t, { type Test } from 'tap';
import { TerwayPods, seePods } from '../../../../src/facts/terway-pods.ts';
import type { NodeLists } from '../../../../src/facts/store.ts';
import { ApiError } from '../../../../src/kube/api.ts';
import { followNodes } from '../../../../src/rollout/nodes/follow.ts';
import { FAILURES } from '../../../support/answering-api.ts';
import { BASE_VETH } from '../../../support/config-maps.ts';
import { waitFor } from '../../../support/wait.ts';
import { type FakeCluster, clusterApi } from './cluster-api.ts';
import { terwayPodJson } from './pods.ts';

const CLUSTER: FakeCluster = { data: BASE_VETH, written: '08:00', nodes: {}, pods: [] };
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Lists = Omit<NodeLists, 'letGoOfPods'>;

/** Lists of these nodes, of which `a` alone has a pod of Terway. */
function listsOf(names: readonly string[], at = Date.now()): Lists {
  const pods = new TerwayPods();
  pods.add([terwayPodJson({ node: 'a' })].map(seePods()));
  const nodes = names.map((name) => ({ name, mode: 'chain' }) as const);
  return {
    nodes: { value: nodes, at },
    pods: { value: pods.byNode, at },
    hasTerway: true,
    error: undefined,
  };
}

const NOTHING: Lists = { nodes: undefined, pods: undefined, hasTerway: false, error: undefined };

/** Follows lists that a test replaces, with a look every few milliseconds. */
function setUp(t: Test, cluster = CLUSTER) {
  const ended = new AbortController();
  t.teardown(() => ended.abort());
  const { api, calls } = clusterApi(cluster);
  const now = { lists: NOTHING };
  const times = { lookMs: 5, staleAfterMs: 60_000 };
  const letGoOfPods = () => void (now.lists = { ...now.lists, pods: undefined });
  const lists = () => ({ ...now.lists, letGoOfPods });
  return {
    now,
    calls,
    nodes: followNodes({ api, lists, log: SILENT, ...times, signal: ended.signal }),
  };
}

t.test('nodes are counted anew when both lists are', async (t) => {
  const { now, calls, nodes } = setUp(t);
  t.equal(nodes.chains(), undefined, 'before the first lists');
  const first = listsOf(['a', 'b']);
  now.lists = first;
  const chains = await waitFor('the first count', 20_000, async () => nodes.chains());
  t.match(chains, { counts: { current: 1, unknown: 1 } });
  t.ok(nodes.status().lastSuccess);

  const second = listsOf(['a'], Date.now() + 1);
  t.equal(now.lists.pods, undefined, 'pods are not kept');
  now.lists = { ...now.lists, nodes: second.nodes };
  now.lists = second;
  await waitFor('the second count', 20_000, async () =>
    nodes.chains()?.counts.unknown === 0 ? true : undefined,
  );
  const asked = (end: string) => calls.filter(({ path }) => path.endsWith(end)).length;
  t.equal(asked('/configmaps'), 2, 'nothing is asked for between two lists');
  t.equal(asked('/nodes') + asked('/pods'), 0, 'what is listed for facts is not listed again');
  now.lists = { ...second, hasTerway: false };
  t.equal(nodes.chains(), undefined, 'Terway is gone');
});

t.test('lists that are too old count no more', async (t) => {
  const { now, nodes } = setUp(t);
  now.lists = listsOf(['a'], Date.now() - 60_000);
  await waitFor('the count', 20_000, async () => nodes.status().lastSuccess);
  t.equal(nodes.chains(), undefined);
});

t.test('what could not be read leaves nothing, and is told', async (t) => {
  const unlisted = setUp(t);
  const error = new ApiError(403, 'Forbidden', 'nodes is forbidden');
  unlisted.now.lists = { ...NOTHING, error };
  t.equal(unlisted.nodes.status().lastError, error);

  const unread = setUp(t, { ...CLUSTER, failures: { '/configmaps': FAILURES.forbidden } });
  unread.now.lists = listsOf(['a']);
  const failed = await waitFor('the look', 20_000, async () => unread.nodes.status().lastError);
  t.equal(failed.reason, 'Forbidden');
  t.equal(unread.nodes.chains(), undefined);
});
