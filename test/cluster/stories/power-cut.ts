import type { Test } from 'tap';

import { waitFor } from '../../support/wait.ts';
import type { Lab } from '../lab/lab.ts';
import { isReady } from '../lab/objects.ts';
import { install, untilArmed, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

/** 50 s until a node counts as lost, 60 s that its pods are waited for, and some room. */
const UNTIL_REPLACED_MS = 240_000;

/**
 * A node with a pod of the guard loses its power and does not come back: its replica starts elsewhere,
 * and calls succeed again. To be told last: the node is gone for good.
 */
export async function nodeIsLost(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  await install(lab);
  const [pod] = await lab.pods('webhook');
  const lost = lab.worker(pod?.spec?.nodeName);
  const during = await ReviewStream.start(t, plane);
  await during.flow(100);
  const cut = performance.now();
  await lost.stop();
  await waitFor('a replica on another node', UNTIL_REPLACED_MS, async () => {
    const pods = await lab.pods('webhook');
    const ready = pods.filter((pod) => pod.spec?.nodeName !== lost.name && isReady(pod));
    return ready.length === 2 ? true : undefined;
  });
  t.comment(`two replicas again ${((performance.now() - cut) / 1000).toFixed(0)} s after the cut`);
  await untilArmed(lab);
  const { answered, wrong, failed, unanswered } = await during.stop();
  t.comment(`${answered} reviews meanwhile, of which ${failed.length} failed`);
  t.same({ wrong, unanswered }, { wrong: [], unanswered: 0 }, 'no verdict is wrong');
  const stream = await ReviewStream.start(t, plane);
  await stream.flow(100);
  t.same(await stream.stop(), { ...UNNOTICED, answered: stream.answered });
  t.match(await plane.kubectl(['delete', 'node', lost.name]), { code: 0 });
  // Its pods are forgotten some time after their node.
  const gone = `kubectl wait --for=delete pod/${pod?.metadata?.name ?? ''} -n kube-system`;
  t.match(await plane.shell(`${gone} --timeout=180s`), { code: 0 });
  await untilSettled(lab);
}
