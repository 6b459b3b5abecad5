import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { t } from 'tap';
import { parse } from 'yaml';

import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { CHART } from './chart.ts';
import type { Manifest } from './chart.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { run } from '../support/output.ts';
import type { Output } from '../support/output.ts';
import { startControlPlane } from './controlplane/start.ts';
import { Transcript } from './controlplane/transcript.ts';
import { waitFor } from '../support/wait.ts';
import { startGuard } from './guard.ts';
import { GuardedCluster, manifest } from './guarded-cluster.ts';
import { CONFIGURATION_NAME } from './webhooks.ts';

/**
 * `helm test` with a process in the place of the kubelet: it runs what the test pod says, with the
 * rights of the pod's own service account, and reports how it ended.
 */

const EFFECT_TIMEOUT_MS = 10_000;
const POD_TIMEOUT_MS = 20_000;
const PODS = '/api/v1/namespaces/kube-system/pods';
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

t.test('helm test', async (t) => {
  const plane = await startControlPlane();
  // As the chart configures it where it brings the floor.
  const guard = await startGuard({ floor: true });
  const cluster = new GuardedCluster(plane, guard);
  t.teardown(() => cluster.stop());
  await cluster.store(BASE_VETH);
  const install = await plane.helm(['install', 'guard', CHART, '-n', 'kube-system']);
  t.equal(install.code, 0, install.stderr);
  // The chart's own registration names a Service, which nobody routes here.
  await cluster.unregister();
  await cluster.register();

  await t.test('succeeds where the guard refuses a bad chain', async (t) => {
    const { helm, pod } = await helmTest(plane);
    t.match(pod, { code: 0, stderr: '' });
    t.match(pod.stdout, /^kube-system\/eni-config is guarded: .* eni-config-guard\/chain-shape\n$/);
    t.match(helm, { code: 0, stdout: /Phase: +Succeeded/ });
    t.same(await cluster.stored(), BASE_VETH, 'nothing was written');
  });

  await t.test('runs behind a floor, which speaks only when the guard does not', async (t) => {
    const chain = conflist([
      { ...VETH_CONF, mtu: 'x' },
      { ...PORTMAP, type: 'portmapp' },
    ]);
    await cluster.file('chain.yaml', manifest(withConflist(BASE_VETH, chain)));
    await cluster.file('conf.yaml', manifest({ ...BASE_VETH, '10-terway.conf': '{}' }));
    const transcript = new Transcript();
    for (const line of [
      'kubectl delete cm eni-config -n kube-system',
      'kubectl replace -f conf.yaml',
      'kubectl replace -f chain.yaml',
    ]) {
      const { code, stderr } = await cluster.type(transcript, line);
      t.equal(code, 1, line);
      t.equal(stderr.match(/is invalid/g)?.length, 1, 'one voice');
    }
    await transcript.matchesGolden(t, 'floor-and-guard');
    t.match(await guard.log(), /"endpoint":"mutate".*"operation":"DELETE".*"verdict":"deny"/);
  });

  await t.test('leaves neither pod nor rights', async (t) => {
    t.same(await leftByTest(plane), []);
  });

  await t.test('fails where nobody is asked', async (t) => {
    await cluster.unregister();
    t.teardown(() => cluster.register());
    const { helm, pod } = await helmTest(plane);
    t.match(pod, { code: 1, stdout: /^a chain without plugins was accepted .* is not guarded\n$/ });
    t.equal(helm.code, 1);
    t.same(await cluster.stored(), BASE_VETH);
    // Here is no kubelet to have a log.
    const asked = (await plane.auditEvents()).some(
      ({ objectRef }) => objectRef?.resource === 'pods' && objectRef.subresource === 'log',
    );
    t.ok(asked, 'Helm asks for the log');
    t.same(await leftByTest(plane), [], 'and removes the pod');
  });

  await t.test('fails where the guard is dead, and says so', async (t) => {
    await guard.kill();
    t.teardown(() => guard.restart());
    const { helm, pod } = await helmTest(plane);
    t.match(pod, { code: 1, stdout: /^the API server does not reach the guard: .*refused\n$/ });
    t.match(pod.stdout, `delete-validatingwebhookconfiguration.${CONFIGURATION_NAME}`);
    t.equal(helm.code, 1);
    const refusal = /ValidatingAdmissionPolicy 'eni-config-guard' .* must not be deleted/;
    await waitFor('the floor to speak', EFFECT_TIMEOUT_MS, async () => {
      const { stderr } = await plane.shell('kubectl delete cm eni-config -n kube-system');
      return refusal.test(stderr) ? true : undefined;
    });
  });

  await t.test('can tell nothing where there is no eni-config', async (t) => {
    // The floor holds the object; what its message says lifts it.
    await plane.shell('kubectl delete validatingadmissionpolicybinding eni-config-guard');
    await cluster.unregister();
    await waitFor('eni-config to be gone', POD_TIMEOUT_MS, async () => {
      const { code } = await plane.shell('kubectl delete cm eni-config -n kube-system');
      return code === 0 ? true : undefined;
    });
    const { helm, pod } = await helmTest(plane);
    t.match(pod, { code: 2, stdout: /^there is no kube-system\/eni-config: no Terway/ });
    t.equal(helm.code, 1);
  });

  await t.test('that failed has left nothing when the chart is gone', async (t) => {
    const uninstall = await plane.helm(['uninstall', 'guard', '-n', 'kube-system']);
    t.equal(uninstall.code, 0, uninstall.stderr);
    t.same(await leftByTest(plane), []);
  });
});

t.test('the verify command', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const verify = async (kubeconfig: string) =>
    run(process.execPath, [program, 'verify', '--kubeconfig', kubeconfig]);

  await t.test('does not take every refusal for one by the guard', async (t) => {
    const stored = JSON.stringify({ ...parse(manifest(BASE_VETH)), immutable: true });
    const output = await plane.kubectl(['create', '-f', '-'], { stdin: stored });
    t.equal(output.code, 0, output.stderr);
    const refused = /^refused, but not by the guard: PATCH .* field is immutable/;
    t.match(await verify(plane.kubeconfig), { code: 2, stdout: refused });
  });

  await t.test('says when it lacks the right, or an API server', async (t) => {
    const nobody = await plane.kubeconfigFor('nobody', []);
    t.match(await verify(nobody), { code: 2, stdout: /User "nobody" cannot patch resource/ });
    await plane.stopApiServer();
    t.match(await verify(nobody), { code: 2, stdout: /^no API server to ask: .*ECONNREFUSED/ });
  });

  await t.test('takes no other argument', async (t) => {
    const output = await run(process.execPath, [program, 'verify', '--port', '1']);
    t.match(output, { code: 2, stderr: /usage: eni-config-guard/ });
  });
});

interface TestRun {
  readonly helm: Output;
  /** What the process in the place of the pod's container printed. */
  readonly pod: Output;
}

async function helmTest(plane: ControlPlane): Promise<TestRun> {
  const helm = plane.helm(['test', 'guard', '-n', 'kube-system', '--timeout=30s']);
  const [ended, pod] = await Promise.all([helm, runTestPod(plane)]);
  return { helm: ended, pod };
}

async function leftByTest(plane: ControlPlane): Promise<string[]> {
  const kinds = 'pods,serviceaccounts,roles,rolebindings';
  const label = 'app.kubernetes.io/component=verify';
  const get = ['get', kinds, '-A', '-l', label, '-o', 'name'];
  const { code, stdout, stderr } = await plane.kubectl(get);
  if (code !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

/** As far as the kubelet's stand-in looks at a pod. */
interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly { readonly args: readonly string[] }[];
}

async function runTestPod(plane: ControlPlane): Promise<Output> {
  const path = `${PODS}/eni-config-guard-verify`;
  const { spec } = await waitFor('the test pod', POD_TIMEOUT_MS, async () => {
    const { status, body } = await plane.raw('GET', path);
    return status === 200 ? (JSON.parse(body) as Manifest & { spec: PodSpec }) : undefined;
  });
  const kubeconfig = await kubeconfigOf(plane, spec.serviceAccountName);
  const output = await run(process.execPath, [program, ...(spec.containers[0]?.args ?? [])], {
    env: { PATH: process.env.PATH, HOME: plane.dir, KUBECONFIG: kubeconfig },
  });
  const phase = output.code === 0 ? 'Succeeded' : 'Failed';
  await plane.raw('PATCH', `${path}/status`, { status: { phase } }, 'application/merge-patch+json');
  return output;
}

/** A kubeconfig with a token of this service account in kube-system. */
async function kubeconfigOf(plane: ControlPlane, account: string): Promise<string> {
  const { stdout, stderr } = await plane.kubectl(['create', 'token', account, '-n', 'kube-system']);
  if (stdout === '') throw new Error(stderr);
  const path = join(plane.dir, 'service-account.kubeconfig');
  const named = (name: string, key: string, value: object) => [{ name, [key]: value }];
  const authority = join(plane.dir, 'ca.crt');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: named('c', 'cluster', { server: plane.url, 'certificate-authority': authority }),
    users: named('c', 'user', { token: stdout.trim() }),
    contexts: named('c', 'context', { cluster: 'c', user: 'c' }),
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
