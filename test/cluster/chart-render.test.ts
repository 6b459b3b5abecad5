import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gte } from 'semver';
import { t } from 'tap';

import { readConfig } from '../../src/config/load.ts';
import { CASES, PAIRS } from './chart-cases.ts';
import { operatorCrds } from './chart-crds.ts';
import { CHART, apply, find, helmTemplate, render } from './chart.ts';
import type { Manifest, Values } from './chart.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { waitFor } from '../support/wait.ts';

/** Every template with every switch, judged by the real helm and the real API server. */

const CRD_TIMEOUT_MS = 20_000;

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

  const cases = Object.entries(CASES).map(([name, values]) => ({
    name: `${name} in network`,
    namespace: 'network',
    values,
  }));
  for (const { name, namespace, values } of [...cases, ...PAIRS]) {
    await t.test(`with ${name}`, async (t) => {
      const objects = await render(plane, values, { chart, namespace });
      const { stdout } = await apply(plane, objects, ['-o', 'json']);
      await remove(plane, objects);
      const { items } = JSON.parse(stdout) as { readonly items: readonly Manifest[] };
      for (const { kind, metadata, spec } of objects) {
        if (kind !== 'Deployment' && kind !== 'DaemonSet') continue;
        const stored = items.find(
          (item) => item.kind === kind && item.metadata.name === metadata.name,
        )?.spec;
        t.match(stored, asStored(spec), 'no field was dropped');
      }

      const keys = objects.map(
        ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`,
      );
      t.equal(new Set(keys).size, keys.length, 'no two objects of one name');
      t.notMatch(JSON.stringify(objects), /"caBundle":|genCA/);
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

  await t.test('renders the same each time', async (t) => {
    const [one, other] = await Promise.all(
      [0, 1].map(async () => helmTemplate(plane, CASES['much configuration'])),
    );
    t.same(one, other);
  });

  await t.test(
    'leads each alert to the runbook, and nowhere where its place is not set',
    async (t) => {
      const alertsWith = async (runbookUrl?: string) => {
        const prometheusRule = {
          enabled: true,
          ...(runbookUrl === undefined ? {} : { runbookUrl }),
        };
        const rendered = await render(plane, { monitoring: { prometheusRule } });
        const { groups } = find(rendered, 'PrometheusRule').spec as { groups: RuleGroup[] };
        return groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
      };
      const url = 'https://git.example.com/eni-config-guard/blob/main/docs/runbook.md';
      const led = await alertsWith(url);
      t.ok(led.length > 5);
      for (const { alert = '', annotations } of led) {
        t.equal(annotations?.runbook_url, `${url}#${alert.toLowerCase()}`, alert);
        t.notOk(annotations?.runbook, 'the place in the repository is left out');
      }
      for (const { alert, annotations } of [...(await alertsWith()), ...(await alertsWith(''))]) {
        t.notOk(annotations?.runbook_url, alert ?? '');
      }
      await t.rejects(alertsWith('not a url'), /runbookUrl/);
    },
  );

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
    // The kubelet asks on the node's loopback, where no other caller is. Releases before 1.34 don't look.
    const probes = gte(plane.binaries.version, '1.34.0') ? ['probe or lifecycle host'] : [];
    t.same((await violations({})).map((name) => name.trim()).sort(), [
      'host namespaces',
      ...probes,
      'restricted volume types',
    ]);
    t.same(await violations({ hostNetwork: false, nodeProbe: { enabled: false } }), []);
  });
});

interface RuleGroup {
  readonly rules: readonly {
    readonly alert?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/** Of the fields that the chart has, this one is not stored when it is false. */
const asStored = (spec: unknown): unknown =>
  JSON.parse(JSON.stringify(spec), (key, value: unknown) =>
    key === 'hostNetwork' && value === false ? undefined : value,
  );

async function remove(plane: ControlPlane, objects: readonly Manifest[]): Promise<void> {
  const stdin = objects.map((object) => JSON.stringify(object)).join('\n');
  const { code, stderr } = await plane.kubectl(['delete', '--wait=false', '-f', '-'], { stdin });
  if (code !== 0) throw new Error(stderr);
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
