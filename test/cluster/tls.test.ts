import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { t } from 'tap';

import { CertificateAuthority } from '../support/certificates.ts';
import { waitFor } from '../support/wait.ts';
import { KINDS, Replicas, SECRET, SECRETS, subjectsIn } from './replicas.ts';
import { configurationPath } from './webhooks.ts';

/** Short lives, so that a CA is replaced every minute and a certificate every half. */
const CA_SECONDS = 90;
const LEAF_SECONDS = 45;
/** A guard looks that often then. */
const LOOK_MS = (LEAF_SECONDS * 1000) / 60;
const PATIENCE_MS = 60_000;
/** What the API server and a client say when a caBundle does not vouch for the guard. */
const NOT_TRUSTED = /signed by unknown authority|root certificates|that nobody trusts/;

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

  await t.test('make nothing and are not ready while nobody is told to call them', async (t) => {
    await delay(5 * LOOK_MS);
    t.same(await replicas.readiness(), [503, 503]);
    t.equal(await replicas.secret(), undefined);
  });

  await t.test('agree on one and have it trusted once they are registered', async (t) => {
    await replicas.register();
    await replicas.untilReady();
    await untilAgreed(() => true);
    t.same(await replicas.complaints(), []);
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
    const logs = (await Promise.all(guards.map((guard) => guard.log()))).join('');
    for (const kind of KINDS) {
      t.match(logs, new RegExp(`"${kind}webhookconfiguration".*mended the caBundle`));
    }
  });

  const faults: Record<string, () => Promise<unknown>> = {
    'is deleted': () => plane.raw('DELETE', SECRET),
    'holds garbage': () =>
      spoil({ 'tls.crt': 'garbage', 'tls.key': 'garbage', 'ca.crt': 'garbage' }),
    'holds nothing': () => spoil({ 'tls.crt': null, 'tls.key': null, 'ca.crt': null }),
    'holds the key of something else': async () =>
      spoil({
        'tls.key': (await (await CertificateAuthority.create()).issueServer([])).privateKey,
      }),
    'is of another type': async () => {
      await plane.raw('DELETE', SECRET);
      await plane.raw('POST', SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'eni-config-guard-ca', labels: { theirs: 'kept' } },
        type: 'kubernetes.io/basic-auth',
        stringData: { username: 'somebody' },
      });
    },
  };
  async function spoil(texts: Record<string, string | null>) {
    const data = Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        text === null ? null : Buffer.from(text).toString('base64'),
      ]),
    );
    const { status } = await plane.raw('PATCH', SECRET, { data }, 'application/merge-patch+json');
    if (status !== 200) throw new Error('the Secret can not be changed');
  }
  for (const [fault, cause] of Object.entries(faults)) {
    await t.test(`lose no call when the Secret ${fault}`, async (t) => {
      const before = await signer();
      const { calls, wrong } = await replicas.duringReviews(async () => {
        await cause();
        await untilAgreed((subject) => subject !== '' && subject !== before);
      });
      t.same(wrong, []);
      t.ok(calls > 10, `${calls} calls`);
    });
  }

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
    await Promise.all(guards.map((guard) => guard.kill()));
    await Promise.all(guards.map((guard) => guard.restart()));
    t.same(await replicas.readiness(), [503, 503]);
    await plane.startApiServer();
    await replicas.untilReady();
    t.same(await replicas.complaints(), []);
  });

  await t.test('leave nothing behind', async (t) => {
    await replicas.unregister();
    await delay(2 * LOOK_MS);
    await plane.raw('DELETE', SECRET);
    await delay(5 * LOOK_MS);
    t.equal(await replicas.secret(), undefined);
    for (const kind of KINDS) {
      t.equal((await plane.raw('GET', configurationPath(kind))).status, 404);
    }
  });

  await t.test('never show a key', async (t) => {
    const logs = (await Promise.all(guards.map((guard) => guard.log()))).join('');
    t.notMatch(logs, /PRIVATE KEY|BEGIN/);
    t.match(logs, /made a new CA/);
  });
});
