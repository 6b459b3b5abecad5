import { isDeepStrictEqual } from 'node:util';
import { t } from 'tap';
import { type ProbePod, type SeenProbe, probeList } from '../../src/facts/probe-pods.ts';
import { followFacts } from '../../src/facts/store.ts';
import { connect } from '../../src/kube/api.ts';
import { pagesOf } from '../../src/kube/pages.ts';
import { denialsIn } from '../../src/engine/core/decide.ts';
import { type Facts, NO_FACTS } from '../../src/engine/core/facts.ts';
import { encodeProbeResult } from '../../src/probe/result.ts';
import { configMap } from '../support/changes.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { verdictOn } from '../support/verdicts.ts';
import { waitFor } from '../support/wait.ts';
import { apply, render } from './chart.ts';
import { PROBE_LABELS, applyNode, reportProbe } from './cluster-contents.ts';
import { findOrBuildControllerManager } from './controlplane/binaries.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { keepLines } from '../support/kept-lines.ts';
import { controllerManagerOf } from './lab/controllers.ts';
import { FACTS_RIGHTS, userWith } from './rights.ts';

/**
 * Pods that claim to be the node probe's, in front of a real kube-controller-manager, which makes the
 * honest ones and adopts the others. No kubelet runs here: the test writes what kubelets report.
 */

const PATIENCE_MS = 60_000;
const PODS = '/api/v1/namespaces/kube-system/pods';
const NODES = ['n1', 'n2', 'n3'];
const FAR_FUTURE = '9999-12-31T23:59:59Z';

const resultOf = (version: string, more = '') =>
  encodeProbeResult({
    binaries: new Map([['portmap', { version }], ...(more === '' ? [] : [[more, {}] as const])]),
  });

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly ownerReferences?: readonly { readonly kind: string }[];
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly affinity?: {
      readonly nodeAffinity: {
        readonly requiredDuringSchedulingIgnoredDuringExecution: {
          readonly nodeSelectorTerms: readonly {
            readonly matchFields: readonly { readonly values: readonly [string] }[];
          }[];
        };
      };
    };
  };
}

async function call<T>(plane: ControlPlane, method: 'GET' | 'POST', path: string, body?: object) {
  const response = await plane.raw(method, path, body);
  if (response.status >= 300) throw new Error(`${response.status} ${response.body}`);
  return JSON.parse(response.body) as T;
}

const podsIn = async (plane: ControlPlane) =>
  (await call<{ readonly items: readonly Pod[] }>(plane, 'GET', PODS)).items;

/** The node that the DaemonSet controller made the pod for. */
const nodeOf = ({ spec }: Pod) =>
  spec.affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]
    ?.matchFields[0]?.values[0];

/** A pod of the controller for each node, bound to it as the scheduler does. */
async function honestPods(plane: ControlPlane): Promise<readonly Pod[]> {
  const pods = await waitFor('the controller to make its pods', PATIENCE_MS, async () => {
    const made = (await podsIn(plane)).filter((pod) => nodeOf(pod) !== undefined);
    return made.length === NODES.length ? made : undefined;
  });
  for (const pod of pods) {
    const { name } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name: nodeOf(pod) };
    await call(plane, 'POST', `${PODS}/${name}/binding`, { metadata: { name }, target });
  }
  return pods;
}

/** Makes a pod with the labels of the probe on a node, and says of it what it did not find. */
async function forge(plane: ControlPlane, name: string, node: string, message: string) {
  const [honest] = await podsIn(plane);
  const container = { image: 'registry.example.com/evil:1' };
  await call(plane, 'POST', PODS, {
    metadata: { name, labels: { ...honest?.metadata.labels, ...PROBE_LABELS } },
    spec: {
      nodeName: node,
      hostNetwork: true,
      automountServiceAccountToken: false,
      initContainers: [{ name: 'probe', ...container }],
      containers: [{ name: 'pause', ...container }],
    },
  });
  await reportProbe(plane, name, message, FAR_FUTURE);
}

t.test('forged results of the node probe change no verdict', async (t) => {
  const plane = await startControlPlane({
    hasNodes: true,
    apiServerFlags: ['--endpoint-reconciler-type=none'],
  });
  t.teardown(() => plane.stop());
  // Pods are bound by hand: nodes without a kubelet have no room for any.
  const program = await findOrBuildControllerManager(plane.binaries.version);
  const manager = await controllerManagerOf(plane, program);
  manager.start();
  t.teardown(() => manager.stop());
  await waitFor('the service account that pods need', PATIENCE_MS, async () => {
    const { status } = await plane.raw(
      'GET',
      '/api/v1/namespaces/kube-system/serviceaccounts/default',
    );
    return status === 200 ? true : undefined;
  });
  for (const node of NODES) await applyNode(plane, node);
  const objects = await render(plane, { image: { repository: 'registry.example.com/guard' } });
  const probe = objects.find(({ metadata }) => metadata.name === 'eni-config-guard-node-probe');
  await apply(plane, [probe]);

  const api = connect({ kubeconfig: await userWith(plane, 'guard', FACTS_RIGHTS) });
  const store = followFacts({
    api,
    log: keepLines().log,
    namespace: 'kube-system',
    configured: NO_FACTS,
    refreshSeconds: 1,
    staleAfterSeconds: 600,
  });
  t.teardown(() => store.stop());
  const spread = ({ plugins }: Facts) => plugins.get('portmap')?.spread;
  const groupsOf = (found: ReturnType<typeof spread>) =>
    found?.versions.map(({ version, nodes }) => [version.normal, nodes.count]);
  /** What is refused of a chain that portmap takes from 1.6.0 on. */
  const refused = () => {
    const chain = conflist([VETH_CONF, { ...PORTMAP, masqAll: true }]);
    const write = {
      operation: 'UPDATE',
      old: configMap(BASE_VETH),
      new: configMap(withConflist(BASE_VETH, chain)),
    } as const;
    return denialsIn(verdictOn(write, store.facts())).map(({ rule }) => rule);
  };
  const gap = (count: number) =>
    waitFor(`${count} pods that do not count`, PATIENCE_MS, async () =>
      store.gaps().some((text) => text.startsWith(`${count} pod`)) ? true : undefined,
    );

  const honest = await honestPods(plane);
  for (const { metadata } of honest) {
    await reportProbe(plane, metadata.name, resultOf('v1.5.1'), '2026-03-04T05:06:07Z');
  }
  await waitFor('the honest results', PATIENCE_MS, async () =>
    isDeepStrictEqual(groupsOf(spread(store.facts())), [['1.5.1', 3]]) ? true : undefined,
  );
  const before = { spread: spread(store.facts()), refused: refused() };
  t.match(before, { spread: { total: 3, unknown: { count: 0 } }, refused: ['field-version'] });

  await t.test('pods of one DaemonSet have one digest', async (t) => {
    const pods: SeenProbe[] = [];
    for await (const page of pagesOf<ProbePod, SeenProbe>(api, probeList('kube-system')))
      pods.push(...page);
    t.same(pods.map(({ spec }) => spec?.nodeName).sort(), NODES);
    t.equal(new Set(pods.map(({ spec }) => spec?.digest)).size, 1);
    t.ok(pods[0]?.spec?.digest, 'they are read in protobuf');
  });

  await t.test('of pods that the controller adopts, one on every node', async (t) => {
    for (const node of NODES) await forge(plane, `forged-${node}`, node, resultOf('v9.9.9'));
    await waitFor('the controller to adopt them', PATIENCE_MS, async () => {
      const forged = (await podsIn(plane)).filter(({ metadata }) =>
        metadata.name.startsWith('forged'),
      );
      return forged.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'DaemonSet')
        ? true
        : undefined;
    });
    await gap(3);
    t.same({ spread: spread(store.facts()), refused: refused() }, before);
  });

  await t.test('of pods that all say something else, or name an old release', async (t) => {
    for (let index = 0; index < 20; index += 1) {
      await forge(plane, `many-${index}`, 'n1', resultOf('v0.0.1', `a${index}`));
    }
    await gap(23);
    t.same({ spread: spread(store.facts()), refused: refused() }, before);
  });

  await t.test('of a kubelet that lies: only its own node changes', async (t) => {
    const liar = honest.find((pod) => nodeOf(pod) === 'n1');
    await reportProbe(plane, liar!.metadata.name, resultOf('v9.9.9'), FAR_FUTURE);
    await waitFor('what it says', PATIENCE_MS, async () =>
      spread(store.facts())?.versions.length === 2 ? true : undefined,
    );
    t.match(spread(store.facts()), {
      versions: [{ nodes: { names: ['n2', 'n3'] } }, { nodes: { names: ['n1'] } }],
    });
    t.same(refused(), before.refused);
    t.ok((store.facts().binaries?.learntAt ?? Infinity) <= Date.now(), 'and no time is to come');
  });

  await t.test('while the DaemonSet is upgraded, pods of the former revision count', async (t) => {
    const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/eni-config-guard-node-probe';
    const spec = {
      template: {
        spec: { initContainers: [{ name: 'probe', image: 'registry.example.com/guard:2' }] },
      },
    };
    const type = 'application/strategic-merge-patch+json';
    const strategy = { updateStrategy: { type: 'OnDelete', rollingUpdate: null } };
    t.equal((await plane.raw('PATCH', path, { spec: { ...spec, ...strategy } }, type)).status, 200);
    await waitFor('the controller to have written the revision down', PATIENCE_MS, async () => {
      const { body } = await plane.raw(
        'GET',
        '/apis/apps/v1/namespaces/kube-system/controllerrevisions',
      );
      return (JSON.parse(body) as { readonly items: readonly unknown[] }).items.length === 2
        ? true
        : undefined;
    });
    const learnt = store.status().find(({ source }) => source === 'node-probe')?.lastSuccess ?? 0;
    await waitFor('another look', PATIENCE_MS, async () =>
      (store.status().find(({ source }) => source === 'node-probe')?.lastSuccess ?? 0) >
      learnt + 2000
        ? true
        : undefined,
    );
    t.match(spread(store.facts()), { total: 3, unknown: { count: 0 } });
    t.same(refused(), before.refused);
  });
});
