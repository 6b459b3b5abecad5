import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';
import { install, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

const EVICTION = 'policy/v1';

/** Nodes are drained, and the PodDisruptionBudget keeps the guard alive meanwhile. */
export async function nodesAreDrained(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await install(lab, { config: { server: { drainSeconds: 2 } } });

  await t.test('a node with a pod of the guard is drained, and no call fails', async (t) => {
    const [pod] = await lab.pods('webhook');
    const node = pod?.spec?.nodeName ?? '';
    t.teardown(async () => {
      await plane.shell(`kubectl uncordon ${node}`);
    });
    const stream = await ReviewStream.start(t, plane);
    const drain = `kubectl drain ${node} --ignore-daemonsets --timeout=60s`;
    t.match(await plane.shell(drain), { code: 0, stdout: `node/${node} drained` });
    await untilSettled(lab);
    const { answered, ...rest } = await stream.stop();
    t.comment(`${answered} reviews`);
    t.same(rest, UNNOTICED);
    const nodes = (await lab.pods('webhook')).map(({ spec }) => spec?.nodeName);
    t.equal(nodes.length, 2);
    t.notOk(nodes.includes(node), 'its pod runs elsewhere');
  });

  await t.test('of two pods only one may be evicted at a time', async (t) => {
    const answers = [];
    for (const { metadata } of await lab.pods('webhook')) {
      const name = metadata?.name ?? '';
      const path = `/api/v1/namespaces/kube-system/pods/${name}/eviction`;
      const eviction = { apiVersion: EVICTION, kind: 'Eviction', metadata: { name } };
      answers.push(await plane.raw('POST', path, eviction));
    }
    t.same(
      answers.map(({ status }) => status),
      [201, 429],
    );
    t.match(answers[1]?.body, "Cannot evict pod as it would violate the pod's disruption budget");
    await untilSettled(lab);
  });
}
