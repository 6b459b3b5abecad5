import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';

import { CertificateAuthority } from '../../support/certificates.ts';
import { waitFor } from '../../support/wait.ts';
import { ask } from '../lab/api.ts';
import { liveBundle, startHandshakes } from '../lab/handshakes.ts';
import type { Lab } from '../lab/lab.ts';
import { CHART, helm, install, untilSettled, upgrade } from '../lab/release.ts';
import { ReviewStream, UNNOTICED, outside } from '../lab/review-stream.ts';
import { configurationPath } from '../webhooks.ts';

const SECRETS = '/api/v1/namespaces/kube-system/secrets';
const SECRET = `${SECRETS}/eni-config-guard-ca`;
const SERVING_SECRET = `${SECRETS}/eni-config-guard-tls`;
const KINDS = ['validating', 'mutating'] as const;
const CONFIGURATIONS = KINDS.map(configurationPath);
const MERGE = 'application/merge-patch+json';
/** 54 s: a CA is replaced after 36 s. A certificate is renewed after 14 s of 22. */
const CA_HOURS = 0.015;
const LEAF_HOURS = 0.006;
/** What the API server says when a caBundle does not vouch for the guard. */
export const NOT_TRUSTED =
  'tls: failed to verify certificate: x509: certificate signed by unknown authority';
const UNTIL_MENDED_MS = 60_000;
/** Guards and trust look every 5 s. */
const UNTIL_NOTICED_MS = 12_000;

interface Secret {
  readonly data?: Readonly<Record<string, string>>;
}

/** Certificates of an installed guard. */
export async function certificatesAreRenewed(t: Test, lab: Lab): Promise<void> {
  const { plane } = lab;

  await t.test('are renewed, and so is their CA, and every call is answered', async (t) => {
    await install(lab, { config: { tls: { caHours: CA_HOURS, certificateHours: LEAF_HOURS } } });
    const first = await ca();
    const { answered, seen, ...rest } = await during(t, lab, async () => {
      await untilCaIsNot([first]);
      const second = await ca();
      await untilCaIsNot([first, second]);
      // The first CA comes to its end, and with it whatever it signed.
      await sleep((CA_HOURS * 3_600_000) / 3);
    });
    t.equal(seen.serials.size, 2, 'both pods were asked');
    for (const [pod, serials] of seen.serials) {
      t.ok(serials.size > 3, `${pod} has served ${serials.size} certificates`);
    }
    const sizes = [...seen.bundles].map((bundle) => bundle.split('BEGIN CERT').length - 1);
    t.ok(Math.max(...sizes) >= 2, `caBundles held ${sizes.join(', ')} CAs`);
    t.comment(`${answered} reviews, ${seen.count} handshakes, ${seen.bundles.size} caBundles`);
    t.same(rest, UNNOTICED);
    t.same(seen.failed, []);
  });

  for (const path of [SECRET, SERVING_SECRET]) {
    await t.test(`outlive the loss of ${path}, which an upgrade renders anew`, async (t) => {
      await upgrade(lab);
      await untilSettled(lab);
      const before = await dataOf(path);
      const { answered, seen, ...rest } = await during(t, lab, async () => {
        t.equal((await plane.raw('DELETE', path)).status, 200);
        await sleep(UNTIL_NOTICED_MS);
        t.equal((await plane.raw('GET', path)).status, 404, 'no pod may make it');
        // As the log of the pods says.
        await helm(lab, ['upgrade', 'eni-config-guard', CHART, '--reset-then-reuse-values']);
        await waitFor('another certificate', UNTIL_MENDED_MS, async () => {
          const now = await dataOf(path);
          return now !== '' && now !== before ? true : undefined;
        });
        await untilServedUnderTheCa(t, lab);
      });
      t.comment(`${answered} reviews, ${seen.count} handshakes`);
      t.same(rest, UNNOTICED);
      t.same(seen.failed, []);
    });
  }

  const corruptions: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
    'garbage in it': { 'tls.crt': 'Z2FyYmFnZQ==', 'tls.key': 'Z2FyYmFnZQ==', 'ca.crt': 'AAAA' },
    'the key of another': { 'tls.key': base64((await CertificateAuthority.create()).certificate) },
    'nothing in it': { 'tls.crt': null, 'tls.key': null, 'ca.crt': null },
  };
  for (const [name, data] of Object.entries(corruptions)) {
    await t.test(`outlive a Secret with ${name}`, async (t) => {
      const before = await ca();
      const { answered, seen, ...rest } = await during(t, lab, async () => {
        await ask(plane, 'PATCH', SECRET, { data }, MERGE);
        await waitFor('the Secret to be mended', UNTIL_MENDED_MS, async () => {
          const now = await ask<Secret>(plane, 'GET', SECRET);
          const isMended = Object.entries(data).every(
            ([key, value]) => now.data?.[key] !== (value ?? undefined),
          );
          return isMended && now.data?.['tls.crt'] !== before ? true : undefined;
        });
        await untilServedUnderTheCa(t, lab);
      });
      t.comment(`${answered} reviews, ${seen.count} handshakes`);
      t.same(rest, UNNOTICED);
      t.same(seen.failed, []);
    });
  }

  const stranger = base64((await CertificateAuthority.create()).certificate);
  for (const [name, caBundle] of [
    ['emptied', null],
    ["replaced by another's", stranger],
  ] as const) {
    await t.test(`get their caBundle back when it is ${name}`, async (t) => {
      const good = Buffer.from(await ca(), 'base64')
        .toString()
        .trim();
      const stream = await ReviewStream.start(t, plane);
      await waitFor('reviews to flow', 30_000, () => (stream.answered > 50 ? true : undefined));
      const beforeTampering = stream.elapsed;
      const op = caBundle === null ? { op: 'remove' } : { op: 'replace', value: caBundle };
      const patch = [{ ...op, path: '/webhooks/0/clientConfig/caBundle' }];
      for (const path of CONFIGURATIONS) {
        await ask(plane, 'PATCH', path, patch, 'application/json-patch+json');
      }
      await waitFor('the caBundles to be mended', UNTIL_MENDED_MS, async () => {
        const bundles = await Promise.all(KINDS.map(async (kind) => liveBundle(plane, kind)));
        return bundles.every((bundle) => bundle.includes(good)) ? true : undefined;
      });
      const { answered, wrong, failed, passedOver, unanswered } = await stream.stop();
      const afterwards = await ReviewStream.start(t, plane);
      t.comment(`${answered} reviews, ${failed.length} failed, ${passedOver} passed over`);
      t.same({ wrong, unanswered }, { wrong: [], unanswered: 0 });
      t.same(outside(failed, beforeTampering, Infinity), [], 'none fails before');
      t.same(
        failed.filter(({ message }) => !message.includes(NOT_TRUSTED)),
        [],
        'none fails for another reason',
      );
      await sleep(3000);
      const { answered: answeredThen, ...rest } = await afterwards.stop();
      t.ok(answeredThen > 50, `${answeredThen} reviews once it was mended`);
      t.same(rest, UNNOTICED, 'the next call succeeds, and all that follow');
      const logs = await Promise.all(
        (await lab.pods('trust')).map(async ({ metadata }) => lab.log(metadata?.name ?? '')),
      );
      t.match(logs.join(''), /put the caBundle back/, 'the log tells');
    });
  }

  async function ca(): Promise<string> {
    return dataOf(SECRET);
  }

  /** The certificate in a Secret; empty while there is none. */
  async function dataOf(path: string): Promise<string> {
    const { body } = await plane.raw('GET', path);
    return (JSON.parse(body) as Secret).data?.['tls.crt'] ?? '';
  }

  async function untilCaIsNot(former: readonly string[]): Promise<void> {
    await waitFor('a new CA', UNTIL_MENDED_MS, async () => {
      const now = await ca();
      return now !== '' && !former.includes(now) ? now : undefined;
    });
  }
}

/** Does something while reviews flow and connections are made; tells what was noticed. */
export async function during(t: Test, lab: Lab, action: () => Promise<void>) {
  const handshakes = await startHandshakes(t, lab);
  const stream = await ReviewStream.start(t, lab.plane);
  try {
    await action();
  } finally {
    await stream.stop();
    await handshakes.stop();
  }
  return { ...(await stream.stop()), seen: await handshakes.stop() };
}

/** Resolves when every pod serves a certificate of the CA that stands in the Secret now. */
async function untilServedUnderTheCa(t: Test, lab: Lab): Promise<void> {
  const { data } = await ask<Secret>(lab.plane, 'GET', SECRET);
  const only = Buffer.from(data?.['tls.crt'] ?? '', 'base64').toString();
  await waitFor('the pods to serve under the CA', UNTIL_MENDED_MS, async () => {
    const handshakes = await startHandshakes(t, lab, only);
    const { failed, serials } = await handshakes.stop();
    return failed.length === 0 && serials.size === 2 ? true : undefined;
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
