import type { Test } from 'tap';

import { waitFor } from '../../support/wait.ts';
import type { Daemon } from '../controlplane/daemon.ts';
import { ask, list } from '../lab/api.ts';
import type { Lab } from '../lab/lab.ts';
import { type Node, type Pod, isReady } from '../lab/objects.ts';
import { helm, install, untilSettled, upgrade } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';
import type { Worker } from '../lab/worker.ts';

const ABSENT_TAG = '0.0.0-absent';

/** The kubelet and containerd of a guard's node are restarted; an upgrade names an image that is not there. */
export async function nodeServersRestart(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await install(lab);
  const [pod] = await lab.pods('webhook');
  const worker = lab.worker(pod?.spec?.nodeName);

  for (const server of ['kubelet', 'containerd'] as const) {
    await t.test(`${server} is killed and started again`, async (t) => {
      const stream = await ReviewStream.start(t, plane);
      await worker[server].stop();
      await stream.flow(200);
      await restart(lab, worker, worker[server]);
      await stream.flow(200);
      const { answered, ...rest } = await stream.stop();
      t.comment(`${answered} reviews`);
      t.same(rest, UNNOTICED);
      const after = await lab.pods('webhook');
      t.ok(
        after.some(({ metadata }) => metadata?.uid === pod?.metadata?.uid),
        'the pod is the same',
      );
    });
  }

  await t.test('an upgrade to an image that no node can get', async (t) => {
    const stream = await ReviewStream.start(t, plane);
    await upgrade(
      lab,
      { image: { repository: 'eni-config-guard', tag: ABSENT_TAG } },
      undefined,
      [],
    );
    await waitFor('a pod without an image', 60_000, async () => {
      const waiting = (await lab.pods('webhook')).map(whyItWaits);
      return waiting.some((reason) => /^(ErrImagePull|ImagePullBackOff)$/.test(reason))
        ? true
        : undefined;
    });
    await stream.flow(200);
    await helm(lab, ['rollback', 'eni-config-guard', '1', '--wait', '--timeout', '90s']);
    await untilSettled(lab);
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews`);
    t.same(rest, UNNOTICED, 'the old pods answer');
  });
}

/** Resolves when the node says that it is ready, by a sign that the kubelet has given since then. */
async function restart({ plane }: Lab, { name }: Worker, server: Daemon): Promise<void> {
  const lease = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;
  const renewedAt = async () =>
    (await ask<{ readonly spec: { readonly renewTime: string } }>(plane, 'GET', lease)).spec
      .renewTime;
  const before = await renewedAt();
  server.start();
  await waitFor(`${name} to be ready again`, 120_000, async () => {
    const nodes = await list<Node>(plane, '/api/v1/nodes');
    const isBack = nodes.some((node) => node.metadata?.name === name && isReady(node));
    return isBack && (await renewedAt()) !== before ? true : undefined;
  });
}

const whyItWaits = ({ status }: Pod): string =>
  status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '';
