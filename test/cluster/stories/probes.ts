import type { Test } from 'tap';

import { waitFor } from '../../support/wait.ts';
import { ask } from '../lab/api.ts';
import type { Lab } from '../lab/lab.ts';
import type { Pod } from '../lab/objects.ts';
import { install, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

const PODS = '/api/v1/namespaces/kube-system/pods';
/** The liveness probe gives up after a minute, and needs 5 s to notice each time. */
const UNTIL_RESTARTED_MS = 150_000;

/** A guard that hangs gets no calls any more, as its readiness probe tells. */
export async function guardHangs(t: Test, lab: Lab): Promise<void> {
  await install(lab);
  const [pod] = await lab.pods('webhook');
  const name = pod?.metadata?.name ?? '';
  await lab.signal(name, 'SIGSTOP');
  t.teardown(() => lab.signal(name, 'SIGCONT').catch(() => undefined));
  await lab.untilWithdrawn(name);
  const stream = await ReviewStream.start(t, lab.plane);
  await waitFor('reviews to flow', 30_000, () => (stream.answered > 100 ? true : undefined));
  t.same(await stream.stop(), { ...UNNOTICED, answered: stream.answered });
  await lab.signal(name, 'SIGCONT');
  await untilSettled(lab);
  t.equal(await restartsOf(lab, name), 0, 'it is not restarted for that');
}

/** A guard that hangs for long is restarted, as its liveness probe tells. */
export async function hangingGuardIsRestarted(t: Test, lab: Lab): Promise<void> {
  await install(lab);
  const [pod] = await lab.pods('webhook');
  const name = pod?.metadata?.name ?? '';
  await lab.signal(name, 'SIGSTOP');
  await waitFor('it to be restarted', UNTIL_RESTARTED_MS, async () =>
    (await restartsOf(lab, name)) > 0 ? true : undefined,
  );
  await untilSettled(lab);
  t.equal((await lab.pods('webhook')).length, 2);
}

async function restartsOf({ plane }: Lab, name: string): Promise<number> {
  const { status } = await ask<Pod>(plane, 'GET', `${PODS}/${name}`);
  return status?.containerStatuses?.[0]?.restartCount ?? 0;
}
