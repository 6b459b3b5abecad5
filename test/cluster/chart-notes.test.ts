import { t } from 'tap';

import { CHART, IMAGE } from './chart.ts';
import { startControlPlane } from './controlplane/start.ts';

/** What Helm says after an installation. */

t.test('the notes', async (t) => {
  const plane = await startControlPlane();
  t.teardown(() => plane.stop());
  const notes = async (...values: string[]) => {
    const flags = [`image.repository=${IMAGE.repository}`, ...values].map((v) => `--set=${v}`);
    const install = ['install', 'guard', CHART, '-n', 'kube-system', '--dry-run=server', ...flags];
    const { code, stdout, stderr } = await plane.helm(install);
    t.equal(code, 0, stderr);
    return stdout.slice(stdout.indexOf('\nNOTES:'));
  };

  await t.test('find the pause images of the nodes', async (t) => {
    const pause = 'registry-cn-hangzhou-vpc.ack.aliyuncs.com/acs/pause:3.9';
    const images = [
      { names: ['example.com/app@sha256:00', 'example.com/app:1'], sizeBytes: 2 },
      { names: [`example.com/pause@sha256:00`, pause], sizeBytes: 1 },
      { names: null, sizeBytes: 1 },
    ];
    for (const name of ['one', 'other']) {
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
      t.equal((await plane.raw('POST', '/api/v1/nodes', node)).status, 201);
      const status = { status: { images } };
      const path = `/api/v1/nodes/${name}/status`;
      const patch = await plane.raw('PATCH', path, status, 'application/merge-patch+json');
      t.equal(patch.status, 200, patch.body);
    }
    const command = /^ {2}(kubectl get nodes .*)$/m.exec(await notes())?.[1] ?? '';
    const { code, stdout, stderr } = await plane.shell(command);
    t.equal(code, 0, stderr);
    t.match(stdout, `2 ${pause}\n`);
    t.notMatch(stdout, 'app');
  });

  await t.test('are true in every mode', async (t) => {
    const enforced = await notes('replicas=1');
    t.match(enforced, 'In an emergency');
    t.match(enforced, "With one replica eni-config can't be written");
    for (const mode of ['warn', 'audit']) {
      const open = await notes(`config.mode=${mode}`, 'replicas=1');
      t.match(open, `Nothing is refused: config.mode is ${mode}`);
      t.notMatch(open, /In an emergency|can't be written|are refused/);
    }
  });

  await t.test('ask about what is stored where the guard may read it', async (t) => {
    const command = 'main.js status --config';
    t.match(await notes(), command);
    const blind = [
      'config.facts.source=static',
      'config.restartGate=off',
      'overlays.enabled=false',
    ];
    t.notMatch(await notes(...blind), command);
  });

  await t.test('say how many nodes a rollout takes', async (t) => {
    t.match(await notes(), 'takes 3 nodes');
    t.notMatch(await notes('maxUnavailable=1'), 'takes 3 nodes');
  });

  await t.test('say that a network policy has no effect on the network of a node', async (t) => {
    const warning = 'networkPolicy.enabled has no effect';
    t.match(await notes('networkPolicy.enabled=true'), warning);
    t.notMatch(await notes('networkPolicy.enabled=true', 'hostNetwork=false'), warning);
    t.notMatch(await notes(), warning);
  });
});
