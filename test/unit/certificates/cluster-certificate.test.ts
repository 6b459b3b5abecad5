import t from 'tap';
import { guarded, isTrusted, leafOf, newKey, subjects } from '../../support/guarded.ts';
import {
  CA_MINUTES,
  LEAF_MINUTES,
  MINUTE_MS,
  PATIENCE,
  guardIn,
  keeperIn,
} from '../../support/replicas.ts';

/** The life of a serving certificate and of its CA, by the clock. */

t.test('one look each is enough to be trusted, the CA before the certificate', async (t) => {
  const { cluster, guard, look } = await guarded();
  t.ok(guard.isReady);
  t.match(guard.status, { isTrusted: true, notAfter: leafOf(guard).validToDate });
  const writes = ['ca', 'mutatingwebhookconfiguration', 'validatingwebhookconfiguration', 'tls'];
  t.same(cluster.writes, writes);
  t.ok(leafOf(guard).checkHost(cluster.host));
  t.notOk('ca.crt' in cluster.secret('tls')!);
  t.not(cluster.secret('tls')?.['tls.key'], cluster.secret('ca')?.['tls.key'], 'no key of a CA');
  await look();
  t.same(cluster.writes, writes, 'and the next finds nothing to do');
});

t.test('all guards serve the same certificate', async (t) => {
  const { cluster, clock, guard } = await guarded();
  const another = await guardIn(cluster, clock, newKey);
  await another.look();
  t.ok(another.isReady);
  t.same(another.pair, guard.pair);
});

t.test('a certificate is renewed at two thirds of its life, by the wall clock', async (t) => {
  const { clock, guard, look } = await guarded();
  await look(3);
  const { serialNumber, issuer } = leafOf(guard);
  clock.now += (LEAF_MINUTES * 2 * MINUTE_MS) / 3 - 1000;
  await look();
  t.equal(leafOf(guard).serialNumber, serialNumber);
  clock.now += 1000;
  await look();
  t.not(leafOf(guard).serialNumber, serialNumber);
  t.equal(leafOf(guard).issuer, issuer);
  const end = clock.now + LEAF_MINUTES * MINUTE_MS;
  t.equal(leafOf(guard).validToDate.getTime(), end - (end % 1000));
});

t.test('a keeper that is away for a third of a certificate is not missed', async (t) => {
  const { cluster, clock, guard, keeper, look } = await guarded();
  await look(3);
  clock.now += (LEAF_MINUTES * 2 * MINUTE_MS) / 3 - 1000;
  await look();
  clock.now += (LEAF_MINUTES * MINUTE_MS) / 3 - 1000;
  await guard.look();
  t.ok(guard.isReady && isTrusted(cluster, guard, clock.now));
  await keeper.look();
  await guard.look();
  t.ok(leafOf(guard).validToDate.getTime() > clock.now + (LEAF_MINUTES * MINUTE_MS) / 2);
});

t.test('a clock that jumps past an expiry costs one look', async (t) => {
  for (const minutes of [LEAF_MINUTES + 1, CA_MINUTES + 1, 100 * CA_MINUTES]) {
    const { clock, guard, look } = await guarded();
    clock.now += minutes * MINUTE_MS;
    await look();
    t.ok(guard.isReady, `${minutes} min`);
    t.ok(leafOf(guard).validToDate.getTime() > clock.now);
  }
});

t.test('a certificate that has just ended leaves a guard ready, one of long ago not', async (t) => {
  for (const minutes of [LEAF_MINUTES + 1, CA_MINUTES + 1]) {
    const { clock, guard, look } = await guarded();
    clock.now += minutes * MINUTE_MS;
    const readiness: boolean[] = [];
    for (let looks = 0; looks < 8; looks += 1) {
      await guard.look();
      readiness.push(guard.isReady);
      t.equal(guard.status.isTrusted, false);
    }
    t.same(readiness, [true, true, true, true, true, true, false, false]);
    await look();
    t.ok(guard.isReady);
  }
});

t.test('what was made while the clock was ahead costs no call when it is right', async (t) => {
  for (const lives of [0.9, 2, 20]) {
    const { cluster, clock, guard, look } = await guarded();
    const right = clock.now;
    clock.now += lives * CA_MINUTES * MINUTE_MS;
    await look(4);
    clock.now = right;
    for (let looks = 0; looks < 2 * PATIENCE; looks += 1) {
      await look();
      t.ok(guard.isReady && isTrusted(cluster, guard, clock.now), `${lives} lives, look ${looks}`);
    }
  }
});

t.test('a CA is replaced at two thirds of its life', async (t) => {
  const { cluster, clock, guard, look } = await guarded();
  // In steps that keep the certificate from expiring, as looks in real life do.
  const until = clock.now + (CA_MINUTES * 2 * MINUTE_MS) / 3;
  while (clock.now + 30 * MINUTE_MS < until) {
    clock.now += 30 * MINUTE_MS;
    await look();
  }
  const [former] = subjects(cluster.secret()?.['ca.crt']);
  clock.now = until;
  const served: string[] = [];
  for (let looks = 1; looks <= 4; looks += 1) {
    await look();
    served.push(leafOf(guard).issuer);
  }
  const [current, ...others] = subjects(cluster.secret()?.['ca.crt']);
  t.not(current, former);
  t.same(others, [former]);
  for (const bundle of cluster.bundles.values()) t.same(subjects(bundle), [current, former]);
  t.same(served, [former, former, current, current], 'it is served under at the third look');

  clock.now += (CA_MINUTES / 3) * MINUTE_MS;
  await look(PATIENCE + 1);
  for (const bundle of cluster.bundles.values()) t.same(subjects(bundle), [current]);
});

t.test('other names in the configuration make a new certificate', async (t) => {
  const { cluster, clock, guard, look } = await guarded();
  await look(3);
  const { host } = cluster;
  cluster.host = 'guard.network.svc';
  const keeper = keeperIn(cluster, clock, newKey);
  await keeper.look();
  await guard.look();
  t.ok(guard.isReady);
  t.ok(leafOf(guard).checkHost('guard.network.svc'));
  t.notOk(leafOf(guard).checkHost(host));
});

t.test('stopping ends both', async (t) => {
  const { guard, keeper } = await guarded();
  const looking = guard.keepLooking(1);
  const keeping = keeper.keepLooking(1, 60_000);
  guard.stop();
  keeper.stop();
  await looking;
  t.equal(await keeping, 'stopped');
});
