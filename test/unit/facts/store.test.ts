import t from 'tap';
import { ApiError } from '../../../src/kube/api.ts';
import { type FactsOptions, followFacts, readFacts } from '../../../src/facts/store.ts';
import { pauseAfter, pauseAfterBreak } from '../../../src/kube/retry.ts';
import { encodeProbeResult } from '../../../src/probe/result.ts';
import { type Facts, NO_FACTS } from '../../../src/engine/core/facts.ts';
import { before } from '../../support/deadline.ts';
import { known, knownVersion } from '../../support/facts.ts';
import { waitFor } from '../../support/wait.ts';
import { ScriptedApi } from './scripted-api.ts';

const PATIENCE_MS = 20_000;
const STALE_SECONDS = 600;

const kubeProxy = (mode: string, resourceVersion = '2') => ({
  metadata: { name: 'kube-proxy', resourceVersion },
  data: { 'config.conf': `mode: ${mode}` },
});

const node = { metadata: { name: 'a' }, status: { nodeInfo: { kubeletVersion: 'v1.34.0' } } };

function setUp(configured: Facts = NO_FACTS) {
  const api = new ScriptedApi();
  const log: string[] = [];
  const write = (line: object | string, message?: string) =>
    log.push(`${JSON.stringify(line)} ${message}`);
  const clock = { now: 1e12 };
  const options: FactsOptions = {
    api,
    log: { info: write, warn: write, error: write },
    namespace: 'kube-system',
    configured,
    refreshSeconds: 3600,
    staleAfterSeconds: STALE_SECONDS,
    now: () => clock.now,
  };
  return { api, log, clock, options };
}

t.test('what is too old counts as unknown, source by source', async (t) => {
  const { api, clock, options } = setUp();
  api.lists.set('configmaps/kube-proxy', [kubeProxy('ipvs')]);
  api.lists.set('nodes', [node]);
  const pulse = pulsing(api, 'configmaps/kube-proxy-worker', 'configmaps/kube-proxy');
  const store = followFacts(options);
  t.teardown(() => store.stop());
  await store.answered;
  t.match(store.facts(), { asOf: 1e12, kubeProxyMode: { value: 'ipvs', learntAt: 1e12 } });
  t.ok(store.facts().kubelet);

  clock.now += STALE_SECONDS * 1000 - 1;
  t.match(store.facts(), { asOf: clock.now, kubeProxyMode: { learntAt: 1e12 } }, 'just not yet');
  t.ok(store.facts().kubelet);
  // A bookmark confirms what is watched; the nodes were listed once.
  pulse();
  await waitFor('the bookmark to count', PATIENCE_MS, async () =>
    store.facts().kubeProxyMode?.learntAt === clock.now ? true : undefined,
  );
  clock.now += 1;
  t.match(store.facts(), { kubeProxyMode: { value: 'ipvs' }, kubelet: undefined });
  t.same(store.facts().plugins, new Map());
  clock.now += STALE_SECONDS * 1000;
  t.same(store.facts(), { plugins: new Map(), asOf: clock.now });
});

const probePod = (nodeName: string) => {
  const message = encodeProbeResult({ binaries: new Map([['portmap', { version: 'v1.7.1' }]]) });
  const terminated = { exitCode: 0, finishedAt: '2026-01-01T00:00:00Z', message };
  return {
    spec: { nodeName },
    status: { initContainerStatuses: [{ name: 'probe', state: { terminated } }] },
  };
};

t.test('nodes that cannot be listed any more do not hide what is probed on new ones', async (t) => {
  const { api, clock, options } = setUp();
  api.lists.set('nodes', [node]);
  api.lists.set('pods', [probePod('a'), probePod('b')]);
  api.lists.set('daemonsets/eni-config-guard-node-probe', [
    { metadata: { uid: 'a' }, spec: { template: { spec: {} } } },
  ]);
  const store = followFacts({ ...options, refreshSeconds: 0.05 });
  t.teardown(() => store.stop());
  await store.answered;
  const spread = () => store.facts().plugins.get('portmap')?.spread;
  t.match(spread(), { total: 1, isOpen: undefined });
  api.lists.set('nodes', new ApiError(403, 'Forbidden', 'no'));
  await waitFor('a failure', PATIENCE_MS, async () => store.status()[2]?.lastError);
  clock.now += STALE_SECONDS * 1000;
  const opened = await waitFor('the probes to be listed again', PATIENCE_MS, async () => spread());
  t.match(opened, { total: 2, isOpen: true, unknown: { count: 0 } });
});

t.test('facts are read without a call', async (t) => {
  const { api, options } = setUp();
  const store = await readFacts(options);
  const calls = api.calls.length;
  for (let times = 0; times < 100; times += 1) store.facts();
  t.equal(api.calls.length, calls);
  t.same(api.calls.toSorted(), [
    'list configmaps/kube-proxy',
    'list configmaps/kube-proxy-worker',
    'list daemonsets/terway',
    'list daemonsets/terway-eni',
    'list daemonsets/terway-eniip',
    'list nodes',
    'list pods',
  ]);
});

t.test('the configuration overrides, and says so', async (t) => {
  const { api, options } = setUp({
    plugins: new Map([
      ['portmap', knownVersion('1.6.2')],
      ['vrf', knownVersion('1.7.1')],
    ]),
    kubeProxyMode: known('nftables'),
    datapath: known('veth'),
  });
  api.lists.set('configmaps/kube-proxy', [kubeProxy('ipvs')]);
  const labels = { 'k8s.aliyun.com/no-kube-proxy': 'true' };
  api.lists.set('nodes', [{ ...node, metadata: { name: 'a', labels } }]);
  const facts = (await readFacts(options)).facts();
  t.match(facts, {
    kubeProxyMode: {
      value: 'nftables',
      source: {
        kind: 'configuration',
        overrides: { value: 'ipvs', source: { kind: 'config-map', name: 'kube-proxy' } },
      },
    },
    datapath: known('veth'),
    nodesWithoutKubeProxy: undefined,
  });
  const portmap = facts.plugins.get('portmap');
  t.match(portmap, {
    value: { normal: '1.6.2' },
    source: {
      kind: 'configuration',
      overrides: { value: '1.7.1', source: { kind: 'kubelet', version: 'v1.34.0' } },
    },
    isEstimate: undefined,
    spread: undefined,
  });
  t.same(facts.plugins.get('vrf'), knownVersion('1.7.1'), 'it agrees with what was learnt');
  t.ok(facts.plugins.get('tuning')?.isEstimate);
});

t.test('a watch that has been away for too long begins anew, and is no failure', async (t) => {
  const { api, log, options } = setUp();
  const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
  api.lists.set('configmaps/kube-proxy', [kubeProxy('ipvs')]);
  api.watches.set('configmaps/kube-proxy', [
    async function* () {
      yield { type: 'MODIFIED', object: kubeProxy('iptables', '5') };
    },
    async function* () {
      api.lists.set('configmaps/kube-proxy', [kubeProxy('nftables', '8')]);
      yield { type: 'ERROR', object: gone };
    },
  ]);
  const store = followFacts(options);
  t.teardown(() => store.stop());
  await waitFor('the new list', PATIENCE_MS, async () =>
    store.facts().kubeProxyMode?.value === 'nftables' ? true : undefined,
  );
  await waitFor('the third watch', PATIENCE_MS, async () =>
    api.calls.filter((call) => call.startsWith('watch configmaps/kube-proxy from')).length === 3
      ? true
      : undefined,
  );
  t.same(
    api.calls.filter((call) => call.includes('configmaps/kube-proxy') && !call.includes('worker')),
    [
      'list configmaps/kube-proxy',
      'watch configmaps/kube-proxy from 1',
      'watch configmaps/kube-proxy from 5',
      'list configmaps/kube-proxy',
      'watch configmaps/kube-proxy from 1',
    ],
  );
  t.same(log, []);
});

t.test('a list that fails is told once, and so is its recovery', async (t) => {
  const { api, log, options } = setUp();
  api.lists.set('nodes', new ApiError(403, 'Forbidden', 'no'));
  const store = followFacts(options);
  t.teardown(() => store.stop());
  await waitFor('two retries', PATIENCE_MS, async () =>
    api.calls.filter((call) => call === 'list nodes').length >= 3 ? true : undefined,
  );
  t.match(store.status(), [{}, {}, { source: 'nodes', lastError: { reason: 'Forbidden' } }, {}]);
  t.equal(store.status()[2]?.lastSuccess, undefined);
  api.lists.set('nodes', [node]);
  await waitFor('the nodes', PATIENCE_MS, async () => (store.facts().kubelet ? true : undefined));
  t.match(store.status()[2], { lastSuccess: 1e12, lastError: undefined });
  t.same(log, [
    '{"source":"nodes","reason":"Forbidden","error":"no"} facts cannot be learnt; what is known stays in use',
    '{"source":"nodes"} facts can be learnt again',
  ]);
});

t.test('a list that fails for another reason is told of again, once', async (t) => {
  const { api, log, options } = setUp();
  const fail = async (error: ApiError, times: number) => {
    api.lists.set('nodes', error);
    const before = api.calls.length;
    await waitFor('retries', PATIENCE_MS, async () =>
      api.calls.slice(before).filter((call) => call === 'list nodes').length >= times
        ? true
        : undefined,
    );
  };
  api.lists.set('nodes', new ApiError(undefined, 'ECONNREFUSED', 'refused'));
  const store = followFacts(options);
  t.teardown(() => store.stop());
  await store.answered;
  await fail(new ApiError(undefined, 'ECONNRESET', 'reset'), 1);
  await fail(new ApiError(403, 'Forbidden', 'no'), 2);
  const why = 'facts cannot be learnt; what is known stays in use';
  t.same(log, [
    `{"source":"nodes","reason":"ECONNREFUSED","error":"refused"} ${why}`,
    `{"source":"nodes","reason":"Forbidden","error":"no"} ${why}`,
  ]);
});

t.test('a list that fails after one that did not keeps what is known', async (t) => {
  const { api, log, options } = setUp();
  api.lists.set('nodes', [node]);
  const store = followFacts({ ...options, refreshSeconds: 0.05 });
  t.teardown(() => store.stop());
  await store.answered;
  api.lists.set('nodes', new ApiError(undefined, 'ECONNRESET', 'aborted'));
  await waitFor('a failure', PATIENCE_MS, async () => (log.length > 0 ? true : undefined));
  t.match(store.facts().kubelet, { value: { normal: '1.34.0' }, learntAt: 1e12 });
  t.match(store.status()[2], { lastSuccess: 1e12, lastError: { reason: 'ECONNRESET' } });
});

t.test('pauses grow to a limit and differ from guard to guard', async (t) => {
  t.same(
    [0, 1, 2, 3, 5, 6, 60].map((failures) => pauseAfter(failures, 1)),
    [1000, 1000, 2000, 4000, 16000, 30000, 30000],
  );
  t.equal(pauseAfter(3, 0), 2000);
  const day = 86_400_000;
  t.same(
    [1, 2, 3, 11, 12, 60].map((breaks) => pauseAfterBreak(breaks, day)),
    [60_000, 120_000, 240_000, 61_440_000, day, day],
    'far longer after a list that broke off, but never longer than between lists',
  );
  t.same(
    [1, 2, 5, 6].map((breaks) => pauseAfterBreak(breaks, 300_000)),
    [18_750, 37_500, 300_000, 300_000],
  );
});

const terway = {
  metadata: { name: 'terway-eni', resourceVersion: '2', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'terway' } },
    template: { spec: { containers: [{ name: 'terway', image: 'acs/terway:v1.15.0' }] } },
  },
  status: { observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 1 },
};
const terwayPod = (nodeName: string, version: string) => ({
  metadata: { name: `terway-eni-${nodeName}`, uid: nodeName },
  spec: { nodeName, containers: [{ name: 'terway', image: `acs/terway:${version}` }] },
  status: { phase: 'Running' },
});

/** A promise, and what resolves it. */
function signal() {
  let done: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => (done = resolve));
  return { promise, resolve: () => done?.() };
}

/** Watches that confirm their object at each `pulse`, which resolves once all have been heard. */
function pulsing(api: ScriptedApi, ...keys: readonly string[]): () => Promise<void> {
  const newBeat = () => ({
    open: signal(),
    begun: signal(),
    heard: signal(),
  });
  const beats = new Map(keys.map((key) => [key, newBeat()]));
  for (const key of keys) {
    api.watches.set(key, [
      async function* () {
        for (;;) {
          const { open, begun, heard } = beats.get(key)!;
          open.resolve();
          await begun.promise;
          yield { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } };
          // Asked for the next one, so this one has been dealt with.
          heard.resolve();
        }
      },
    ]);
  }
  const pulseOf = async (key: string) => {
    const { open, begun, heard } = beats.get(key)!;
    await open.promise;
    beats.set(key, newBeat());
    begun.resolve();
    await heard.promise;
  };
  return async () => {
    await before(
      PATIENCE_MS / 1000,
      `a bookmark of ${keys.join()}`,
      Promise.all(keys.map(pulseOf)),
    );
  };
}

t.test('the pods of a rollout age, though its DaemonSet is confirmed all the time', async (t) => {
  const { api, clock, options } = setUp();
  api.lists.set('daemonsets/terway-eni', [terway]);
  api.lists.set('pods', [terwayPod('a', 'v1.14.0'), terwayPod('b', 'v1.15.0')]);
  const pulse = pulsing(api, 'daemonsets/terway-eniip', 'daemonsets/terway-eni');
  const store = followFacts(options);
  t.teardown(() => store.stop());
  const listed = await waitFor('the pods', PATIENCE_MS, async () => store.facts().terway);
  t.match(listed, { value: { normal: '1.14.0' }, learntAt: 1e12 });
  api.lists.set('pods', new ApiError(403, 'Forbidden', 'no'));
  clock.now += STALE_SECONDS * 1000;
  await pulse();
  t.match(store.facts(), { terway: undefined, terwayDaemonSet: { learntAt: clock.now } });
  t.match(store.gaps().join(), /what its pods run is not known/);
});

t.test('what is found is as old as the absence of what would go before it', async (t) => {
  const { api, clock, options } = setUp();
  api.lists.set('daemonsets/terway-eni', [
    { ...terway, status: { ...terway.status, updatedNumberScheduled: 2, numberAvailable: 2 } },
  ]);
  api.lists.set('configmaps/kube-proxy', [kubeProxy('ipvs')]);
  const pulse = pulsing(api, 'daemonsets/terway-eni', 'configmaps/kube-proxy');
  const store = followFacts(options);
  t.teardown(() => store.stop());
  await store.answered;
  t.ok(store.facts().terway);
  const { lastSuccess } = store.status()[0] ?? {};
  clock.now += STALE_SECONDS * 1000 - 1;
  await pulse();
  t.match(store.facts(), {
    terway: { learntAt: lastSuccess },
    kubeProxyMode: { learntAt: lastSuccess },
  });
  clock.now += 1;
  t.match(store.facts(), { terway: undefined, kubeProxyMode: undefined });
});

t.test('one list of nodes and one of pods serve facts and what nodes run', async (t) => {
  const settled = { ...terway.status, updatedNumberScheduled: 2, numberAvailable: 2 };
  for (const status of [settled, terway.status]) {
    const { api, options } = setUp();
    api.lists.set('daemonsets/terway-eni', [{ ...terway, status }]);
    api.lists.set('nodes', [node]);
    api.lists.set('pods', [terwayPod('a', 'v1.14.0'), terwayPod('b', 'v1.15.0')]);
    const store = followFacts(options);
    t.teardown(() => store.stop());
    const pods = await waitFor('the pods', PATIENCE_MS, async () => store.lists().pods);
    t.same([...pods.value.keys()], ['a', 'b']);
    t.equal(pods.at, 1e12);
    await store.answered;
    t.match(store.lists(), { nodes: { value: [{ name: 'a', mode: 'chain' }], at: 1e12 } });
    t.ok(store.facts().terway);
    const lists = (kind: string) => api.calls.filter((call) => call === `list ${kind}`).length;
    t.equal(lists('nodes'), 1);
    t.equal(lists('pods'), 2, "Terway's, and those of the node probe");
  }
});

t.test('pods of a settled rollout are listed for a guard alone', async (t) => {
  const settled = { ...terway.status, updatedNumberScheduled: 2, numberAvailable: 2 };
  const { api, options } = setUp();
  api.lists.set('daemonsets/terway-eni', [{ ...terway, status: settled }]);
  const known = await readFacts(options);
  t.ok(known.facts().terway);
  t.equal(api.calls.filter((call) => call === 'list pods').length, 1, 'those of the node probe');
});
