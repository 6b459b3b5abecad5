import { setTimeout as delay } from 'node:timers/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from 'tap';

import {
  BASE_EBPF_POLICY,
  BASE_VETH,
  EBPF_POLICY_CONF,
  GOOD,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { requestedHelmMajor } from '../support/versions.ts';
import { allowEditing, startAskingCluster, startAskingGuard } from './asking-cluster.ts';
import { kubectlEdit } from './controlplane/edit.ts';
import { Transcript } from './controlplane/transcript.ts';
import type { GuardConfig } from './guard.ts';
import { DAEMON_SETS } from './cluster-contents.ts';
import { createDaemonSet, registerRestartGate } from './restart-webhook.ts';

const CONFIG: GuardConfig = {
  facts: { terwayVersion: '1.15.2' },
  exempt: { users: ['system:serviceaccount:kube-system:addon-manager'] },
  restartGate: 'deny',
};

const BROKEN = withConflist(
  BASE_VETH,
  conflist([
    { ...VETH_CONF, network_policy_provider: 'ebpf' },
    { ...PORTMAP, snat: 'true' },
  ]),
);

const RESTART = 'kubectl rollout restart -n kube-system daemonset.apps/terway-eniip';
const UPGRADE =
  'kubectl set image -n kube-system daemonset.apps/terway-eniip terway=example.com/terway:v1.16.0';
const RESTARTED = /terway-eniip restarted/;

t.test('the restart gate', async (t) => {
  const cluster = await startAskingCluster(CONFIG);
  t.teardown(() => cluster.stop());
  const { plane } = cluster;
  const ann = { kubeconfig: await allowEditing(plane, 'ann@example.com') };
  for (const name of ['terway-eniip', 'kube-proxy']) await createDaemonSet(plane, name);
  await registerRestartGate(plane, cluster.guard);

  await t.test('says which chain is about to count, when all is well', async (t) => {
    const transcript = new Transcript();
    for (const stored of [GOOD, BASE_VETH]) {
      await cluster.store(stored);
      t.match(await type(transcript, RESTART, ann), { code: 0, stdout: RESTARTED });
    }
    await transcript.matchesGolden(t, 'restart-all-well');
  });

  await t.test('says nothing of a chain that nodes have read already', async (t) => {
    await cluster.store(GOOD);
    const transcript = new Transcript();
    t.match(await type(transcript, RESTART, ann), { code: 0, stderr: /the chain terway, portmap/ });
    t.match(await type(transcript, RESTART, ann), { code: 0, stderr: '' });
    await transcript.matchesGolden(t, 'restart-twice');
  });

  await t.test('judges by the release that the new pods will run', async (t) => {
    await createDaemonSet(plane, 'terway-eni');
    const setImage = (tag: string) =>
      `kubectl set image -n kube-system daemonset.apps/terway-eni terway=example.com/terway:${tag}`;
    const entry = { ...EBPF_POLICY_CONF, symmetric_routing: true };
    await cluster.store(withConflist(BASE_EBPF_POLICY, conflist([entry, PORTMAP])));
    const transcript = new Transcript();
    const steps: [tag: string, code: number, stderr: RegExp][] = [
      ['v1.12.1', 0, /Warning.* needs Terway 1\.15\.0 or newer; this cluster runs 1\.12\.1/],
      // From 1.13.2 on eBPF policy means Datapath V2.
      ['v1.15.2', 1, /public access on Datapath V2/],
    ];
    for (const [tag, code, stderr] of steps) {
      t.match(await type(transcript, setImage(tag), ann), { code, stderr }, tag);
    }
    await transcript.matchesGolden(t, 'restart-of-another-release');
    t.match(await plane.shell('kubectl delete ds terway-eni -n kube-system'), { code: 0 });
  });

  await t.test('refuses a restart on a broken chain', async (t) => {
    await cluster.store(BROKEN);
    const before = await template();
    const transcript = new Transcript();
    for (const line of [RESTART, UPGRADE, `${UPGRADE} --dry-run=server`]) {
      const output = await type(transcript, line, ann);
      t.match(output, { code: 1, stderr: /snat.*must be true or false/ }, line);
    }
    t.same(await template(), before, 'nothing was restarted');
    await transcript.matchesGolden(t, 'restart-refused');
  });

  await t.test('shows helm and an editor the same', async (t) => {
    const chart = ['apiVersion: v2', 'name: terway', 'version: 1.0.0', ''].join('\n');
    const { body } = await plane.raw('GET', `${DAEMON_SETS}/terway-eniip`);
    const { spec } = JSON.parse(body) as { readonly spec: object };
    const metadata = { name: 'terway-eni', namespace: 'kube-system' };
    const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec };
    await mkdir(join(plane.dir, 'terway/templates'), { recursive: true });
    await cluster.file('terway/Chart.yaml', chart);
    const text = JSON.stringify(daemonSet, null, 2);
    await cluster.file('terway/templates/terway.yaml', text);
    t.match(await plane.shell('helm install terway terway -n kube-system'), { code: 0 });
    await cluster.file('terway/templates/terway.yaml', text.replace(/terway:v[^"]+/, 'terway:v9'));

    const transcript = new Transcript();
    const upgrade = 'helm upgrade terway terway -n kube-system';
    t.match(await cluster.type(transcript, upgrade), { code: 1, stderr: /refuses to restart/ });
    const edit = await kubectlEdit(
      plane,
      ['daemonset', '-nkube-system', 'terway-eniip'],
      [(opened) => opened.replace(/terway:v\S+/, 'terway:v9')],
      ann,
    );
    transcript.add('kubectl edit daemonset -nkube-system terway-eniip', edit);
    t.match(edit, { code: 1, stderr: /refuses to restart/ });
    t.equal(edit.openings.length, 1, 'the editor does not come back');
    const golden = 'restart-refused-elsewhere';
    await transcript.matchesGolden(t, requestedHelmMajor() === 4 ? `${golden}-helm-4` : golden);
  });

  await t.test('refuses a restart without eni-config', async (t) => {
    await cluster.remove();
    const transcript = new Transcript();
    t.match(await type(transcript, RESTART, ann), { code: 1 });
    await transcript.matchesGolden(t, 'restart-without-object');
  });

  await t.test('stays out of what replaces no Terway pod', async (t) => {
    await cluster.store(BROKEN);
    for (const line of [
      'kubectl label -n kube-system daemonset.apps/terway-eniip team=network',
      'kubectl rollout restart -n kube-system daemonset.apps/kube-proxy',
    ]) {
      t.match(await plane.shell(line, ann), { code: 0, stderr: '' }, line);
    }
  });

  await t.test('never refuses exempt users, a service account here', async (t) => {
    await cluster.store(BROKEN);
    const user = 'system:serviceaccount:kube-system:addon-manager';
    const manager = { kubeconfig: await allowEditing(plane, user) };
    const transcript = new Transcript();
    t.match(await type(transcript, UPGRADE, manager), { code: 0 });
    t.match(await type(transcript, RESTART, manager), { code: 0 });
    await transcript.matchesGolden(t, 'restart-exempt');
    t.match(
      await cluster.guard.log(),
      /"endpoint":"restart-gate".*"exemption":"user system:serviceaccount:kube-system:addon-manager","verdict":"allow","stored":"deny"/,
    );
  });

  await t.test('lets break-glass through that stands on eni-config', async (t) => {
    await cluster.store(GOOD);
    const annotate =
      "kubectl annotate cm eni-config -n kube-system eni-config-guard/bypass-reason='ticket 4711' " +
      "eni-config-guard/bypass-until=$(date -u -d '+1 hour' +%FT%TZ)";
    t.match(await plane.shell(annotate), { code: 0 });
    const snat = '{"data":{"10-terway.conflist":"{}"}}';
    t.match(await plane.shell(`kubectl patch cm eni-config -n kube-system -p '${snat}'`), {
      code: 0,
    });
    const transcript = new Transcript();
    t.match(await type(transcript, RESTART, ann), { code: 1 }, 'not to those without the right');
    t.match(await type(transcript, RESTART), { code: 0 }, 'to those who may');
    await transcript.matchesGolden(t, 'restart-break-glass');
  });

  await t.test('only warns when told so, and when the mode refuses nothing', async (t) => {
    await cluster.store(BROKEN);
    const modes: [name: string, config: GuardConfig, stderr: RegExp][] = [
      ['warn', { restartGate: 'warn' }, /Warning.* 2 problems/],
      ['deny under mode warn', { mode: 'warn' }, /Warning/],
      ['deny under mode audit', { mode: 'audit' }, /^$/],
      ['off', { restartGate: 'off' }, /^$/],
    ];
    const transcript = new Transcript();
    for (const [name, config, stderr] of modes) {
      const guard = await startAskingGuard(plane, { ...CONFIG, ...config });
      t.teardown(() => guard.stop());
      await registerRestartGate(plane, guard);
      t.match(await type(transcript, RESTART, ann), { code: 0, stderr }, name);
    }
    await transcript.matchesGolden(t, 'restart-warned');
  });

  await t.test('lets through what it cannot check, and says so', async (t) => {
    await cluster.store(BROKEN);
    const powerless = await startAskingGuard(plane, CONFIG, 'powerless@example.com');
    const transcript = new Transcript();
    await registerRestartGate(plane, powerless);
    t.match(await type(transcript, RESTART, ann), { code: 0 });
    await powerless.stop();
    t.match(await type(transcript, RESTART, ann), { code: 0 }, 'a guard that is gone');
    await transcript.matchesGolden(t, 'restart-unchecked');
  });

  /** kubectl refuses a second restart within one second. */
  async function type(...[transcript, line, options]: Parameters<typeof cluster.type>) {
    await delay(1100);
    return cluster.type(transcript, line, options);
  }

  async function template(): Promise<unknown> {
    const { body } = await plane.raw('GET', `${DAEMON_SETS}/terway-eniip`);
    return (JSON.parse(body) as { spec: { template: unknown } }).spec.template;
  }
});
