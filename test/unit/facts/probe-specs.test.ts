import t from 'tap';
import { readProbeSpecs, specText, specsAmong } from '../../../src/facts/probe-specs.ts';
import { ScriptedApi } from './scripted-api.ts';

/** As the chart has it, and as the API server fills it in. */
const SPEC = {
  automountServiceAccountToken: false,
  hostNetwork: true,
  securityContext: { runAsNonRoot: true, runAsUser: 65532 },
  initContainers: [
    {
      name: 'probe',
      image: 'r/guard:1',
      args: ['probe', '--directory', '/host/cni/bin'],
      imagePullPolicy: 'IfNotPresent',
      resources: { requests: { cpu: '10m' } },
      terminationMessagePolicy: 'File',
      volumeMounts: [{ name: 'plugins', mountPath: '/host/cni/bin', readOnly: true }],
    },
  ],
  containers: [{ name: 'pause', image: 'r/pause:1' }],
  volumes: [{ name: 'plugins', hostPath: { path: '/opt/cni/bin', type: 'Directory' } }],
};
const [PROBE] = SPEC.initContainers;
const [PAUSE] = SPEC.containers;

t.test('what admission, the scheduler and the controller fill in does not matter', async (t) => {
  const filled = {
    ...SPEC,
    volumes: [{ hostPath: { type: 'Directory', path: '/opt/cni/bin' }, name: 'plugins' }],
    initContainers: [{ ...PROBE, imagePullPolicy: 'Always', resources: { limits: { cpu: 1 } } }],
    nodeName: 'a',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    imagePullSecrets: [{ name: 'pull' }],
    priority: 2_000_001_000,
    preemptionPolicy: 'PreemptLowerPriority',
    affinity: { nodeAffinity: {} },
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
    schedulerName: 'default-scheduler',
    enableServiceLinks: false,
  };
  t.equal(specText(filled), specText(SPEC));
});

t.test('of many pods each is told, in whatever order their members come', async (t) => {
  const isProbe = specsAmong(new Set([specText(SPEC)]));
  const turned = Object.fromEntries(Object.entries(SPEC).reverse());
  const strangers = Array.from({ length: 50 }, (_, at) => ({
    ...SPEC,
    runtimeClassName: `c${at}`,
  }));
  for (const times of [1, 2]) {
    t.ok(isProbe({ ...SPEC, nodeName: `n${times}` }));
    t.ok(isProbe(turned));
    t.notOk(strangers.some(isProbe));
  }
});

t.test('everything that decides what the containers do does', async (t) => {
  const probe = (more: object) => ({ initContainers: [{ ...PROBE, ...more }] });
  const others: readonly object[] = [
    { hostNetwork: false },
    { hostPID: true },
    { shareProcessNamespace: true },
    { runtimeClassName: 'mine' },
    { securityContext: { runAsUser: 0 } },
    { volumes: [{ name: 'plugins', hostPath: { path: '/tmp', type: 'Directory' } }] },
    { volumes: [...SPEC.volumes, { name: 'more', emptyDir: {} }] },
    { containers: [PAUSE, { name: 'mine', image: 'evil' }] },
    { containers: [{ ...PAUSE, image: 'evil' }] },
    { initContainers: [{ name: 'first', image: 'evil' }, PROBE] },
    { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] },
    probe({ image: 'r/guard:2' }),
    probe({ command: ['sh'] }),
    probe({ args: ['probe', '--directory', '/tmp'] }),
    probe({ env: [{ name: 'NODE_OPTIONS', value: '--require=/tmp/x.js' }] }),
    probe({ volumeMounts: [] }),
    probe({ lifecycle: {} }),
    probe({ terminationMessagePath: '/dev/null' }),
  ];
  for (const other of others) {
    t.not(specText({ ...SPEC, ...other }), specText(SPEC), JSON.stringify(other));
  }
});

const withImage = (image: string) => ({ ...SPEC, containers: [{ ...PAUSE, image }] });

t.test('the specs are that of the DaemonSet, and that of the revision before', async (t) => {
  const api = new ScriptedApi();
  const names = async (...images: readonly string[]) => {
    const specs = await readProbeSpecs(api, 'kube-system');
    t.same([...specs].sort(), images.map((image) => specText(withImage(image))).sort());
  };
  await names();
  const template = (image: string) => ({ spec: { template: { spec: withImage(image) } } });
  api.lists.set('daemonsets/eni-config-guard-node-probe', [
    { metadata: { uid: 'ours' }, ...template('3') },
  ]);
  await names('3');
  const revision = (image: string, number: number, uid = 'ours') => ({
    metadata: { ownerReferences: [{ uid }] },
    revision: number,
    data: template(image),
  });
  const stored = [revision('3', 7), revision('1', 2), revision('2', 5), revision('x', 6, 'other')];
  api.lists.set('controllerrevisions', stored);
  await names('3', '2');
  api.lists.set('controllerrevisions', stored.slice(1));
  await names('3', '2');
  api.lists.set('controllerrevisions', [{ metadata: {}, revision: 9 }]);
  await names('3');
});
