import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

import type { Lab } from '../lab/lab.ts';

import { waitFor } from '../../support/wait.ts';
import { createClock } from '../lab/clock.ts';
import { startHandshakes } from '../lab/handshakes.ts';
import { dress } from '../lab/dress.ts';
import { install, untilSettled } from '../lab/release.ts';
import { ReviewStream, UNNOTICED } from '../lab/review-stream.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** Life of a certificate, and when it is renewed. */
const LEAF_DAYS = 90;
const RENEWAL_DAYS = 60;
/** Guards and trust look every 5 s, and a guard takes over what it has seen three times. */
const LOOKS_MS = 20_000;

/** The clock of the guard's pods and of trust jumps. */
export async function clockJumps(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;
  const clock = await createClock(lab);
  await install(lab);
  await dress(lab, clock.extras);
  await untilSettled(lab);

  await t.test('by thirty days, while trust is away', async (t) => {
    // From just before it would renew them.
    await clock.set(RENEWAL_DAYS * DAY_SECONDS - 3600);
    await sleep(LOOKS_MS);
    await scaleTrust(0);
    const handshakes = await startHandshakes(t, lab);
    const stream = await ReviewStream.start(t, plane);
    await clock.set(LEAF_DAYS * DAY_SECONDS - 3600);
    await sleep(LOOKS_MS);
    const { answered, ...rest } = await stream.stop();
    const { count, failed, serials } = await handshakes.stop();
    t.comment(`${answered} reviews, ${count} handshakes`);
    for (const [pod, seen] of serials) t.equal(seen.size, 1, `${pod} has its certificate still`);
    t.same(rest, UNNOTICED);
    t.same(failed, []);
    await scaleTrust(1);
  });

  for (const [name, days] of [
    ['past the end of the certificates', 200],
    ['past the end of the CA', 500],
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

  async function scaleTrust(replicas: number): Promise<void> {
    const scale = `kubectl scale deployment/eni-config-guard-trust -n kube-system`;
    t.match(await plane.shell(`${scale} --replicas=${replicas}`), { code: 0 });
    await waitFor('trust to be scaled', 60_000, async () =>
      (await lab.pods('trust')).length === replicas ? true : undefined,
    );
  }
}

const from = (days: number) => Date.now() + days * DAY_SECONDS * 1000;

/** The end of the certificate that a pod said last it was serving. */
function servedUntil(log: string): number {
  const lines = log.split('\n').filter((line) => line.includes('serving a new certificate'));
  const last = JSON.parse(lines.at(-1) ?? '{}') as { readonly notAfter?: string };
  return Date.parse(last.notAfter ?? '1970-01-01');
}
