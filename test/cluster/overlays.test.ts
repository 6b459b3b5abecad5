import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { t } from 'tap';
import type { Test } from 'tap';

import { BASE_VETH } from '../support/config-maps.ts';
import { waitFor } from '../support/wait.ts';
import { allowEditing, startAskingCluster } from './asking-cluster.ts';
import { find, render } from './chart.ts';
import type { Values } from './chart.ts';
import type { GuardedCluster } from './guarded-cluster.ts';
import { Transcript } from './controlplane/transcript.ts';
import { EFFECT_TIMEOUT_MS, registerOverlays } from './overlay-webhook.ts';

/** ConfigMaps that nodes name with the label terway-config, on the real API server. */

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The background check looks every five seconds whether something has changed. */
const CHECK_TIMEOUT_MS = 30_000;

const NAMES = ['node-1', 'node-2', 'node-3'] as const;

const overlay = (data: Readonly<Record<string, string>>) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'pool-a', namespace: 'kube-system' },
    data,
  });
const GOOD = overlay({ eni_conf: '{\n  "max_pool_size": 10\n}\n' });

t.test('overlays', async (t) => {
  const cluster = await startAskingCluster();
  t.teardown(() => cluster.stop());
  const { plane, guard } = cluster;
  const bob = { kubeconfig: await allowEditing(plane, 'bob@example.com') };
  for (const line of [
    'kubectl create clusterrole guard-nodes --verb=list --resource=nodes',
    'kubectl create clusterrolebinding guard-nodes --clusterrole=guard-nodes --user=eni-config-guard',
    'kubectl create role breaks-glass -n kube-system --verb=bypass --resource=configmaps',
    'kubectl create rolebinding breaks-glass -n kube-system --role=breaks-glass --user=bob@example.com',
  ]) {
    await succeed(t, cluster, line);
  }
  for (const name of NAMES) {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
    t.equal((await plane.raw('POST', '/api/v1/nodes', node)).status, 201);
  }
  await cluster.store(BASE_VETH);
  const entry = async (values: Values = {}) =>
    (find(await render(plane, values), 'ValidatingWebhookConfiguration').webhooks as object[]).at(
      -1,
    )!;
  await registerOverlays(cluster, await entry());

  await t.test('are judged, and told of as they are', async (t) => {
    const transcript = new Transcript();
    for (const [data, code] of [
      [{ eni_conf: '{\n  "max_pool_size": 10,\n}\n' }, 1],
      [{ eni_conf: '[]' }, 1],
      [{ eni_conf: '{\n  "max_pool_size": "10",\n  "security_group": null\n}\n' }, 1],
      [{ cni_chain: '- type: portmap\n  snat: "true"\n' }, 1],
      [{ eni_conf: '{"max_pool_size": 1, "ip_stack": "dual"}', disable_network_policy: '' }, 0],
    ] as const) {
      await cluster.file('pool-a.json', overlay(data));
      const line = 'kubectl create -f pool-a.json --dry-run=server';
      t.match(await cluster.type(transcript, line, bob), { code }, JSON.stringify(data));
    }
    await cluster.file('pool-a.json', GOOD);
    const create = 'kubectl create -f pool-a.json';
    t.match(await cluster.type(transcript, create, bob), { code: 0 });
    const update = `kubectl patch cm pool-a -n kube-system --type=merge -p '{"data":{"eni_conf":"null"}}'`;
    t.match(await cluster.type(transcript, update, bob), { code: 1 });
    await transcript.matchesGolden(t, 'overlay-writes');
  });

  await t.test('stay while nodes name them', async (t) => {
    const transcript = new Transcript();
    const label = (name: string, value: string) =>
      succeed(t, cluster, `kubectl label node ${name} terway-config${value}`);
    for (const name of NAMES) await label(name, '=pool-a');
    const remove = 'kubectl delete cm pool-a -n kube-system';
    t.match(await cluster.type(transcript, remove, bob), { code: 1, stderr: /3 nodes carry/ });
    const patch = `kubectl patch cm pool-a -n kube-system --type=merge -p '{"data":{"eni_conf":null}}'`;
    t.match(await cluster.type(transcript, patch, bob), { code: 1, stderr: /3 nodes carry/ });
    for (const name of NAMES) await label(name, '-');
    t.match(await cluster.type(transcript, remove, bob), { code: 0 });
    await transcript.matchesGolden(t, 'overlay-named-by-nodes');
  });

  await t.test('stay while more nodes name them than one page holds', async (t) => {
    await cluster.file('pool-a.json', GOOD);
    await succeed(t, cluster, 'kubectl create -f pool-a.json');
    for (let index = 1; index <= 19; index += 1) {
      const metadata = { name: `many-${index}`, labels: { 'terway-config': 'pool-a' } };
      await plane.raw('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata });
    }
    const remove = 'kubectl delete cm pool-a -n kube-system';
    t.match(await plane.shell(remove, bob), { code: 1, stderr: /19 nodes carry/ });
    await succeed(t, cluster, 'kubectl delete nodes -l terway-config=pool-a');
    await succeed(t, cluster, remove);
  });

  await t.test('are covered by a note on eni-config, and by none of their own', async (t) => {
    const until = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const note = `eni-config-guard/bypass-reason=drill eni-config-guard/bypass-until=${until}`;
    await cluster.file('pool-a.json', GOOD);
    await succeed(t, cluster, 'kubectl create -f pool-a.json');
    const patch = `kubectl patch cm pool-a -n kube-system --type=merge -p '{"data":{"eni_conf":"[]"}}'`;
    await succeed(t, cluster, `kubectl annotate cm pool-a -n kube-system ${note}`);
    t.match(await plane.shell(patch, bob), { code: 1, stderr: /must be a JSON object/ });
    t.match(await plane.shell(`kubectl annotate cm eni-config -n kube-system ${note}`, bob), {
      code: 0,
    });
    t.match(await plane.shell(patch, bob), { code: 0, stderr: /break-glass used, open until/ });
    await succeed(
      t,
      cluster,
      'kubectl annotate cm eni-config -n kube-system eni-config-guard/bypass-reason- eni-config-guard/bypass-until-',
    );
    await succeed(t, cluster, 'kubectl delete cm pool-a -n kube-system');
  });

  await t.test('are rendered with eni-config, for one node', async (t) => {
    await cluster.file('eni-config-guard', `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
    await chmod(join(plane.dir, 'eni-config-guard'), 0o755);
    const env = { PATH: `${plane.dir}:${process.env.PATH ?? ''}` };
    const transcript = new Transcript();
    const render = async (node: string) =>
      cluster.type(transcript, `eni-config-guard render --node ${node}`, { env });
    await cluster.file(
      'pool-a.json',
      overlay({ eni_conf: '{"max_pool_size": 10, "access_key": "geheim", "ip_stack": "dual"}' }),
    );
    await succeed(t, cluster, 'kubectl create -f pool-a.json');
    await succeed(t, cluster, 'kubectl label node node-1 terway-config=pool-a');
    await succeed(t, cluster, 'kubectl label node node-2 terway-config=pool-b');
    const merged = await render('node-1');
    t.match(merged, { code: 0, stdout: /^ {2}max_pool_size +10 +pool-a /m });
    t.notMatch(merged.stdout, 'geheim');
    t.match(await render('node-2'), { code: 0, stderr: /terway-config: pool-b points to nothing/ });
    t.match(await render('node-4'), { code: 2, stderr: /there is no node node-4/ });
    await transcript.matchesGolden(t, 'overlay-rendered');
    await succeed(t, cluster, 'kubectl label nodes node-1 node-2 terway-config-');
    await succeed(t, cluster, 'kubectl delete cm pool-a -n kube-system');
  });

  const writeOthers = async () => {
    for (const name of ['other', 'eni-config-copy']) {
      const target = `cm ${name} -n kube-system`;
      await succeed(
        t,
        cluster,
        `kubectl create ${target} --from-literal=secret=s --from-literal=10-terway.conflist={}`,
      );
      await succeed(t, cluster, `kubectl label ${target} team=network`);
      await succeed(t, cluster, `kubectl delete ${target}`);
    }
    await succeed(t, cluster, 'kubectl create cm pool-a --from-literal=eni_conf={');
    await succeed(t, cluster, 'kubectl delete cm pool-a');
  };

  await t.test('are all that reaches the guard beside eni-config', async (t) => {
    const before = await guard.reviews();
    await writeOthers();
    t.same(await guard.reviews(), before);
  });

  await t.test('never reach the guard when they are switched off', async (t) => {
    await registerOverlays(cluster, await entry({ overlays: { enabled: false } }), false);
    const before = await guard.reviews();
    await succeed(t, cluster, 'kubectl create cm pool-a -n kube-system --from-literal=eni_conf={');
    await succeed(t, cluster, 'kubectl delete cm pool-a -n kube-system');
    t.same(await guard.reviews(), before);
  });

  await t.test('are judged again when eni-config changes under them', async (t) => {
    await registerOverlays(cluster, await entry());
    for (const line of [
      'kubectl create role checks -n kube-system --verb=get --resource=configmaps',
      'kubectl create rolebinding checks -n kube-system --role=checks --user=eni-config-guard',
      'kubectl create role follows -n kube-system --verb=list,watch --resource=configmaps --resource-name=eni-config',
      'kubectl create rolebinding follows -n kube-system --role=follows --user=eni-config-guard',
      'kubectl create role tells -n kube-system --verb=create,patch --resource=events',
      'kubectl create rolebinding tells -n kube-system --role=tells --user=eni-config-guard',
      'kubectl label node node-1 terway-config=pool-a',
      'kubectl label node node-2 terway-config=pool-b',
      'kubectl create cm pool-a -n kube-system --from-literal=eni_conf={\\"ip_warm_up_size\\":-1}',
    ]) {
      await succeed(t, cluster, line);
    }
    await guard.kill();
    await guard.restart({ audit: { background: true, overlays: true, events: true } });
    const told = async (name: string, verdict: string) =>
      waitFor(`the verdict ${verdict} on ${name}`, CHECK_TIMEOUT_MS, async () => {
        const lines = (await guard.log())
          .split('\n')
          .filter((line) => line.includes('stored overlay'));
        return lines.some(
          (line) =>
            line.includes(`"configMap":"${name}"`) && line.includes(`"verdict":"${verdict}"`),
        )
          ? true
          : undefined;
      });
    await told('pool-a', 'allow');
    await told('pool-b', 'allow');
    t.match(await guard.metrics(), /stored_overlays\{state="dangling"\} 1\n/);
    const central = { ...BASE_VETH, eni_conf: '{"version": "1", "ipam_type": "crd"}' };
    await cluster.store(central);
    await told('pool-a', 'deny');
    await waitFor('the metric to tell', CHECK_TIMEOUT_MS, async () =>
      (await guard.metrics()).includes('stored_overlays{state="outage"} 1\n') ? true : undefined,
    );
    const transcript = new Transcript();
    const events =
      'kubectl get events -n kube-system --field-selector reason=OverlayInvalid -o custom-columns=TYPE:.type,MESSAGE:.message --no-headers | sort -u';
    const isTold = async () => {
      const { stdout } = await plane.shell(events);
      return stdout.includes('pool-a') && stdout.includes('pool-b') ? true : undefined;
    };
    await waitFor('Events of both', CHECK_TIMEOUT_MS, isTold);
    await cluster.type(transcript, events);
    await transcript.matchesGolden(t, 'overlay-background');
    await succeed(t, cluster, 'kubectl label nodes node-1 node-2 terway-config-');
    await succeed(t, cluster, 'kubectl delete cm pool-a -n kube-system');
  });

  await t.test('pass without a guard, unless the chart is told otherwise', async (t) => {
    await registerOverlays(cluster, await entry());
    await guard.kill();
    const create =
      'kubectl create cm pool-a -n kube-system --from-literal=eni_conf={ --dry-run=server';
    await succeed(t, cluster, create);
    await registerOverlays(cluster, await entry({ overlays: { failurePolicy: 'Fail' } }), false);
    const refusal = await waitFor('the policy to take effect', EFFECT_TIMEOUT_MS, async () => {
      const output = await plane.shell(create);
      return output.code === 0 ? undefined : output;
    });
    t.match(refusal.stderr, 'failed calling webhook "overlays.terway.eni-config-guard"');
  });
});

async function succeed(t: Test, { plane }: GuardedCluster, line: string): Promise<void> {
  const { code, stderr } = await plane.shell(line);
  t.equal(code, 0, `${line}: ${stderr}`);
}
