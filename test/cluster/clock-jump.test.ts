import { setTimeout as sleep } from 'node:timers/promises';
import { t } from 'tap';

import { waitFor } from '../support/wait.ts';
import { CLOCK_TOOLS, createClock } from './lab/clock.ts';
import { startHandshakes } from './lab/handshakes.ts';
import { startLab } from './lab/lab.ts';
import { enterLabNetwork } from './lab/network.ts';
import { install, storeUnguarded } from './lab/release.ts';
import { ReviewStream, UNNOTICED } from './lab/review-stream.ts';

t.setTimeout(200_000);
await enterLabNetwork(CLOCK_TOOLS);

const DAY_HOURS = 24;
const DAY_SECONDS = 24 * 60 * 60;

t.test('the clock of the nodes with the guard jumps', async (t) => {
  const lab = await startLab();
  t.teardown(() => lab.stop());
  const { plane, kubelet } = lab;
  const clock = await createClock(plane);
  kubelet.extras = clock.extras;
  await storeUnguarded(lab);
  // The API server keeps its own clock, and the guard must be able to trust its certificate of 30 days.
  const tls = { certificateHours: 2 * DAY_HOURS, caHours: 12 * DAY_HOURS };
  await install(lab, { config: { tls } });

  for (const [name, days] of [
    ['past the end of the certificates', 3],
    ['past the end of the CA', 20],
  ] as const) {
    await t.test(name, async (t) => {
      const handshakes = await startHandshakes(lab);
      const stream = await ReviewStream.start(plane);
      await clock.set(days * DAY_SECONDS);
      await waitFor('certificates of the new time', 60_000, async () => {
        const pods = await lab.pods('webhook');
        const logs = pods.map(async ({ metadata }) => kubelet.log(metadata?.name ?? ''));
        return (await Promise.all(logs)).every((log) => servedUntil(log) > from(days))
          ? true
          : undefined;
      });
      await sleep(5000);
      const { answered, ...rest } = await stream.stop();
      const { count, failed, serials } = await handshakes.stop();
      t.comment(`${answered} reviews, ${count} handshakes`);
      for (const [pod, seen] of serials) t.equal(seen.size, 2, `${pod} has a new certificate`);
      t.same(rest, UNNOTICED);
      t.same(failed, []);
    });
  }
});

const from = (days: number) => Date.now() + days * DAY_SECONDS * 1000;

/** The end of the certificate that a pod said last it was serving. */
function servedUntil(log: string): number {
  const lines = log.split('\n').filter((line) => line.includes('serving a new certificate'));
  const last = JSON.parse(lines.at(-1) ?? '{}') as { readonly notAfter?: string };
  return Date.parse(last.notAfter ?? '1970-01-01');
}
