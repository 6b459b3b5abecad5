import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';

import { dress } from '../lab/dress.ts';
import { install, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';
import { openSlowLink } from '../lab/slow-link.ts';

/** Reviews do not wait for the API server. */
export async function apiServerIsSlow(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const link = await openSlowLink(plane);
  t.teardown(async () => link.close());
  await install(lab);
  await dress(lab, link.extras);
  await untilSettled(lab);

  // The second is longer than the guard waits for an answer (20 s): it has lost its API server.
  for (const [name, delayMs, lastsMs] of [
    ['that takes five seconds to answer', 2500, 15_000],
    ['that does not answer in time', 15_000, 30_000],
  ] as const) {
    await t.test(name, async (t) => {
      link.delayMs = delayMs;
      const stream = await ReviewStream.start(t, plane);
      await sleep(lastsMs);
      link.delayMs = 0;
      await sleep(5000);
      const { answered, ...rest } = await stream.stop();
      t.comment(`${answered} reviews`);
      t.ok(answered > 0);
      t.same(rest, UNNOTICED);
      for (const { status } of await lab.pods('webhook')) {
        t.equal(status?.containerStatuses?.[0]?.restartCount, 0, 'no pod was restarted');
      }
    });
  }
}
