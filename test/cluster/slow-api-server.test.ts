import { setTimeout as sleep } from 'node:timers/promises';
import { t } from 'tap';

import { startLab } from './lab/lab.ts';
import { enterLabNetwork } from './lab/network.ts';
import { install, storeUnguarded } from './lab/release.ts';
import { ReviewStream, UNNOTICED } from './lab/review-stream.ts';
import { openSlowLink } from './lab/slow-link.ts';

t.setTimeout(200_000);
await enterLabNetwork();

t.test('reviews do not wait for the API server', async (t) => {
  const lab = await startLab();
  t.teardown(() => lab.stop());
  const { plane, kubelet } = lab;
  const link = await openSlowLink(plane);
  t.teardown(async () => link.close());
  kubelet.extras = link.extras;
  await storeUnguarded(lab);
  await install(lab);

  // The second is longer than the guard waits for an answer (20 s): it has lost its API server.
  for (const [name, delayMs, lastsMs] of [
    ['that takes five seconds to answer', 2500, 15_000],
    ['that does not answer in time', 15_000, 30_000],
  ] as const) {
    await t.test(name, async (t) => {
      link.delayMs = delayMs;
      const stream = await ReviewStream.start(plane);
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
});
