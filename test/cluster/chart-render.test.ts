import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { t } from 'tap';

import { readConfig } from '../../src/config/load.ts';
import { operatorCrds } from './chart-crds.ts';
import { CHART, apply, helmTemplate, render } from './chart.ts';
import type { Manifest, Values } from './chart.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { waitFor } from './controlplane/wait.ts';
import { webhookConfigurations } from './webhooks.ts';

/** Every template with every switch, judged by the real helm and the real API server. */

const CRD_TIMEOUT_MS = 20_000;

/** Each value away from its default, and those that have a say in each other together. */
const CASES: Readonly<Record<string, Values>> = {
  'the defaults': {},
  'the pod network': { hostNetwork: false, networkPolicy: { enabled: true } },
  'one replica': { replicas: 1, maxUnavailable: 1 },
  'other ports': { port: 20443, metricsPort: 20444 },
  'a pinned image': {
    image: {
      repository: 'mirror/eni-config-guard',
      tag: '1.2.3',
      digest: `sha256:${'0a'.repeat(32)}`,
      pullPolicy: 'Always',
      pullSecrets: ['one', 'two'],
    },
  },
  'nothing but judging': {
    mutation: { enabled: false },
    floor: { enabled: false },
    nodeProbe: { enabled: false },
  },
  'static facts': { config: { facts: { source: 'static', terwayVersion: '1.15.2' } } },
  'no rights but the least': {
    config: {
      facts: { source: 'static' },
      breakGlass: { enabled: false },
      audit: { events: false, background: false },
    },
    certificates: { source: 'files', existingSecret: 'mine' },
  },
  'static facts, judged in the background': {
    config: { facts: { source: 'static' }, audit: { background: true, events: true } },
  },
  'cert-manager': { certificates: { source: 'cert-manager' } },
  'own files': { certificates: { source: 'files', existingSecret: 'mine' } },
  'a gate that warns': { config: { restartGate: 'warn' } },
  'a gate that denies': { config: { restartGate: 'deny' } },
  'mode warn': { config: { mode: 'warn' } },
  'mode audit': { config: { mode: 'audit' } },
  'a long drain': { config: { server: { drainSeconds: 62.5 } } },
  'what YAML takes for false': {
    config: {
      restartGate: false,
      defaults: { mode: false, portmap: { externalSetMarkChain: false } },
      rules: { 'plugin-unknown': false, 'conf-changed': 'warn' },
    },
  },
  'defaults taken away': {
    config: { facts: null, restartGate: null, exempt: null, server: null, mode: null },
  },
  'much configuration': {
    config: {
      onUnknownVersion: 'deny',
      firstEntry: 'effective',
      minimumVersions: { 'portmap.masqAll': '1.2.0' },
      exempt: { users: ['a"b\\{{ .Values }}'], groups: ["it's", 'x: y # z'] },
      tls: { minVersion: 'TLSv1.2', caHours: 48, certificateHours: 12 },
      breakGlass: { enabled: true, maxMinutes: 60 },
    },
  },
  monitoring: {
    monitoring: {
      serviceMonitor: { enabled: true, interval: '1m', labels: { release: 'prometheus' } },
      prometheusRule: { enabled: true, labels: { role: 'alert-rules' } },
      dashboard: { enabled: true, labels: { grafana_dashboard: '1' } },
    },
  },
  'placement and tools': {
    priorityClassName: '',
    nodeSelector: { pool: 'system' },
    podAnnotations: { 'example.com/note': 'true' },
    podLabels: { team: 'network' },
    resources: { requests: { cpu: 1, memory: '64Mi' } },
    nodeProbe: { directory: '/home/kubernetes/bin', pauseImage: 'mirror/pause:3.9' },
  },
  'a part of another chart': { global: { imageRegistry: 'unused' } },
};

t.test('the chart', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const chart = await withContent(plane);
  await plane.kubectl(['create', 'namespace', 'network']);
  await installCrds(plane);

  await t.test('passes the linter', async (t) => {
    const { code, stdout } = await plane.helm(['lint', '--strict', chart]);
    t.equal(code, 0, stdout);
  });

  for (const [name, values] of Object.entries(CASES)) {
    // Elsewhere than in kube-system the rights part into two Roles.
    for (const namespace of name === 'the defaults' ? ['kube-system', 'network'] : ['network']) {
      await t.test(`with ${name} in ${namespace}`, async (t) => {
        const objects = await render(plane, values, { chart, namespace });
        await apply(plane, objects, ['--dry-run=server']);
        const keys = objects.map(
          ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`,
        );
        t.equal(new Set(keys).size, keys.length, 'no two objects of one name');
        t.notMatch(JSON.stringify(objects), /caBundle|genCA/);
        t.same(
          keys.filter((key) => !/ eni-config-guard(-[a-z-]+)?$/.test(key)),
          [],
        );

        const config = find(objects, 'ConfigMap');
        t.equal(config.metadata.namespace, namespace);
        const text = (config.data as Record<string, string>)['config.yaml'] ?? '';
        t.doesNotThrow(() => readConfig(text, 'config.yaml'), text);
      });
    }
  }

  await t.test('renders the same each time', async (t) => {
    const [one, other] = await Promise.all(
      [0, 1].map(async () => helmTemplate(plane, CASES['much configuration'])),
    );
    t.same(one, other);
  });

  await t.test('runs restricted pods, but for what they need of the host', async (t) => {
    const pods = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const labels = { 'pod-security.kubernetes.io/warn': 'restricted' };
    const strict = pods('strict');
    await apply(plane, [{ ...strict, metadata: { ...strict.metadata, labels } }]);
    const violations = async (values: Values) => {
      const objects = await render(plane, values, { namespace: 'strict' });
      const { stderr } = await apply(plane, objects, ['--dry-run=server']);
      const found = [...stderr.matchAll(/would violate PodSecurity "restricted:latest": (.*)/g)];
      return [
        ...new Set(found.flatMap(([, list = '']) => list.replace(/\([^)]*\)/g, '').split(', '))),
      ];
    };
    t.same((await violations({})).map((name) => name.trim()).sort(), [
      'host namespaces',
      'restricted volume types',
    ]);
    t.same(await violations({ hostNetwork: false, nodeProbe: { enabled: false } }), []);
  });

  await t.test('hands the configuration on as it was meant', async (t) => {
    const config = async (values: Values) => {
      const { data } = find(await render(plane, values), 'ConfigMap');
      return readConfig((data as Record<string, string>)['config.yaml'] ?? '', 'config.yaml');
    };
    const plain = await config({});
    t.match(plain, {
      facts: { source: 'cluster' },
      tls: { source: 'self-signed', names: ['eni-config-guard.kube-system.svc'] },
      server: { metricsPort: 18444 },
      restartGate: 'off',
      audit: { events: true, background: true },
      breakGlass: { enabled: true },
    });
    const off = await config(CASES['what YAML takes for false'] ?? {});
    t.equal(off.policy.rules.get('plugin-unknown'), 'off');
    t.match(off, { restartGate: 'off', defaults: { mode: 'off' } });
    const bare = await config(CASES['defaults taken away'] ?? {});
    t.match(bare, { facts: { source: 'static' }, audit: { events: false }, restartGate: 'off' });
    const hostile = await config(CASES['much configuration'] ?? {});
    t.ok(hostile.policy.exempt.users.has('a"b\\{{ .Values }}'));
    t.ok(hostile.policy.exempt.groups.has('x: y # z'));
  });

  await t.test('registers the webhooks that the tests of the guard register', async (t) => {
    const wanted = webhookConfigurations({ url: '', ca: '' });
    const objects = await render(plane, {});
    for (const [kind, { webhooks }] of [
      ['ValidatingWebhookConfiguration', wanted.validating],
      ['MutatingWebhookConfiguration', wanted.mutating],
    ] as const) {
      const path = kind.startsWith('V') ? '/validate' : '/mutate';
      const service = { name: 'eni-config-guard', namespace: 'kube-system', path, port: 443 };
      // The guard writes Events of denials, and not those of a dry run.
      const sideEffects = kind.startsWith('V') ? 'NoneOnDryRun' : 'None';
      t.same(find(objects, kind).webhooks, [
        { ...webhooks[0], clientConfig: { service }, sideEffects },
      ]);
    }
  });

  await t.test('closes nothing where nothing is to be refused', async (t) => {
    for (const [mode, policy] of [
      ['enforce', 'Fail'],
      ['warn', 'Ignore'],
      ['audit', 'Ignore'],
    ] as const) {
      const objects = await render(plane, { config: { mode, restartGate: 'deny' } });
      const { webhooks } = find(objects, 'ValidatingWebhookConfiguration');
      t.match(webhooks, [{ failurePolicy: policy }, { failurePolicy: 'Ignore' }], `mode ${mode}`);
    }
  });

  await t.test('probes the nodes only for a guard that asks', async (t) => {
    const kinds = async (values: Values) => (await render(plane, values)).map(({ kind }) => kind);
    t.ok((await kinds({})).includes('DaemonSet'));
    t.notOk((await kinds({ config: { facts: { source: 'static' } } })).includes('DaemonSet'));
    t.notOk((await kinds({ nodeProbe: { enabled: false } })).includes('DaemonSet'));
  });

  await t.test('gives a pod longer to end than it drains', async (t) => {
    const objects = await render(plane, { config: { server: { drainSeconds: 62.5 } } });
    t.match(find(objects, 'Deployment').spec, {
      template: { spec: { terminationGracePeriodSeconds: 73 } },
    });
  });

  await t.test('rolls the pods when the configuration changes, and only then', async (t) => {
    const checksum = async (values: Values) => {
      const { spec } = find(await render(plane, values), 'Deployment') as Manifest & {
        spec: { template: Manifest };
      };
      return spec.template.metadata.annotations?.['checksum/config'];
    };
    const plain = await checksum({});
    t.equal(await checksum({ podLabels: { team: 'network' } }), plain);
    t.not(await checksum({ config: { mode: 'warn' } }), plain);
  });

  await t.test('gives rights to features that are on, by name where that can be', async (t) => {
    for (const [name, namespace] of [
      ['the defaults', 'kube-system'],
      ['the defaults', 'network'],
      ['no rights but the least', 'network'],
      ['static facts', 'kube-system'],
      ['defaults taken away', 'kube-system'],
      ['cert-manager', 'network'],
    ] as const) {
      const objects = await render(plane, CASES[name] ?? {}, { namespace });
      const roles = objects.filter(
        ({ kind, metadata }) => kind.endsWith('Role') && metadata.name === 'eni-config-guard',
      );
      t.same(roles.flatMap(rightsOf).sort(), RIGHTS[`${name} in ${namespace}`], name);
    }
  });

  for (const [name, values, complaint] of [
    ['an unknown value', { replica: 3 }, /replica/],
    ['an unknown value inside', { nodeProbe: { image: 'x' } }, /image/],
    ['an unknown key of the guard', { config: { moed: 'warn' } }, /moed/],
    ['a mode that is none', { config: { mode: 'block' } }, /mode/],
    ['an unknown rule', { config: { rules: { 'no-such-rule': 'off' } } }, /no-such-rule/],
    ['what the chart decides', { config: { tls: { source: 'files' } } }, /source/],
    ['a port of the guard', { config: { server: { metricsPort: 1 } } }, /metricsPort/],
    [
      'a version that YAML made a number of',
      { config: { facts: { terwayVersion: 1.1 } } },
      /string/,
    ],
    ['no replica', { replicas: 0 }, /minimum|less|greater/],
    ['a relative directory', { nodeProbe: { directory: 'opt' } }, /directory/],
    ['files of nobody', { certificates: { source: 'files' } }, /existingSecret must name a Secret/],
  ] as const) {
    await t.test(`refuses ${name}`, async (t) => {
      t.match(await helmTemplate(plane, values), { code: 1, stderr: complaint });
    });
  }

  await t.test('refuses a Kubernetes that is too old, and takes one of ACK', async (t) => {
    for (const [version, code] of [
      ['v1.29.9', 1],
      ['v1.30.0-aliyun.1', 0],
      ['v1.34.1-aliyun.1', 0],
    ] as const) {
      const output = await helmTemplate(plane, {}, { flags: [`--kube-version=${version}`] });
      t.equal(output.code, code, `${version} ${output.stderr}`);
    }
  });

  await t.test('has a floor only where the API serves one', async (t) => {
    const kinds = async (...apis: string[]) => {
      const flags = apis.flatMap((api) => ['--api-versions', api]);
      return (await render(plane, {}, { flags })).map(({ kind }) => kind);
    };
    const policy = 'ValidatingAdmissionPolicy';
    t.ok((await kinds()).includes(policy), 'nothing known');
    t.notOk((await kinds('v1/ConfigMap')).includes(policy), 'not served');
    const served = ['v1/ConfigMap', `admissionregistration.k8s.io/v1/${policy}`];
    t.ok((await kinds(...served)).includes(policy), 'served');
  });

  await t.test('has the removal of its webhooks only with a cluster to remove them', async (t) => {
    const hooks = (objects: readonly Manifest[]) =>
      objects.filter((o) => o.metadata.annotations?.['helm.sh/hook'] === 'pre-delete');
    t.same(hooks(await render(plane, {})), []);
    const live = await render(plane, {}, { flags: ['--dry-run=server'] });
    t.equal(hooks(live).length, 2);
  });
});

/** `verb,verb resource [names]`, one for every rule of a Role. */
function rightsOf({ kind, metadata, rules }: Manifest): string[] {
  interface Rule {
    readonly verbs: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
  }
  const where = kind === 'Role' ? (metadata.namespace ?? '') : 'cluster';
  return (rules as readonly Rule[]).map(({ verbs, resources, resourceNames }) =>
    [where, verbs.join(), resources.join(), resourceNames?.join() ?? '*'].join(' '),
  );
}

const WEBHOOKS = 'validatingwebhookconfigurations,mutatingwebhookconfigurations eni-config-guard';
const IN_KUBE_SYSTEM = [
  'kube-system create,patch events *',
  'kube-system get,list,watch configmaps eni-config,kube-proxy,kube-proxy-worker',
  'kube-system get,list,watch daemonsets terway-eniip,terway-eni,terway',
  'kube-system list pods *',
];
const secretsOf = (namespace: string) => [
  `${namespace} create secrets *`,
  `${namespace} get,list,watch,update,patch secrets eni-config-guard-ca`,
];
const WRITE_CA_BUNDLE = `cluster get,list,watch,patch ${WEBHOOKS}`;
const ASK_FOR_BYPASS = 'cluster create subjectaccessreviews *';
const LIST_NODES = 'cluster list nodes *';
const WITHOUT_FACTS = [ASK_FOR_BYPASS, WRITE_CA_BUNDLE, ...secretsOf('kube-system')].sort();
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  'the defaults in kube-system': [
    ASK_FOR_BYPASS,
    WRITE_CA_BUNDLE,
    LIST_NODES,
    ...IN_KUBE_SYSTEM,
    ...secretsOf('kube-system'),
  ].sort(),
  'the defaults in network': [
    ASK_FOR_BYPASS,
    WRITE_CA_BUNDLE,
    LIST_NODES,
    ...IN_KUBE_SYSTEM,
    'network list pods *',
    ...secretsOf('network'),
  ].sort(),
  'no rights but the least in network': [WRITE_CA_BUNDLE],
  'static facts in kube-system': WITHOUT_FACTS,
  'defaults taken away in kube-system': WITHOUT_FACTS,
  'cert-manager in network': [
    ASK_FOR_BYPASS,
    LIST_NODES,
    `cluster get,list,watch ${WEBHOOKS}`,
    ...IN_KUBE_SYSTEM,
    'network list pods *',
  ].sort(),
};

function find(objects: readonly Manifest[], kind: string): Manifest {
  const found = objects.find(
    (object) => object.kind === kind && object.metadata.name === 'eni-config-guard',
  );
  if (found === undefined) throw new Error(`no ${kind} among ${objects.map((o) => o.kind).join()}`);
  return found;
}

/** The chart with something to put into PrometheusRule and dashboard where it has nothing yet. */
async function withContent(plane: ControlPlane): Promise<string> {
  const chart = join(await mkdtemp(join(plane.dir, 'chart-')), 'eni-config-guard');
  await cp(CHART, chart, { recursive: true });
  const content = {
    'alerts.yaml':
      'groups:\n  - name: guard\n    rules:\n      - alert: A\n        expr: up == 0\n',
    'dashboard.json': '{"title": "{{ guard }}"}\n',
  };
  await mkdir(join(chart, 'files'), { recursive: true });
  for (const [name, text] of Object.entries(content)) {
    const file = join(chart, 'files', name);
    if (!existsSync(file)) await writeFile(file, text);
  }
  return chart;
}

async function installCrds(plane: ControlPlane): Promise<void> {
  for (const crd of await operatorCrds()) {
    const { code, stderr } = await plane.kubectl(['create', '-f', '-'], {
      stdin: JSON.stringify(crd),
    });
    if (code !== 0) throw new Error(stderr);
  }
  await waitFor("the operators' kinds to be served", CRD_TIMEOUT_MS, async () => {
    const output = await plane.kubectl([
      'get',
      'servicemonitors,prometheusrules,certificates,issuers',
    ]);
    return output.code === 0 ? true : undefined;
  });
}
