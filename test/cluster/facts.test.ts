import { isDeepStrictEqual } from 'node:util';
import { t } from 'tap';
import { connect } from '../../src/kube/api.ts';
import { PAGE_SIZE } from '../../src/kube/pages.ts';
import { type FactsStore, followFacts } from '../../src/facts/store.ts';
import { type Facts, NO_FACTS, type VersionFact } from '../../src/engine/core/facts.ts';
import {
  applyNode,
  applyTerway,
  configureKubeProxy,
  finishProbe,
  probeNode,
  removeNode,
  removeProbe,
  reportTerway,
  runTerway,
} from './cluster-contents.ts';
import { startControlPlane } from './controlplane/start.ts';
import { waitFor } from '../support/wait.ts';
import { MISSING } from './missing-rights.ts';
import { FACTS_RIGHTS, rightsWithout, userWith } from './rights.ts';

const PATIENCE_MS = 60_000;

interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly source: string;
  readonly reason?: string;
}

/** A store that learns as the guard does, and what it logs. */
function follow(kubeconfig: string): FactsStore & { readonly log: readonly LogLine[] } {
  const log: LogLine[] = [];
  const write = (level: LogLine['level']) => (line: object | string) => {
    log.push({ level, ...(line as unknown as Omit<LogLine, 'level'>) });
  };
  const store = followFacts({
    api: connect({ kubeconfig }),
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    namespace: 'kube-system',
    configured: NO_FACTS,
    refreshSeconds: 1,
    staleAfterSeconds: 600,
  });
  return { ...store, log };
}

/** Waits until the store knows what `pick` gives, and gives it. */
async function until<T>(
  store: FactsStore,
  what: string,
  pick: (facts: Facts) => T | false | undefined,
): Promise<T> {
  return waitFor(what, PATIENCE_MS, async () => {
    const found = pick(store.facts());
    return found === false ? undefined : found;
  });
}

const versionIs = (normal: string) => (facts: Facts) =>
  facts.terway?.value.normal === normal && facts.terway;

const spreadOf = ({ value, spread }: VersionFact) => ({
  oldest: value.normal,
  total: spread?.total,
  versions: spread?.versions.map(({ version, nodes }) => [version.normal, nodes.names]),
  unknown: spread?.unknown,
});

t.test('facts of a real API server, learnt with the least rights', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const kubeconfig = await userWith(plane, 'guard', FACTS_RIGHTS);
  const store = follow(kubeconfig);
  t.teardown(() => store.stop());
  await store.answered;

  await t.test('nothing is there, and it says so', async (t) => {
    t.match(store.facts(), { plugins: new Map(), asOf: Number });
    t.notOk(store.facts().terway);
    t.notOk(store.facts().kubeProxyMode);
    await waitFor('every source to be readable', PATIENCE_MS, async () =>
      store.status().every(({ lastError, lastSuccess }) => !lastError && lastSuccess)
        ? true
        : undefined,
    );
    t.same(store.gaps(), [
      'there is no DaemonSet terway-eniip, terway-eni or terway in kube-system',
      'there is no ConfigMap kube-proxy-worker or kube-proxy in kube-system',
      'no node has a readable result of the node probe',
    ]);
  });

  await t.test('the Terway DaemonSet', async (t) => {
    const nodes = ['node-a', 'node-b', 'node-c'];
    for (const node of nodes) await runTerway(plane, node, 'v1.14.3');
    await applyTerway(plane, 'v1.14.3');
    await reportTerway(plane, 3);
    const settled = await until(store, 'the first version', versionIs('1.14.3'));
    t.match(settled, { source: { kind: 'daemon-set', name: 'terway-eniip' }, learntAt: Number });
    t.equal(settled.spread, undefined);
    t.equal(store.facts().terwayDaemonSet?.value, 'terway-eniip');

    await t.test('upgraded, half-way: the older version counts, node by node', async (t) => {
      await applyTerway(plane, 'v1.15.2');
      await runTerway(plane, 'node-b', 'v1.15.2');
      await reportTerway(plane, 3, 1);
      const half = await until(
        store,
        'the pods of the rollout',
        ({ terway }) => terway?.spread?.versions.length === 2 && terway,
      );
      t.same(half.source, { kind: 'daemon-set-pods', name: 'terway-eniip' });
      t.same(spreadOf(half), {
        oldest: '1.14.3',
        total: 3,
        versions: [
          ['1.14.3', ['node-a', 'node-c']],
          ['1.15.2', ['node-b']],
        ],
        unknown: { count: 0, names: [] },
      });
    });

    await t.test('upgraded on all nodes', async (t) => {
      for (const node of nodes) await runTerway(plane, node, 'v1.15.2');
      await reportTerway(plane, 3);
      t.equal((await until(store, 'the new version', versionIs('1.15.2'))).spread, undefined);
    });

    await t.test('rolled back: the older version counts at once', async (t) => {
      await applyTerway(plane, 'v1.14.3');
      await until(store, 'the version gone back to', versionIs('1.14.3'));
      for (const node of nodes) await runTerway(plane, node, 'v1.14.3');
      await reportTerway(plane, 3);
      const settled = await until(
        store,
        'the end of it',
        (facts) => versionIs('1.14.3')(facts) && !facts.terway?.spread && facts.terway,
      );
      t.same(settled.source, { kind: 'daemon-set', name: 'terway-eniip' });
    });

    await t.test('an image without a version in its tag', async (t) => {
      await applyTerway(plane, 'latest');
      await reportTerway(plane, 3);
      await until(store, 'the version to be unknown', ({ terway }) => !terway);
      t.match(store.gaps(), [
        'DaemonSet kube-system/terway-eniip tells no version: its image ' +
          'registry-vpc.example.com/acs/terway:latest has no version for a tag',
      ]);
    });

    await t.test('gone, and another one there', async () => {
      await plane.kubectl(['delete', 'daemonset', '-nkube-system', 'terway-eniip']);
      await applyTerway(plane, 'v1.16.0', 'terway');
      await reportTerway(plane, 3, 3, 'terway');
      await until(store, 'the other one', versionIs('1.16.0'));
    });
  });

  await t.test("kube-proxy's mode", async (t) => {
    const modeIs = (mode: string | undefined) => (facts: Facts) =>
      facts.kubeProxyMode?.value === mode && { fact: facts.kubeProxyMode };
    await configureKubeProxy(plane, 'kube-proxy', 'mode: ipvs\n');
    const { fact } = await until(store, 'ipvs', modeIs('ipvs'));
    t.same(fact?.source, { kind: 'config-map', name: 'kube-proxy' });
    await configureKubeProxy(plane, 'kube-proxy-worker', 'mode: nftables\n');
    await until(store, 'what the workers have', modeIs('nftables'));
    await configureKubeProxy(plane, 'kube-proxy-worker', 'mode: ""\n');
    await until(store, 'the mode left empty', modeIs('iptables'));
    await configureKubeProxy(plane, 'kube-proxy-worker', 'mode: [\n');
    await until(store, 'what cannot be read to be unknown', modeIs(undefined));
    t.match(store.gaps().join('\n'), /kube-proxy-worker has a config.conf that is not valid YAML/);
    await configureKubeProxy(plane, 'kube-proxy-worker', undefined);
    await until(store, 'the other ConfigMap again', modeIs('ipvs'));
  });

  await t.test('nodes', async (t) => {
    await applyNode(plane, 'node-a');
    await applyNode(plane, 'node-b', { 'k8s.aliyun.com/no-kube-proxy': 'true' });
    await applyNode(plane, 'node-c', {}, 'v1.33.3-aliyun.1');
    const eni = { 'k8s.aliyun.com/exclusive-mode-eni-type': 'ENIOnly' };
    await applyNode(plane, 'node-eni', eni, 'v1.28.9-aliyun.1');
    await applyNode(plane, 'node-win', { 'kubernetes.io/os': 'windows' }, 'v1.28.9-aliyun.1');
    await applyNode(plane, 'virtual-kubelet', { type: 'virtual-kubelet' }, 'v1.28.9-aliyun.1');
    const facts = await until(
      store,
      'the nodes',
      (facts) => facts.kubelet?.value.normal === '1.33.3' && facts,
    );
    t.match(facts, {
      exclusiveEniNodes: { value: { count: 1, names: ['node-eni'] } },
      nodesWithoutKubeProxy: { value: { count: 1, names: ['node-b'] } },
    });
    const portmap = facts.plugins.get('portmap');
    t.match(portmap, {
      isEstimate: true,
      source: { kind: 'kubelet', version: 'v1.33.3-aliyun.1' },
    });
    t.same(portmap && spreadOf(portmap), {
      oldest: '1.6.2',
      total: 3,
      versions: [
        ['1.6.2', ['node-c']],
        ['1.7.1', ['node-a', 'node-b']],
      ],
      unknown: { count: 0, names: [] },
    });
  });

  await t.test('results of the node probe', async (t) => {
    const probedAt = new Date('2026-03-04T05:06:07Z');
    await probeNode(plane, 'node-a', { portmap: 'v1.7.1', tuning: 'v1.7.1' }, new Date());
    await probeNode(plane, 'node-c', { portmap: 'v1.6.2' }, probedAt);
    await probeNode(plane, 'node-eni', { portmap: 'v1.2.0' }, probedAt);
    const portmapOf = (count: number) => (facts: Facts) => {
      const fact = facts.plugins.get('portmap');
      return fact?.spread?.unknown.count === count && !fact.isEstimate && { fact, facts };
    };
    const one = await until(store, 'the first results', portmapOf(1));
    t.match(one.fact, { source: { kind: 'node-probe' }, learntAt: probedAt.getTime() });
    t.same(spreadOf(one.fact), {
      oldest: '1.6.2',
      total: 3,
      versions: [
        ['1.6.2', ['node-c']],
        ['1.7.1', ['node-a']],
      ],
      unknown: { count: 1, names: ['node-b'] },
    });
    t.same(one.facts.binaries?.value, {
      probed: 2,
      present: new Set(['portmap', 'tuning']),
      missing: new Map([['tuning', { count: 1, names: ['node-c'] }]]),
    });

    await finishProbe(plane, 'node-b', 'panic: oh no', probedAt);
    await probeNode(plane, 'node-c', { portmap: 'v1.7.1', tuning: 'v1.7.1' });
    const two = await until(
      store,
      'a changed result',
      (facts) =>
        portmapOf(1)(facts) && facts.plugins.get('portmap')?.value.normal === '1.7.1' && facts,
    );
    t.same(two.binaries?.value.missing, new Map());

    await probeNode(plane, 'node-b', { portmap: 'v1.7.1', tuning: 'v1.7.1' });
    await until(store, 'the last result', portmapOf(0));
    await removeNode(plane, 'node-b');
    await until(
      store,
      'a node to be gone',
      (facts) => facts.plugins.get('portmap')?.spread?.total === 2,
    );
    for (const node of ['node-a', 'node-b', 'node-c', 'node-eni']) await removeProbe(plane, node);
    await until(store, 'the estimate again', ({ plugins }) => plugins.get('portmap')?.isEstimate);
  });

  await t.test('more nodes and probe pods than a few pages hold', async (t) => {
    const names = Array.from({ length: 2 * PAGE_SIZE + 4 }, (_, index) => `page-${index + 10}`);
    await Promise.all(
      names.map(async (name) => {
        await applyNode(plane, name);
        await probeNode(plane, name, { portmap: 'v1.9.1' });
      }),
    );
    const portmap = await until(
      store,
      'all of them',
      ({ plugins }) =>
        plugins.get('portmap')?.spread?.versions[0]?.nodes.count === names.length &&
        plugins.get('portmap'),
    );
    t.same(spreadOf(portmap), {
      oldest: '1.9.1',
      total: names.length + 2,
      versions: [['1.9.1', names.slice(0, 5)]],
      unknown: { count: 2, names: ['node-a', 'node-c'] },
    });
    for (const name of names) {
      await removeNode(plane, name);
      await removeProbe(plane, name);
    }
    await until(store, 'the estimate again', ({ plugins }) => plugins.get('portmap')?.isEstimate);
  });

  await t.test('an API server that stops and starts again', async (t) => {
    const before = store.facts();
    const logged = store.log.length;
    await plane.stopApiServer();
    await waitFor('every source to fail', PATIENCE_MS, async () =>
      store.status().every(({ lastError }) => lastError) ? true : undefined,
    );
    const { terway, kubeProxyMode, plugins } = store.facts();
    t.same(
      [terway?.value, kubeProxyMode, plugins],
      [before.terway?.value, before.kubeProxyMode, before.plugins],
      'the last facts stay in use',
    );
    await plane.startApiServer();
    await applyTerway(plane, 'v1.17.0', 'terway');
    await reportTerway(plane, 3, 3, 'terway');
    await until(store, 'what has changed since', versionIs('1.17.0'));
    await waitFor('every source to recover', PATIENCE_MS, async () =>
      store.status().every(({ lastError }) => !lastError) ? true : undefined,
    );
    const lines = store.log.slice(logged);
    for (const source of ['terway', 'kube-proxy', 'nodes', 'node-probe']) {
      const own = lines.filter((line) => line.source === source);
      const unreached = own.filter(({ reason }) => /^(ECONN|Timeout|Silent)/.test(reason ?? ''));
      t.equal(unreached.length, 1, `${source} is logged once as out of reach`);
      t.same(own.map(({ level }) => level).slice(-1), ['info'], `and ${source} as back`);
    }
  });

  await t.test('a right that is missing is named, and the rest is learnt', async (t) => {
    // In the midst of a rollout Terway's pods are of interest too, and with a pod of the probe what
    // its pods must be like.
    await reportTerway(plane, 3, 1, 'terway');
    await probeNode(plane, 'node-a', { portmap: 'v1.7.1' });
    for (const [resource, verb, expected] of MISSING) {
      const user = `without-${verb}-${resource}`;
      const limited = follow(await userWith(plane, user, rightsWithout(resource, verb)));
      const failures = () =>
        Object.fromEntries(
          limited.status().flatMap(({ source, lastError }) => {
            return lastError ? [[source, lastError.message]] : [];
          }),
        );
      // What RBAC has just been told takes a moment to be in force.
      await waitFor(`${verb} ${resource} to be missing`, PATIENCE_MS, async () =>
        isDeepStrictEqual(failures(), expected) ? true : undefined,
      ).catch(() => undefined);
      t.same(failures(), expected, user);
      limited.stop();
    }
    t.same(
      MISSING.map(([resource, verb]) => `${verb} ${resource}`).sort(),
      [
        ...new Set(
          FACTS_RIGHTS.flatMap(({ resource, verbs }) => verbs.map((verb) => `${verb} ${resource}`)),
        ),
      ].sort(),
      'no right was left out',
    );
  });
});
