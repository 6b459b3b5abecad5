import t from 'tap';
import {
  type DaemonSet,
  type PodCensus,
  PodCounter,
  readDaemonSet,
} from '../../../src/facts/daemon-set-state.ts';
import {
  type TerwayVersions,
  factOf,
  withPods,
  withRollout,
} from '../../../src/facts/terway-versions.ts';
import { seePods } from '../../../src/facts/terway-pods.ts';
import { parseVersion } from '../../../src/engine/core/version.ts';
import type { PodJson } from '../../../src/kube/pod-json.ts';

const NODES = 3;

/** Pods as they are counted. */
const seen = (...pods: readonly Pick<PodJson, 'spec' | 'status'>[]) =>
  pods.map((pod) => ({ metadata: { name: 'p', uid: '1' }, ...pod })).map(seePods());

function daemonSet(version: string, updated = NODES, observed = 1, available = NODES): DaemonSet {
  const image = `registry.example.com:5000/acs/terway:${version}`;
  return {
    metadata: { name: 'terway-eniip', generation: 1 },
    spec: {
      selector: { matchLabels: { app: 'terway-eniip', tier: 'node' } },
      template: { spec: { initContainers: [{ image }], containers: [{ image: 'other:v9.9.9' }] } },
    },
    status: {
      observedGeneration: observed,
      desiredNumberScheduled: NODES,
      updatedNumberScheduled: updated,
      numberAvailable: available,
    },
  };
}

/** Running pods; a node with a `?` after its name has one that has not started. */
const pods = (versions: Readonly<Record<string, string>>): PodCensus => ({
  versions: new Map(
    Object.entries(versions).map(([node, version]) => [node[0]!, parseVersion(version)]),
  ),
  waiting: new Set(Object.keys(versions).flatMap((node) => (node.endsWith('?') ? node[0]! : []))),
});

const LISTED = 5;
const list = (
  running: TerwayVersions,
  versions: Readonly<Record<string, string>>,
  atStart = running,
) => withPods(running, atStart, pods(versions), LISTED);

const see = (running: TerwayVersions | undefined, ...args: Parameters<typeof daemonSet>) =>
  withRollout(running, readDaemonSet(daemonSet(...args)));

const versionOf = (running: TerwayVersions) => factOf(running, 0)?.value.normal;

t.test('a DaemonSet', async (t) => {
  t.match(readDaemonSet(daemonSet('v1.15.2')), {
    name: 'terway-eniip',
    target: { normal: '1.15.2' },
    isUpdated: true,
    isAvailable: true,
    isOnDelete: false,
    nodes: NODES,
    labelSelector: 'app=terway-eniip,tier=node',
  });
  t.notOk(readDaemonSet(daemonSet('v1.15.2', 2)).isUpdated, 'a node is behind');
  t.notOk(
    readDaemonSet(daemonSet('v1.15.2', 3, 0)).isUpdated,
    'its controller has not looked at it yet',
  );
  const { metadata, spec } = daemonSet('v1.15.2');
  t.notOk(readDaemonSet({ metadata, spec }).isUpdated, 'it has no status');
  const bare = readDaemonSet({ metadata, spec: { template: { spec: {} } } });
  t.match(bare, { target: undefined, labelSelector: undefined });
  const image = 'repo/terway:v1.12.0';
  const old = { metadata, spec: { template: { spec: { containers: [{ image }] } } } };
  t.match(readDaemonSet(old), { target: { normal: '1.12.0' } }, 'one without an init container');
});

t.test("Terway's container is not the first one by chance", async (t) => {
  const foreign = { name: 'istio-init', image: 'busybox:1.36.1' };
  const ours = (name: string, image = 'myreg.io:5000/acs/terway:v1.14.3') => ({ name, image });
  const versionIn = (initContainers: object[], containers: object[] = []) => {
    const { metadata } = daemonSet('v1.15.2');
    return readDaemonSet({
      metadata,
      spec: { template: { spec: { initContainers, containers } } },
    });
  };
  for (const [initContainers, containers] of [
    [[foreign, ours('terway-init')], []],
    [[foreign, ours('terway-init', 'mirror:v1.14.3')], [ours('terway', 'mirror:v9.9.9')]],
    [[foreign], [foreign, ours('terway', 'mirror:v1.14.3')]],
    [[foreign, ours('renamed')], [ours('other', 'acs/terway-controlplane:v9.9.9')]],
    [[foreign], [ours('renamed', `terway:v1.14.3@sha256:${'0'.repeat(64)}`)]],
  ] as const) {
    const { target } = versionIn([...initContainers], [...containers]);
    t.match(target, { normal: '1.14.3', raw: 'v1.14.3' });
  }
  const none = versionIn([foreign], [ours('other', 'acs/terway-controlplane:v9.9.9')]);
  t.match(none, { target: undefined, image: undefined });
  const counter = new PodCounter();
  counter.add(seen({ spec: { nodeName: 'a', initContainers: [foreign] } }));
  t.equal(counter.census.versions.get('a'), undefined);
});

t.test('a rollout that was watched from its beginning', async (t) => {
  let running = see(undefined, 'v1.14.0');
  t.equal(versionOf(running), '1.14.0');
  running = see(running, 'v1.15.0', 0);
  t.equal(versionOf(running), '1.14.0', 'the older counts before any pod is known');
  running = list(running, { a: 'v1.14.0', b: 'v1.15.0' });
  const fact = factOf(running, 7);
  t.match(fact, {
    value: { normal: '1.14.0' },
    source: { kind: 'daemon-set-pods', name: 'terway-eniip' },
    learntAt: LISTED,
    spread: { total: 3, unknown: { count: 1, names: [] } },
  });
  running = see(running, 'v1.15.0', 2);
  t.equal(versionOf(running), '1.14.0', 'more of the same changes nothing');
  running = see(running, 'v1.15.0');
  t.match(factOf(running, 0), { value: { normal: '1.15.0' }, spread: undefined });
});

t.test('a rollout that was half done before the first look', async (t) => {
  let running = see(undefined, 'v1.15.0', 1);
  t.equal(versionOf(running), undefined, 'what the nodes ran before is not known');
  running = list(running, { a: 'v1.15.0', b: 'v1.13.0' });
  t.equal(versionOf(running), '1.13.0');
});

t.test('a change of mind in mid-rollout counts what pods may have got meanwhile', async (t) => {
  const started = see(see(undefined, 'v1.15.0'), 'v1.14.0', 0);
  const listed = list(started, { a: 'v1.15.0', b: 'v1.15.0', c: 'v1.15.0' });
  t.match(factOf(listed, 0), {
    value: { normal: '1.14.0' },
    source: { kind: 'daemon-set', name: 'terway-eniip' },
    spread: undefined,
  });
  const forward = see(listed, 'v1.16.0', 0);
  t.equal(versionOf(forward), '1.14.0', 'a node may have gone back in between');
  const relisted = list(forward, { a: 'v1.15.0', b: 'v1.16.0', c: 'v1.15.0' });
  t.equal(versionOf(relisted), '1.15.0', 'no node has');
});

t.test('pods that were listed while the rollout went on', async (t) => {
  const atStart = see(see(undefined, 'v1.14.0'), 'v1.15.0', 1);
  const meanwhile = see(atStart, 'v1.13.0', 0);
  const listed = list(meanwhile, { a: 'v1.14.0', b: 'v1.15.0', c: 'v1.15.0' }, atStart);
  t.equal(versionOf(listed), '1.13.0');
  const settled = see(atStart, 'v1.15.0');
  t.equal(list(settled, { a: 'v1.14.0' }, atStart), settled, 'too late to matter');
});

t.test('an image that tells no version', async (t) => {
  t.equal(versionOf(see(undefined, 'latest')), undefined);
  let running = see(see(undefined, 'v1.14.0'), 'd7c63c9e', 1);
  t.equal(versionOf(running), '1.14.0', 'what is known of the nodes counts');
  running = see(running, 'd7c63c9e');
  t.equal(versionOf(running), undefined);
});

t.test('pods by node', async (t) => {
  const pod = (nodeName: string | undefined, version: string, phase = 'Running') => ({
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: [{ image: `terway:${version}` }],
    },
    status: { phase },
  });
  const counter = new PodCounter();
  counter.add(seen(pod('a', 'v1.15.0'), pod(undefined, 'v1.1.0'), pod('b', 'latest'), {}));
  counter.add(
    seen(pod('d', 'v1.15.0', 'Pending'), pod('e', 'v1.14.0'), pod('e', 'v1.15.0', 'Pending')),
  );
  counter.add(
    seen(
      pod('e', 'v1.15.0', 'Pending'),
      pod('a', 'v1.14.0'),
      pod('c', 'v1.2.0', 'Failed'),
      pod('b', 'v1.15.0'),
    ),
  );
  const { versions, waiting } = counter.census;
  t.same([...versions.keys()], ['a', 'b', 'd', 'e']);
  t.equal(versions.get('a')?.normal, '1.14.0', 'two on a node: the older counts');
  t.equal(versions.get('b'), undefined, 'one of them is unknown');
  t.same([...waiting], ['d'], 'all pods of the node have yet to start');
});

t.test('a rollout that has replaced every pod, none of which starts', async (t) => {
  const before = see(undefined, 'v1.14.0');
  const stuck = see(before, 'v1.15.0', NODES, 1, 0);
  t.equal(versionOf(stuck), '1.14.0');
  const listed = list(stuck, { 'a?': 'v1.15.0', 'b?': 'v1.15.0', 'c?': 'v1.15.0' });
  t.match(factOf(listed, 7), { value: { normal: '1.14.0' }, spread: { unknown: { count: 0 } } });
  const again = list(listed, { a: 'v1.15.0', 'b?': 'v1.15.0', c: 'v1.15.0' });
  t.match(factOf(again, 7)?.spread?.versions, [
    { version: { normal: '1.14.0' }, nodes: { names: ['b'] } },
    { version: { normal: '1.15.0' }, nodes: { names: ['a', 'c'] } },
  ]);
  const started = list(again, { a: 'v1.15.0', b: 'v1.15.0', c: 'v1.15.0' });
  t.match(factOf(started, 7), { value: { normal: '1.15.0' }, spread: undefined }, 'it is over');

  const unseen = see(undefined, 'v1.15.0', NODES, 1, 0);
  t.equal(versionOf(list(unseen, { 'a?': 'v1.15.0', 'b?': 'v1.15.0' })), undefined);
  const some = factOf(list(unseen, { a: 'v1.15.0', b: 'v1.15.0', 'c?': 'v1.15.0' }), 7);
  t.match(some, { value: { normal: '1.15.0' }, spread: { unknown: { names: ['c'] } } });
});

t.test('a node that is away for good', async (t) => {
  const upgrade = see(see(undefined, 'v1.14.0'), 'v1.15.0', 2, 1, 2);
  const versions = { a: 'v1.15.0', b: 'v1.15.0', c: 'v1.14.0' };
  const old = factOf(list(upgrade, versions), 7);
  t.match(old, { value: { normal: '1.14.0' }, spread: { versions: { length: 2 } } });
  const away = see(see(undefined, 'v1.15.0'), 'v1.15.0', NODES, 1, 2);
  t.match(factOf(away, 7), { value: { normal: '1.15.0' }, spread: undefined }, 'it was settled');
  const unseen = see(undefined, 'v1.15.0', NODES, 1, 2);
  t.equal(versionOf(unseen), undefined);
  t.equal(versionOf(list(unseen, { ...versions, c: 'v1.15.0' })), '1.15.0');
});
