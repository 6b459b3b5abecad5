import { X509Certificate } from 'node:crypto';
import t, { type Test } from 'tap';
import { certificatesIn } from '../../../src/certificates/pem.ts';
import { refusalOf } from '../../../src/certificates/trust.ts';
import { InMemoryCluster } from '../../support/in-memory-cluster.ts';
import {
  CA_MINUTES,
  LEAF_MINUTES,
  MINUTE_MS,
  PATIENCE,
  keyPool,
  replicaIn,
} from '../../support/replicas.ts';

const newKey = await keyPool();

/** A cluster with one guard, which has looked once. */
async function guarded() {
  const cluster = new InMemoryCluster();
  cluster.register();
  const clock = { now: Date.parse('2026-03-01T00:00:00Z') };
  const guard = await replicaIn(cluster, clock, newKey);
  await guard.look();
  return { cluster, clock, guard };
}

const leafOf = ({ pair }: { pair: { certificate: string } }) =>
  new X509Certificate(pair.certificate);
const subjects = (pem: string | undefined) => certificatesIn(pem ?? '').map((ca) => ca.subject);

t.test('one look is enough to be trusted', async (t) => {
  const { cluster, guard } = await guarded();
  t.ok(guard.isReady);
  t.match(guard.status, { isTrusted: true, notAfter: leafOf(guard).validToDate });
  t.same(cluster.writes, [
    'secret',
    'mutatingwebhookconfiguration',
    'validatingwebhookconfiguration',
  ]);
  t.ok(leafOf(guard).checkHost(cluster.host));
  await guard.look();
  t.equal(cluster.writes.length, 3, 'and the next finds nothing to do');
});

t.test('a certificate is renewed at two thirds of its life, by the wall clock', async (t) => {
  const { clock, guard } = await guarded();
  const { serialNumber, issuer } = leafOf(guard);
  clock.now += (LEAF_MINUTES * 2 * MINUTE_MS) / 3 - 1;
  await guard.look();
  t.equal(leafOf(guard).serialNumber, serialNumber);
  clock.now += 1;
  await guard.look();
  t.not(leafOf(guard).serialNumber, serialNumber);
  t.equal(leafOf(guard).issuer, issuer);
  t.equal(leafOf(guard).validToDate.getTime(), clock.now + LEAF_MINUTES * MINUTE_MS);
});

t.test('a clock that jumps past an expiry costs one look', async (t) => {
  for (const minutes of [LEAF_MINUTES + 1, CA_MINUTES + 1, 100 * CA_MINUTES]) {
    const { clock, guard } = await guarded();
    clock.now += minutes * MINUTE_MS;
    await guard.look();
    t.ok(guard.isReady, `${minutes} min`);
    t.ok(leafOf(guard).validToDate.getTime() > clock.now);
  }
});

t.test('what was made while the clock was ahead is good when it is right again', async (t) => {
  const { cluster, clock, guard } = await guarded();
  const right = clock.now;
  clock.now += 2 * CA_MINUTES * MINUTE_MS;
  await guard.look();
  clock.now = right;
  const another = await replicaIn(cluster, clock, newKey);
  for (const replica of [guard, another]) {
    await replica.look();
    t.ok(replica.isReady);
  }
});

t.test('a CA is replaced at two thirds of its life', async (t) => {
  const { cluster, clock, guard } = await guarded();
  // In steps that keep the certificate from expiring, as looks in real life do.
  const until = clock.now + (CA_MINUTES * 2 * MINUTE_MS) / 3;
  while (clock.now + 30 * MINUTE_MS < until) {
    clock.now += 30 * MINUTE_MS;
    await guard.look();
  }
  const [former] = subjects(cluster.secret?.data['ca.crt']);
  clock.now = until;
  const served: string[] = [];
  for (let looks = 1; looks <= 4; looks += 1) {
    await guard.look();
    served.push(leafOf(guard).issuer);
  }
  const [current, ...others] = subjects(cluster.secret?.data['ca.crt']);
  t.not(current, former);
  t.same(others, [former]);
  for (const bundle of cluster.bundles.values()) t.same(subjects(bundle), [current, former]);
  t.same(served, [former, former, current, current], 'it is served under at the third look');

  clock.now += (CA_MINUTES / 3) * MINUTE_MS;
  for (let looks = 0; looks <= PATIENCE; looks += 1) await guard.look();
  for (const bundle of cluster.bundles.values()) t.same(subjects(bundle), [current]);
});

t.test('a Secret that is deleted at every look costs no trust', async (t) => {
  const { cluster, clock, guard } = await guarded();
  const another = await replicaIn(cluster, clock, newKey);
  await another.look();
  const isTrusted = ({ pair }: typeof guard) =>
    [...cluster.bundles.values()].every((bundle) => {
      const caller = { host: cluster.host, trusted: certificatesIn(bundle) };
      return refusalOf(certificatesIn(pair.certificate), caller, new Date(clock.now)) === undefined;
    });
  for (let looks = 0; looks < 2 * PATIENCE; looks += 1) {
    cluster.setSecret(undefined);
    for (const replica of [guard, another]) {
      await replica.look();
      t.ok(isTrusted(guard) && isTrusted(another), `look ${looks}`);
    }
  }
});

t.test('a replica that is cut off', async (t) => {
  /** Two replicas that serve under one CA; the second one is about to lose its link. */
  const twoReplicas = async () => {
    const { cluster, clock, guard } = await guarded();
    const cutOff = await replicaIn(cluster, clock, newKey);
    for (let looks = 0; looks < 3; looks += 1) for (const one of [guard, cutOff]) await one.look();
    const isTrusted = ({ pair }: typeof guard) =>
      [...cluster.bundles.values()].every((bundle) => {
        const caller = { host: cluster.host, trusted: certificatesIn(bundle) };
        const now = new Date(clock.now);
        return refusalOf(certificatesIn(pair.certificate), caller, now) === undefined;
      });
    /** More looks than a CA that nobody asks for may stand, with both trusted after each. */
    const assertTrusted = async (t: Test, replicas: readonly (typeof guard)[]) => {
      for (let looks = 0; looks < 2 * PATIENCE; looks += 1) {
        for (const replica of replicas) {
          await replica.look();
          for (const one of [guard, cutOff]) t.ok(one.isReady && isTrusted(one), `look ${looks}`);
        }
      }
    };
    return { cluster, clock, guard, cutOff, assertTrusted };
  };

  const wrecks: Readonly<Record<string, (cluster: InMemoryCluster) => void>> = {
    'is deleted': (cluster) => cluster.setSecret(undefined),
    'is emptied': (cluster) => cluster.setSecret({}),
    'holds garbage': (cluster) =>
      cluster.setSecret({ 'tls.crt': 'hello', 'tls.key': 'hello', 'ca.crt': 'hello' }),
  };
  for (const [wreck, cause] of Object.entries(wrecks)) {
    await t.test(`stays trusted when the Secret ${wreck}`, async (t) => {
      const { cluster, guard, cutOff, assertTrusted } = await twoReplicas();
      const former = leafOf(cutOff).issuer;
      cutOff.link.lacks = 'everything';
      cause(cluster);
      await assertTrusted(t, [guard]);
      t.not(leafOf(guard).issuer, former);
      t.same(subjects(cluster.secret?.data['ca.crt']), [leafOf(guard).issuer, former]);
      cutOff.link.lacks = 'nothing';
      await assertTrusted(t, [guard, cutOff]);
      t.equal(leafOf(cutOff).issuer, leafOf(guard).issuer);
    });
  }

  await t.test('stays trusted when a new replica is the first to miss the Secret', async (t) => {
    const { cluster, clock, guard, cutOff, assertTrusted } = await twoReplicas();
    cutOff.link.lacks = 'everything';
    cluster.setSecret(undefined);
    await (await replicaIn(cluster, clock, newKey)).look();
    await assertTrusted(t, [guard]);
  });

  await t.test('stays trusted when the Secret is replaced by an earlier one', async (t) => {
    const { cluster, guard, cutOff, assertTrusted } = await twoReplicas();
    const earlier = cluster.secret?.data;
    cluster.setSecret(undefined);
    await assertTrusted(t, [guard, cutOff]);
    cutOff.link.lacks = 'everything';
    cluster.setSecret(earlier);
    await assertTrusted(t, [guard]);
  });

  await t.test('stays trusted when ca.crt loses the CAs', async (t) => {
    const { cluster, guard, cutOff, assertTrusted } = await twoReplicas();
    cutOff.link.lacks = 'everything';
    cluster.setSecret(undefined);
    await assertTrusted(t, [guard]);
    cluster.setSecret({ ...cluster.secret?.data, 'ca.crt': 'hello' });
    await assertTrusted(t, [guard]);
  });

  await t.test('only from the Secret takes no CA away from the others', async (t) => {
    const { cluster, guard, cutOff, assertTrusted } = await twoReplicas();
    cutOff.link.lacks = 'the Secret';
    cluster.setSecret(undefined);
    await assertTrusted(t, [guard, cutOff]);
    t.not(leafOf(guard).issuer, leafOf(cutOff).issuer);
    cutOff.link.lacks = 'nothing';
    await assertTrusted(t, [guard, cutOff]);
    t.equal(leafOf(cutOff).issuer, leafOf(guard).issuer);
  });
});

t.test('a former CA that somebody takes out of ca.crt stays out', async (t) => {
  const { cluster, clock, guard } = await guarded();
  const another = await replicaIn(cluster, clock, newKey);
  const look = async (looks: number) => {
    for (; looks > 0; looks -= 1) for (const one of [guard, another]) await one.look();
  };
  await look(1);
  cluster.setSecret(undefined);
  await look(3);
  const { 'tls.crt': current = '', 'ca.crt': both } = cluster.secret?.data ?? {};
  t.equal(subjects(both).length, 2);
  cluster.setSecret({ ...cluster.secret?.data, 'ca.crt': current });
  await look(PATIENCE + 1);
  for (const text of [cluster.secret?.data['ca.crt'], ...cluster.bundles.values()]) {
    t.same(subjects(text), subjects(current));
  }
  t.ok(guard.isReady && another.isReady);
});

t.test('a caBundle that lacks the CA is mended at once, with a warning', async (t) => {
  for (const text of ['', 'garbage']) {
    const { cluster, guard } = await guarded();
    cluster.setBundle('validatingwebhookconfiguration', text);
    await guard.look();
    t.ok(guard.isReady);
    t.same(subjects(cluster.bundles.get('validatingwebhookconfiguration')), [leafOf(guard).issuer]);
    t.match(guard.lines.at(-1), /warn.*validating.*mended the caBundle/);
  }
});

t.test('a new CA that somebody takes out of a caBundle has to stand there anew', async (t) => {
  const { cluster, guard } = await guarded();
  for (let looks = 0; looks < 3; looks += 1) await guard.look();
  const former = leafOf(guard).issuer;
  const [earlier = ''] = cluster.bundles.values();
  cluster.setSecret(undefined);
  for (let looks = 0; looks < 2; looks += 1) await guard.look();
  cluster.setBundle('validatingwebhookconfiguration', earlier);
  const served: boolean[] = [];
  for (let looks = 1; looks <= 3; looks += 1) {
    await guard.look();
    served.push(leafOf(guard).issuer === former);
  }
  t.same(served, [true, true, false], 'an API server may not have read yet what was mended');
});

t.test("somebody else's CA in a caBundle is removed after some looks", async (t) => {
  const { cluster, clock, guard } = await guarded();
  const stranger = new InMemoryCluster();
  stranger.register();
  await (await replicaIn(stranger, clock, newKey)).look();
  const [theirs = ''] = stranger.bundles.values();
  cluster.setBundles(theirs);
  await guard.look();
  t.ok(guard.isReady);
  const lengths: number[] = [];
  for (let looks = 0; looks < PATIENCE; looks += 1) {
    lengths.push(...[...cluster.bundles.values()].map((bundle) => subjects(bundle).length));
    await guard.look();
  }
  t.same(new Set(lengths), new Set([2]));
  for (const bundle of cluster.bundles.values()) t.same(subjects(bundle), [leafOf(guard).issuer]);
});

t.test('an outage of the API server', async (t) => {
  await t.test('keeps the last answer, renews from memory, and is said once', async (t) => {
    const { cluster, clock, guard } = await guarded();
    for (let looks = 0; looks < 2; looks += 1) await guard.look();
    const { serialNumber } = leafOf(guard);
    const { length } = guard.lines;
    cluster.outage = new Error('connect ECONNREFUSED');
    clock.now += LEAF_MINUTES * 0.8 * MINUTE_MS;
    for (let looks = 0; looks < 5; looks += 1) await guard.look();
    t.ok(guard.isReady);
    t.equal(guard.status.isTrusted, true);
    t.not(leafOf(guard).serialNumber, serialNumber);
    t.equal(guard.lines.slice(length).filter((line) => line.includes('ECONNREFUSED')).length, 2);
    cluster.outage = undefined;
    await guard.look();
    t.match(guard.lines.at(-1), /info.*again/);
  });

  await t.test('at the start leaves a pair to answer with, not ready', async (t) => {
    const cluster = new InMemoryCluster();
    cluster.outage = new Error('connect ECONNREFUSED');
    const guard = await replicaIn(cluster, { now: Date.now() }, newKey);
    await guard.look();
    t.notOk(guard.isReady);
    t.equal(guard.status.isTrusted, undefined);
    t.ok(leafOf(guard).validToDate.getTime() > Date.now());
  });
});

t.test('without a webhook configuration', async (t) => {
  await t.test('nothing is made, and nobody is ready', async (t) => {
    const cluster = new InMemoryCluster();
    const guard = await replicaIn(cluster, { now: Date.now() }, newKey);
    await guard.look();
    t.same(cluster.writes, []);
    t.notOk(guard.isReady);
  });

  await t.test('whoever was ready stays so: nobody calls', async (t) => {
    const { cluster, guard } = await guarded();
    cluster.unregister();
    cluster.setSecret(undefined);
    await guard.look();
    t.ok(guard.isReady);
    t.equal(guard.status.isTrusted, undefined);
    t.equal(cluster.secret, undefined);
    cluster.register();
    await guard.look();
    t.ok(guard.isReady && guard.status.isTrusted);
  });
});

t.test('a name that the certificate does not have makes it not ready, and is named', async (t) => {
  const { cluster, guard } = await guarded();
  cluster.host = 'elsewhere.default.svc';
  await guard.look();
  t.notOk(guard.isReady);
  t.match(guard.lines.at(-1), /warn.*is not for .*elsewhere\.default\.svc/);
});

t.test('stopping ends it: nothing is written any more', async (t) => {
  const { cluster, guard } = await guarded();
  const looking = guard.keepLooking(1);
  guard.stop();
  await looking;
  const { length } = cluster.writes;
  cluster.setBundles('');
  await guard.look();
  t.equal(cluster.writes.length, length);
});
