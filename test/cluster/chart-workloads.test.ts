import { t } from 'tap';

import { find, render } from './chart.ts';
import type { Manifest, Values } from './chart.ts';
import { startControlPlane } from './controlplane/start.ts';

/** What the chart makes of pods: where they run, what they may do, how they end. */

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly resources: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
  readonly securityContext: unknown;
  readonly volumeMounts?: readonly { readonly name: string; readonly readOnly?: boolean }[];
  readonly [part: string]: unknown;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly [part: string]: unknown;
}

interface Workload {
  readonly replicas?: number;
  readonly template: { readonly spec: PodSpec };
  readonly [part: string]: unknown;
}

const SELECTOR = {
  'app.kubernetes.io/name': 'eni-config-guard',
  'app.kubernetes.io/component': 'webhook',
};
const IN_POD_NETWORK = { hostNetwork: false, networkPolicy: { enabled: true } };
const EVERY_TAINT = { operator: 'Exists' };
const matchLabels = SELECTOR;
const realLinuxNodes = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [
      {
        matchExpressions: [
          { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
          { key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] },
        ],
      },
    ],
  },
};
const perZone = {
  topologyKey: 'topology.kubernetes.io/zone',
  maxSkew: 1,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels },
};
const probe = (path: string, timing: object) => ({
  httpGet: { host: '127.0.0.1', port: 'probes', path },
  ...timing,
});

/** What the webhook pods must be like: what, with which values, where in the spec, how. */
const DEPLOYMENT: readonly [string, Values, (spec: Workload) => unknown, unknown][] = [
  ['two replicas', {}, ({ replicas }) => replicas, 2],
  [
    'a rollout that starts the new pod first',
    {},
    ({ strategy }) => strategy,
    { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  ],
  ["the node's network", {}, pod('hostNetwork'), true],
  ["the cluster's names in there", {}, pod('dnsPolicy'), 'ClusterFirstWithHostNet'],
  ['the pod network on demand', IN_POD_NETWORK, pod('hostNetwork'), false],
  ['its names', IN_POD_NETWORK, pod('dnsPolicy'), 'ClusterFirst'],
  [
    'no two on a node with the same port',
    {},
    pod('affinity'),
    {
      nodeAffinity: realLinuxNodes,
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } },
        ],
      },
    },
  ],
  ['zones apart', {}, pod('topologySpreadConstraints'), [perZone]],
  [
    'nodes apart in the pod network, rollouts too',
    IN_POD_NETWORK,
    pod('topologySpreadConstraints'),
    [
      perZone,
      {
        topologyKey: 'kubernetes.io/hostname',
        maxSkew: 1,
        whenUnsatisfiable: 'DoNotSchedule',
        matchLabelKeys: ['pod-template-hash'],
        labelSelector: { matchLabels },
      },
    ],
  ],
  ['real Linux nodes there', IN_POD_NETWORK, pod('affinity'), { nodeAffinity: realLinuxNodes }],
  [
    'no taint in the way, and no wait for a lost node',
    {},
    pod('tolerations'),
    [
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 60,
      },
      EVERY_TAINT,
    ],
  ],
  ['the last to be evicted', {}, pod('priorityClassName'), 'system-cluster-critical'],
  ['no class where none is wanted', { priorityClassName: '' }, pod('priorityClassName'), undefined],
  ['a token', {}, pod('automountServiceAccountToken'), true],
  ['time to drain', {}, pod('terminationGracePeriodSeconds'), 20],
  // The program itself drains on SIGTERM; a shell to sleep in is not in the image.
  ['no hook before its end', {}, guard('lifecycle'), undefined],
  [
    'a port of its own',
    {},
    guard('ports'),
    [
      { name: 'https', containerPort: 18443 },
      { name: 'metrics', containerPort: 18444 },
      { name: 'probes', containerPort: 18445 },
    ],
  ],
  [
    'a minute to start',
    {},
    guard('startupProbe'),
    probe('/livez', { periodSeconds: 1, failureThreshold: 60 }),
  ],
  [
    'patience with a busy one',
    {},
    guard('livenessProbe'),
    probe('/livez', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
  ],
  [
    'calls only when ready',
    {},
    guard('readinessProbe'),
    probe('/readyz', { periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 2 }),
  ],
  [
    "probes at the pod's address in the pod network",
    IN_POD_NETWORK,
    guard('livenessProbe'),
    {
      httpGet: { port: 'probes', path: '/livez' },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
  ],
  [
    'memory bounded, CPU not',
    {},
    guard('resources'),
    { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '384Mi' } },
  ],
];

/** What the pod that keeps the trust must be like. */
const TRUST: readonly [string, (spec: Workload) => unknown, unknown][] = [
  [
    'one, and never two by intention',
    ({ replicas, strategy }) => [replicas, strategy],
    [1, { type: 'Recreate' }],
  ],
  ["the node's network", pod('hostNetwork'), true],
  ['every taint tolerated', pod('tolerations'), [EVERY_TAINT]],
  ['only real Linux nodes', pod('affinity'), { nodeAffinity: realLinuxNodes }],
  ['an account of its own', pod('serviceAccountName'), 'eni-config-guard-trust'],
  ['a token', pod('automountServiceAccountToken'), true],
  ['no port', ({ template }) => template.spec.containers.map(({ ports }) => ports), [undefined]],
  [
    'memory bounded, CPU not',
    ({ template }) => template.spec.containers.map(({ resources }) => resources),
    [{ requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } }],
  ],
];

/** What the node probe must be like. */
const DAEMON_SET: readonly [string, (spec: Workload) => unknown, unknown][] = [
  [
    'a rollout on all nodes at once',
    ({ updateStrategy }) => updateStrategy,
    { rollingUpdate: { maxUnavailable: '100%' } },
  ],
  ['no token', pod('automountServiceAccountToken'), false],
  ['no service account of the guard', pod('serviceAccountName'), undefined],
  ["the node's network", pod('hostNetwork'), true],
  ['every taint tolerated', pod('tolerations'), [EVERY_TAINT]],
  ['only real Linux nodes', pod('affinity'), { nodeAffinity: realLinuxNodes }],
  ['the last to be evicted', pod('priorityClassName'), 'system-cluster-critical'],
  [
    'of the node only the plugins',
    pod('volumes'),
    [{ name: 'plugins', hostPath: { path: '/opt/cni/bin', type: 'Directory' } }],
  ],
  [
    'no way to write there',
    ({ template }) => template.spec.initContainers?.map(({ volumeMounts }) => volumeMounts),
    [[{ name: 'plugins', mountPath: '/host/cni/bin', readOnly: true }]],
  ],
  [
    'no CPU limit',
    ({ template }) => containersOf(template.spec).map(({ resources }) => resources.limits.cpu),
    [undefined, undefined],
  ],
];

t.test('the chart', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const spec = async (kind: string, values: Values = {}) =>
    find(await render(plane, values), kind).spec;

  await t.test('gives the webhook pods', async (t) => {
    for (const [what, values, actual, expected] of DEPLOYMENT) {
      t.same(actual((await spec('Deployment', values)) as Workload), expected, what);
    }
  });

  await t.test('lets them listen where the values say', async (t) => {
    const { template } = (await spec('Deployment', { port: 20443 })) as Workload;
    const [container] = template.spec.containers;
    t.same(container?.args?.slice(-2), ['--port', '20443']);
    t.match(container?.ports, [{ name: 'https', containerPort: 20443 }]);
    t.match(await spec('Service', { port: 20443 }), {
      ports: [{ port: 443, targetPort: 'https' }, {}],
    });
  });

  await t.test('gives what keeps the trust', async (t) => {
    const named = (objects: readonly Manifest[]) =>
      objects.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'eni-config-guard-trust',
      )?.spec as Workload | undefined;
    const trust = named(await render(plane));
    for (const [what, actual, expected] of TRUST) t.same(actual(trust!), expected, what);
    const certificates = { source: 'files', existingSecret: 'mine' };
    const ofFiles = named(await render(plane, { certificates }));
    t.match(ofFiles?.template.spec.volumes, [
      {},
      { secret: { secretName: 'mine', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ]);
    const managed = await render(plane, { certificates: { source: 'cert-manager' } });
    t.equal(named(managed), undefined, 'cert-manager keeps it by itself');
    const guarding = ((await spec('Deployment')) as Workload).template.spec;
    t.equal(guarding.serviceAccountName, 'eni-config-guard');
  });

  await t.test('gives the node probe', async (t) => {
    const objects = await render(plane);
    const daemonSet = objects.find(({ kind }) => kind === 'DaemonSet');
    for (const [what, actual, expected] of DAEMON_SET) {
      t.same(actual(daemonSet?.spec as Workload), expected, what);
    }
  });

  await t.test('restricts every pod and container', async (t) => {
    const pods = (await render(plane)).flatMap(podOf);
    t.equal(pods.length, 4, 'webhook, trust, node probe, test');
    for (const { securityContext, ...pod } of pods) {
      t.same(securityContext, {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        fsGroup: 65532,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of containersOf(pod)) {
        t.same(
          container.securityContext,
          {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          container.name,
        );
      }
    }
  });

  await t.test('lets nodes be drained one by one', async (t) => {
    t.same(await spec('PodDisruptionBudget'), {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels },
    });
  });

  await t.test('lets the network policy pass the two ports and the API server', async (t) => {
    t.same(await spec('NetworkPolicy', IN_POD_NETWORK), {
      podSelector: { matchLabels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: 'https' }, { port: 'metrics' }] }],
      egress: [{ ports: [{ port: 443 }, { port: 6443 }] }],
    });
    const policies = (await render(plane, IN_POD_NETWORK)).filter(
      ({ kind }) => kind === 'NetworkPolicy',
    );
    t.match(policies[1]?.spec, {
      podSelector: { matchLabels: { 'app.kubernetes.io/component': 'trust' } },
      ingress: undefined,
      egress: [{ ports: [{ port: 443 }, { port: 6443 }] }],
    });
    t.notOk(
      (await render(plane)).some(({ kind }) => kind === 'NetworkPolicy'),
      'off by default',
    );
  });
});

/** What a pod's spec has under this key. */
function pod(key: string): (spec: Workload) => unknown {
  return ({ template }) => template.spec[key];
}

/** What the guard's container has under this key. */
function guard(key: string): (spec: Workload) => unknown {
  return ({ template }) => template.spec.containers.find(({ name }) => name === 'guard')?.[key];
}

function podOf({ kind, spec }: Manifest): PodSpec[] {
  if (kind === 'Pod') return [spec as PodSpec];
  return kind === 'Deployment' || kind === 'DaemonSet' ? [(spec as Workload).template.spec] : [];
}

function containersOf({ containers, initContainers = [] }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers];
}
