import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

import { waitFor } from '../../support/wait.ts';
import { BUSYBOX_IMAGE } from '../lab/busybox-image.ts';
import type { Lab } from '../lab/lab.ts';
import { CHART, helm, install, untilSettled, upgrade } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

const STATUS = 'kubectl rollout status deployment/eni-config-guard -n kube-system';
const QUICK = { config: { server: { drainSeconds: 2 } } };

/** A label that only two of the nodes have. */
const CHOSEN = { 'lab/chosen': 'yes' };

/** There is no free node, or no free port, for another pod of the guard. */
export async function nodesAreCrowded(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const [one, two] = lab.workers.map(({ name }) => name);
  t.match(await plane.shell(`kubectl label node ${one} ${two} lab/chosen=yes`), { code: 0 });
  t.teardown(async () => {
    await plane.shell(`kubectl label node ${one} ${two} lab/chosen-`);
  });

  await t.test('a rollout on as many nodes as replicas waits until one may be down', async (t) => {
    await install(lab, { ...QUICK, nodeSelector: CHOSEN });
    const stream = await ReviewStream.start(t, plane);
    const change = ['--reuse-values', '--set-string=podAnnotations.changed=1'];
    await helm(lab, ['upgrade', 'eni-config-guard', CHART, ...change]);
    t.match(await plane.shell(`${STATUS} --timeout=10s`), { code: 1 });
    const pending = (await lab.pods('webhook')).filter(({ status }) => status?.phase === 'Pending');
    const reasons = pending.map(({ status }) => status?.conditions?.[0]?.message);
    t.match(reasons, [/didn't match pod anti-affinity rules|didn't have free ports/]);

    const values = { ...QUICK, nodeSelector: CHOSEN, podAnnotations: { changed: '1' } };
    await upgrade(lab, { ...values, maxUnavailable: 1 });
    await untilSettled(lab);
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews`);
    t.same(rest, UNNOTICED);
    await upgrade(lab, QUICK);
    await untilSettled(lab);
  });

  await t.test('a pod whose port another process has taken says so', async (t) => {
    const taken = (await lab.pods('webhook')).map(({ spec }) => spec?.nodeName);
    const spare = lab.workers.find(({ name }) => !taken.includes(name))?.name ?? '';
    const squatter = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'squatter' } };
    const spec = {
      nodeName: spare,
      hostNetwork: true,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'nc', image: BUSYBOX_IMAGE, command: ['httpd', '-f', '-p', '18443'] }],
    };
    const stdin = JSON.stringify({ ...squatter, spec });
    t.match(await plane.kubectl(['create', '-f', '-'], { stdin }), { code: 0 });
    t.match(await plane.shell('kubectl wait --for=condition=Ready pod/squatter'), { code: 0 });
    const stream = await ReviewStream.start(t, plane);
    t.match(await plane.shell('kubectl rollout restart deploy/eni-config-guard -n kube-system'), {
      code: 0,
    });
    const log = await waitFor('a pod that gives up', 60_000, async () => {
      const pods = await lab.pods('webhook');
      const unlucky = pods.find((pod) => pod.spec?.nodeName === spare);
      const restarts = unlucky?.status?.containerStatuses?.[0]?.restartCount ?? 0;
      if (restarts === 0) return undefined;
      const words = await lab.lastWords(unlucky?.metadata?.name ?? '');
      // The kubelet removes a container's log with the container, when the next one has ended too.
      return words.includes('unable to retrieve container logs') ? undefined : words;
    });
    t.match(log, /port 18443 on \S+ is taken by another process/);
    t.match(await plane.shell('kubectl delete pod squatter --now'), { code: 0 });
    t.match(await plane.shell(`${STATUS} --timeout=90s`), { code: 0 });
    await sleep(1000);
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews`);
    t.same(rest, UNNOTICED, 'the old pods have answered all the time');
  });
}
