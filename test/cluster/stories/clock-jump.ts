import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';

import { waitFor } from '../../support/wait.ts';
import { createClock } from '../lab/clock.ts';
import { startHandshakes } from '../lab/handshakes.ts';
import { dress } from '../lab/dress.ts';
import { install, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

const DAY_HOURS = 24;
const DAY_SECONDS = 24 * 60 * 60;

/** The clock of the nodes with the guard jumps. */
export async function clockJumps(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const clock = await createClock(lab);
  // The API server keeps its own clock, and the guard must be able to trust its certificate of 30 days.
  const tls = { certificateHours: 2 * DAY_HOURS, caHours: 12 * DAY_HOURS };
  await install(lab, { config: { tls } });
  await dress(lab, clock.extras);
  await untilSettled(lab);

  for (const [name, days] of [
    ['past the end of the certificates', 3],
    ['past the end of the CA', 20],
  ] as const) {
    await t.test(name, async (t) => {
      const handshakes = await startHandshakes(t, lab);
      const stream = await ReviewStream.start(t, plane);
      await clock.set(days * DAY_SECONDS);
      await waitFor('certificates of the new time', 60_000, async () => {
        const pods = await lab.pods('webhook');
        const logs = pods.map(async ({ metadata }) => lab.log(metadata?.name ?? ''));
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
}

const from = (days: number) => Date.now() + days * DAY_SECONDS * 1000;

/** The end of the certificate that a pod said last it was serving. */
function servedUntil(log: string): number {
  const lines = log.split('\n').filter((line) => line.includes('serving a new certificate'));
  const last = JSON.parse(lines.at(-1) ?? '{}') as { readonly notAfter?: string };
  return Date.parse(last.notAfter ?? '1970-01-01');
}
