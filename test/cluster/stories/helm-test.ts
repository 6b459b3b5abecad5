import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';

import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../support/config-maps.ts';
import type { Output } from '../../support/output.ts';
import { waitFor } from '../../support/wait.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { Transcript } from '../controlplane/transcript.ts';
import { manifest } from '../guarded-cluster.ts';
import { ask } from '../lab/api.ts';
import type { Lab } from '../lab/lab.ts';
import type { ConfigMap } from '../lab/objects.ts';
import { CHART, ENI_CONFIG, helm, install, untilArmed, untilSettled } from '../lab/release.ts';
import { CONFIGURATION_NAME } from '../webhooks.ts';

const EFFECT_TIMEOUT_MS = 20_000;
const KINDS = 'validatingwebhookconfiguration,mutatingwebhookconfiguration';
const SCALE = 'kubectl scale deployment/eni-config-guard -n kube-system --replicas';

/** `helm test` tells whether the guard is asked, and leaves nothing behind. */
export async function helmTestTells(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await install(lab, { config: { server: { drainSeconds: 1 } } });
  await untilArmed(lab);

  await t.test('succeeds where the guard refuses a bad chain', async (t) => {
    const output = await helmTest(plane);
    t.match(output.stdout, /Phase: +Succeeded/);
    t.equal(output.code, 0, output.stderr);
    const { data } = await ask<ConfigMap>(plane, 'GET', ENI_CONFIG);
    t.same(data, BASE_VETH, 'nothing was written');
    t.same(await leftByTest(plane), [], 'neither pod nor rights are left');
  });

  await t.test('runs behind a floor, which speaks only when the guard does not', async (t) => {
    const chain = conflist([
      { ...VETH_CONF, mtu: 'x' },
      { ...PORTMAP, type: 'portmapp' },
    ]);
    const files = {
      'chain.yaml': manifest(withConflist(BASE_VETH, chain)),
      'conf.yaml': manifest({ ...BASE_VETH, '10-terway.conf': '{}' }),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(plane.dir, name), text);
    const transcript = new Transcript();
    for (const line of [
      'kubectl delete cm eni-config -n kube-system',
      'kubectl replace -f conf.yaml',
      'kubectl replace -f chain.yaml',
    ]) {
      const output = await plane.shell(line);
      transcript.add(line, output);
      t.equal(output.code, 1, line);
      t.equal(output.stderr.match(/is invalid/g)?.length, 1, 'one voice');
    }
    await transcript.matchesGolden(t, 'floor-and-guard');
    const pods = await lab.pods('webhook');
    const logs = await Promise.all(pods.map(({ metadata }) => lab.log(metadata?.name ?? '')));
    t.match(logs.join(''), /"endpoint":"mutate".*"operation":"DELETE".*"verdict":"deny"/);
  });

  await t.test('fails where nothing is asked, and Helm shows why', async (t) => {
    t.match(await plane.shell(`kubectl delete ${KINDS} ${CONFIGURATION_NAME}`), { code: 0 });
    const output = await helmTest(plane);
    t.match(output, {
      code: 1,
      stderr: /a chain without plugins was accepted without a word .* is not guarded/,
    });
    const { data } = await ask<ConfigMap>(plane, 'GET', ENI_CONFIG);
    t.same(data, BASE_VETH, 'nothing was written');
    t.same(await leftByTest(plane), [], 'the pod is gone although it failed');
    await helm(lab, ['upgrade', 'eni-config-guard', CHART, '--reuse-values']);
    await untilSettled(lab);
    await untilArmed(lab);
  });

  await t.test('fails where the guard is dead, and says so', async (t) => {
    t.match(await plane.shell(`${SCALE}=0`), { code: 0 });
    for (const { metadata } of await lab.pods('webhook')) {
      await lab.untilWithdrawn(metadata?.name ?? '');
    }
    const output = await helmTest(plane);
    t.match(output, { code: 1, stderr: /the API server does not reach the guard: .*no endpoints/ });
    t.match(output.stderr, `delete-validatingwebhookconfiguration.${CONFIGURATION_NAME}`);
    const refusal = /ValidatingAdmissionPolicy 'eni-config-guard' .* must not be deleted/;
    const { stderr } = await plane.shell('kubectl delete cm eni-config -n kube-system');
    t.match(stderr, refusal, 'the floor speaks');
  });

  await t.test('can tell nothing where there is no eni-config', async (t) => {
    // The floor holds the object; what its message says lifts it.
    await plane.shell('kubectl delete validatingadmissionpolicybinding eni-config-guard');
    t.match(await plane.shell(`kubectl delete ${KINDS} ${CONFIGURATION_NAME}`), { code: 0 });
    await waitFor('eni-config to be gone', EFFECT_TIMEOUT_MS, async () => {
      const { code } = await plane.shell('kubectl delete cm eni-config -n kube-system');
      return code === 0 ? true : undefined;
    });
    const output = await helmTest(plane);
    t.match(output, { code: 1, stderr: /there is no kube-system\/eni-config: no Terway/ });
  });

  await t.test('that failed has left nothing when the chart is gone', async (t) => {
    await helm(lab, ['uninstall', 'eni-config-guard']);
    t.same(await leftByTest(plane), []);
  });
}

async function helmTest(plane: ControlPlane): Promise<Output> {
  return plane.helm(['test', 'eni-config-guard', '-n', 'kube-system', '--timeout=90s']);
}

async function leftByTest(plane: ControlPlane): Promise<string[]> {
  const kinds = 'pods,serviceaccounts,roles,rolebindings';
  const label = 'app.kubernetes.io/component=verify';
  const { code, stdout, stderr } = await plane.kubectl(['get', kinds, '-A', '-l', label, '-oname']);
  if (code !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '');
}
