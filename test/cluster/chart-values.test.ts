import { t } from 'tap';

import { digestOf } from '../../src/config/digest.ts';
import { readConfig } from '../../src/config/load.ts';
import { CASES } from './chart-cases.ts';
import { find, helmTemplate, render } from './chart.ts';
import type { Manifest, Values } from './chart.ts';
import { startControlPlane } from './controlplane/start.ts';
import { webhookConfigurations } from './webhooks.ts';

/** What the chart makes of its values, and which it refuses. */

t.test('the chart', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());

  await t.test('hands the configuration on as it was meant', async (t) => {
    const config = async (values: Values) => {
      const { data } = find(await render(plane, values), 'ConfigMap');
      return readConfig((data as Record<string, string>)['config.yaml'] ?? '', 'config.yaml');
    };
    const plain = await config({});
    t.match(plain, {
      facts: { source: 'cluster' },
      tls: { source: 'self-signed', names: ['eni-config-guard.kube-system.svc'] },
      server: { metricsPort: 18444, probePort: 18445, probeHost: '127.0.0.1' },
      restartGate: 'warn',
      audit: { events: true, background: true },
      breakGlass: { enabled: true },
    });
    const off = await config(CASES['what YAML takes for false'] ?? {});
    t.equal(off.policy.rules.get('plugin-unknown'), 'off');
    t.match(off, { restartGate: 'off', defaults: { mode: 'off' } });
    const bare = await config(CASES['defaults taken away'] ?? {});
    t.match(bare, { facts: { source: 'static' }, audit: { events: false }, restartGate: 'warn' });
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
      const sideEffects = 'NoneOnDryRun';
      const [registered] = find(objects, kind).webhooks as readonly unknown[];
      t.same(registered, { ...webhooks[0], clientConfig: { service }, sideEffects });
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
      const others = [{ failurePolicy: 'Ignore' }, { failurePolicy: 'Ignore' }];
      t.match(webhooks, [{ failurePolicy: policy }, ...others], `mode ${mode}`);
      const closed = await render(plane, { config: { mode }, overlays: { failurePolicy: 'Fail' } });
      const [, , overlays] = find(closed, 'ValidatingWebhookConfiguration')
        .webhooks as readonly unknown[];
      t.match(overlays, { failurePolicy: policy }, `overlays in mode ${mode}`);
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
    const digest = async (values: Values) => {
      const { spec } = find(await render(plane, values), 'Deployment') as Manifest & {
        spec: { template: { spec: { containers: readonly { args: readonly string[] }[] } } };
      };
      const [container] = spec.template.spec.containers;
      return container?.args[container.args.indexOf('--config-digest') + 1];
    };
    const plain = await digest({});
    const { data } = find(await render(plane, {}), 'ConfigMap');
    t.equal(plain, digestOf((data as Record<string, string>)['config.yaml'] ?? ''));
    t.equal(await digest({ podLabels: { team: 'network' } }), plain);
    t.not(await digest({ config: { mode: 'warn' } }), plain);
  });

  for (const [name, values, complaint] of [
    ['an unknown value', { replica: 3 }, /replica/],
    ['an unknown value inside', { nodeProbe: { image: 'x' } }, /image/],
    ['an unknown resource', { resources: { requests: { memry: '64Mi' } } }, /memry/],
    ['a section taken away', { config: null }, /missing property 'config'/],
    ['a value taken away', { certificates: { source: null } }, /missing property 'source'/],
    ['an unknown key of the guard', { config: { moed: 'warn' } }, /moed/],
    ['a mode that is none', { config: { mode: 'block' } }, /mode/],
    [
      'an unknown rule',
      { config: { rules: { 'no-such-rule': 'off' } } },
      /at '\/config\/rules': additional properties 'no-such-rule' not allowed/,
    ],
    [
      'an install without an image',
      { image: {} },
      /^[^\n]*image\.repository is not set: --set [^\n]*\n/,
    ],
    ['what the chart decides', { config: { tls: { source: 'files' } } }, /source/],
    ['a port of the guard', { config: { server: { metricsPort: 1 } } }, /metricsPort/],
    [
      'a version that YAML made a number of',
      { config: { facts: { terwayVersion: 1.1 } } },
      /string/,
    ],
    ['no replica', { replicas: 0 }, /minimum|less|greater/],
    ['a relative directory', { nodeProbe: { directory: 'opt' } }, /directory/],
    [
      'files without a Secret',
      { certificates: { source: 'files' } },
      /existingSecret must name a Secret/,
    ],
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
    const policy = 'ValidatingAdmissionPolicy';
    const kinds = async (...apis: string[]) => {
      const flags = apis.flatMap((api) => ['--api-versions', api]);
      const objects = await render(plane, {}, { flags });
      const { data } = find(objects, 'ConfigMap');
      const { floor } = readConfig((data as Record<string, string>)['config.yaml'] ?? '', 'c');
      const kinds = objects.map(({ kind }) => kind);
      t.equal(floor, kinds.includes(policy), 'the guard knows whether there is one');
      return kinds;
    };
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
