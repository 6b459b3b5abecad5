import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { t } from 'tap';

import { CertificateAuthority } from '../support/certificates.ts';
import { waitFor } from '../support/wait.ts';
import { KINDS, Replicas, SECRET, SERVING_SECRET, makeSecret, subjectsIn } from './replicas.ts';
import { configurationPath } from './webhooks.ts';

/** Short lives, so that a CA is replaced every minute and a certificate every half. */
const CA_SECONDS = 90;
const LEAF_SECONDS = 45;
/** Guards and trust look that often then. */
const LOOK_MS = (LEAF_SECONDS * 1000) / 60;
const PATIENCE_MS = 60_000;
/** What the API server and a client say when a caBundle does not vouch for the guard. */
const NOT_TRUSTED = /signed by unknown authority|root certificates|no caBundle trusts/;

t.setTimeout(400_000);
t.test('two guards with a CA of their own', async (t) => {
  const replicas = await Replicas.start({
    source: 'self-signed',
    names: ['localhost'],
    caHours: CA_SECONDS / 3600,
    certificateHours: LEAF_SECONDS / 3600,
  });
  t.teardown(() => replicas.stop());
  const { plane, guards } = replicas;
  const trust = replicas.trust!;
  const signer = async () => new X509Certificate((await replicas.secret())!['tls.crt']!).subject;
  /** Until both serve under this CA and no bundle holds anything else than the Secret's. */
  const untilAgreed = async (isDone: (subject: string) => boolean) =>
    waitFor('the guards to agree', PATIENCE_MS, async () => {
      const secret = await replicas.secret();
      if (!secret?.['ca.crt']) return undefined;
      const subject = await signer().catch(() => '');
      if (!isDone(subject)) return undefined;
      const leaves = await Promise.all(
        ([0, 1] as const).map((index) => replicas.handshake(index).catch(() => undefined)),
      );
      const bundles = await Promise.all(KINDS.map(async (kind) => replicas.bundle(kind)));
      const trusted = subjectsIn(secret['ca.crt']).sort().join();
      const agree =
        leaves.every((leaf) => leaf?.issuer === subject) &&
        bundles.every((bundle) => subjectsIn(bundle).sort().join() === trusted);
      return agree ? true : undefined;
    });

  await t.test(
    'make nothing and are not ready while no webhook configuration names them',
    async (t) => {
      await delay(5 * LOOK_MS);
      t.same(await replicas.readiness(), [503, 503]);
      for (const path of [SECRET, SERVING_SECRET]) t.same(await replicas.secret(path), {});
    },
  );

  await t.test('agree on one and have it trusted once they are registered', async (t) => {
    await replicas.register();
    await replicas.untilReady();
    await untilAgreed(() => true);
    t.same(await replicas.complaints(), []);
    t.same(Object.keys((await replicas.secret(SERVING_SECRET))!).sort(), ['tls.crt', 'tls.key']);
    for (const kind of KINDS) {
      const { metadata } = await replicas.live(kind);
      const own = metadata.managedFields.filter(({ manager }) => manager === 'eni-config-guard');
      t.equal(own.length, 1);
      const fields = JSON.stringify(own[0]!.fieldsV1);
      t.match(fields, /"f:clientConfig":\{"f:caBundle":\{\}\}/);
      t.notMatch(fields, /f:url|f:rules|f:failurePolicy/, 'and own nothing but the caBundle');
    }
  });

  await t.test('mend a caBundle that was emptied or replaced, and say so', async (t) => {
    const stranger = await CertificateAuthority.create();
    for (const text of ['', 'garbage', stranger.certificate]) {
      for (const kind of KINDS) {
        t.same(await replicas.complaints(), [], 'no call fails before');
        const { wrong } = await replicas.duringReviews(async () => {
          await replicas.setBundle(kind, text);
          await untilAgreed(() => true);
        });
        t.same(
          wrong.filter((one) => !NOT_TRUSTED.test(one)),
          [],
          'none fails for another reason',
        );
        const afterwards = await replicas.duringReviews(() => delay(2 * LOOK_MS));
        t.same(afterwards.wrong, [], 'the next call succeeds, and all that follow');
        t.same(await replicas.readiness(), [200, 200]);
      }
    }
    for (const kind of KINDS) {
      t.match(
        await trust.log(),
        new RegExp(`"${kind}webhookconfiguration".*put the caBundle back`),
      );
    }
  });

  const faults: Record<string, () => Promise<unknown>> = {
    'is deleted and made anew by helm upgrade': async () => {
      await plane.raw('DELETE', SECRET);
      await delay(5 * LOOK_MS);
      t.match(await trust.log(), /kube-system\/eni-config-guard-ca is missing; helm upgrade/);
      await makeSecret(plane, SECRET);
    },
    'holds garbage': () =>
      spoil({ 'tls.crt': 'garbage', 'tls.key': 'garbage', 'ca.crt': 'garbage' }),
    'holds nothing': () => spoil({ 'tls.crt': null, 'tls.key': null, 'ca.crt': null }),
    'holds the key of something else': async () =>
      spoil({
        'tls.key': (await (await CertificateAuthority.create()).issueServer([])).privateKey,
      }),
    'is of another type': async () => {
      await plane.raw('DELETE', SECRET);
      await makeSecret(plane, SECRET, {
        type: 'kubernetes.io/basic-auth',
        stringData: { username: 'somebody' },
      });
    },
  };
  async function spoil(texts: Record<string, string | null>, path = SECRET) {
    const data = Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        text === null ? null : Buffer.from(text).toString('base64'),
      ]),
    );
    const { status } = await plane.raw('PATCH', path, { data }, 'application/merge-patch+json');
    if (status !== 200) throw new Error('the Secret can not be changed');
  }
  for (const [fault, cause] of Object.entries(faults)) {
    await t.test(`lose no call when the Secret of the CA ${fault}`, async (t) => {
      const before = await signer();
      const { calls, wrong } = await replicas.duringReviews(async () => {
        await cause();
        await untilAgreed((subject) => subject !== '' && subject !== before);
      });
      t.same(wrong, []);
      t.ok(calls > 10, `${calls} calls`);
    });
  }

  const losses: Record<string, () => Promise<unknown>> = {
    'is deleted and made anew by helm upgrade': async () => {
      await plane.raw('DELETE', SERVING_SECRET);
      await delay(5 * LOOK_MS);
      t.match(await guards[0].log(), /kube-system\/eni-config-guard-tls is missing; helm upgrade/);
      await makeSecret(plane, SERVING_SECRET);
    },
    'holds garbage': () => spoil({ 'tls.crt': 'garbage', 'tls.key': 'garbage' }, SERVING_SECRET),
    'holds half a pair': () => spoil({ 'tls.key': null }, SERVING_SECRET),
  };
  for (const [loss, cause] of Object.entries(losses)) {
    await t.test(`lose no call when the Secret of the certificate ${loss}`, async (t) => {
      const before = (await replicas.handshake(0)).serialNumber;
      const { calls, wrong } = await replicas.duringReviews(async () => {
        await cause();
        await waitFor('another certificate', PATIENCE_MS, async () => {
          const leaves = await Promise.all(([0, 1] as const).map((one) => replicas.handshake(one)));
          return leaves.every(({ serialNumber }) => serialNumber !== before) ? true : undefined;
        });
      });
      t.same(wrong, []);
      t.ok(calls > 0, `${calls} calls`);
    });
  }

  await t.test('lose no call while trust is away, and when it comes back', async (t) => {
    await trust.kill();
    const { wrong } = await replicas.duringReviews(async () => {
      await delay((LEAF_SECONDS * 1000) / 4);
      trust.start();
      await untilAgreed(() => true);
    });
    t.same(wrong, []);
  });

  await t.test('lose no call while certificates and CAs are renewed', async (t) => {
    const before = await signer();
    const serials = new Set<string>();
    const { calls, wrong } = await replicas.duringReviews(async () => {
      await waitFor('a new CA', 2 * CA_SECONDS * 1000, async () => {
        serials.add((await replicas.handshake(0)).serialNumber);
        return (await signer()) === before ? undefined : true;
      });
      t.ok(subjectsIn((await replicas.secret())!['ca.crt']!).includes(before), 'old and new');
      await untilAgreed((subject) => subject !== before);
      await waitFor('the former CA to be dropped', CA_SECONDS * 1000, async () => {
        const bundles = await Promise.all(KINDS.map(async (kind) => replicas.bundle(kind)));
        return bundles.some((bundle) => subjectsIn(bundle).includes(before)) ? undefined : true;
      });
    });
    t.same(wrong, []);
    t.ok(calls > 100, `${calls} calls`);
    t.ok(serials.size > 1, 'certificates were renewed under the same CA, too');
  });

  await t.test('stay ready and lose no call after the API server was away', async (t) => {
    await plane.stopApiServer();
    await delay(4 * LOOK_MS);
    t.same(await replicas.readiness(), [200, 200]);
    await plane.startApiServer();
    const { wrong } = await replicas.duringReviews(() => delay(4 * LOOK_MS));
    t.same(wrong, []);
  });

  await t.test('that start while the API server is away are alive, and ready later', async (t) => {
    await plane.stopApiServer();
    await Promise.all([...guards, trust].map((one) => one.kill()));
    await Promise.all(guards.map((guard) => guard.restart()));
    trust.start();
    t.same(await replicas.readiness(), [503, 503]);
    await plane.startApiServer();
    await replicas.untilReady();
    t.same(await replicas.complaints(), []);
  });

  await t.test('leave nothing behind', async (t) => {
    await replicas.unregister();
    await delay(2 * LOOK_MS);
    const paths = [SECRET, SERVING_SECRET];
    for (const path of paths) await plane.raw('DELETE', path);
    await delay(5 * LOOK_MS);
    for (const path of paths) t.equal(await replicas.secret(path), undefined);
    for (const kind of KINDS) {
      t.equal((await plane.raw('GET', configurationPath(kind))).status, 404);
    }
  });

  await t.test('never show a key', async (t) => {
    const logs = (await Promise.all([...guards, trust].map((one) => one.log()))).join('');
    t.notMatch(logs, /PRIVATE KEY|BEGIN/);
    t.match(logs, /made a new CA/);
  });
});
