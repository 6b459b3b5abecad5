import t, { type Test } from 'tap';
import { guarded, isTrusted, leafOf, newKey, subjects } from '../../support/guarded.ts';
import { InMemoryCluster } from '../../support/in-memory-cluster.ts';
import { PATIENCE, guardIn, keeperIn } from '../../support/replicas.ts';

/** What others do to Secrets, caBundles and links, and what of it costs a call. */

t.test('a caBundle that was emptied leaves a guard ready while it is mended', async (t) => {
  const { cluster, guard, look } = await guarded();
  cluster.setBundles('');
  for (let looks = 0; looks < 6; looks += 1) await guard.look();
  t.ok(guard.isReady);
  t.equal(guard.status.isTrusted, false);
  await guard.look();
  t.notOk(guard.isReady);
  await look();
  t.ok(guard.isReady);
});

t.test('a Secret that is deleted', async (t) => {
  for (const name of ['ca', 'tls'] as const) {
    await t.test(`costs no call and is not made anew: ${name}`, async (t) => {
      const { cluster, clock, keeper, guard, look } = await guarded();
      const { length } = cluster.writes;
      cluster.setSecret(undefined, name);
      for (let looks = 0; looks < 2 * PATIENCE; looks += 1) {
        t.notOk(await keeper.look(), 'this look has not done what is due');
        await guard.look();
        t.ok(guard.isReady && isTrusted(cluster, guard, clock.now), `look ${looks}`);
      }
      t.same(cluster.writes.slice(length), []);
      const lines = [...keeper.lines, ...guard.lines].join('\n');
      t.match(lines, new RegExp(`the Secret kube-system/${name} is missing; helm upgrade`));
      // What helm upgrade does.
      cluster.setSecret({}, name);
      for (let looks = 0; looks < 2 * PATIENCE; looks += 1) {
        await look();
        t.ok(guard.isReady && isTrusted(cluster, guard, clock.now), `look ${looks} afterwards`);
      }
      t.ok(await keeper.look());
      t.equal(leafOf(guard).issuer, subjects(cluster.secret()?.['ca.crt'])[0]);
    });
  }

  await t.test('leaves a guard that starts then not ready', async (t) => {
    const { cluster, clock } = await guarded();
    cluster.setSecret(undefined, 'tls');
    const another = await guardIn(cluster, clock, newKey);
    await another.look();
    t.notOk(another.isReady);
    t.match(another.lines.join('\n'), /kube-system\/tls is missing; helm upgrade/);
  });
});

t.test('a spoilt serving Secret is mended, and the guards keep what they have', async (t) => {
  const spoilt: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'no data': {},
    garbage: { 'tls.crt': 'hello', 'tls.key': 'hello' },
    'no key': { 'tls.key': '' },
  };
  for (const [what, data] of Object.entries(spoilt)) {
    const { cluster, clock, guard, look } = await guarded();
    const before = guard.pair;
    cluster.setSecret({ ...(what === 'no key' && cluster.secret('tls')), ...data }, 'tls');
    await guard.look();
    t.same(guard.pair, before, what);
    t.ok(guard.isReady && isTrusted(cluster, guard, clock.now));
    await look(4);
    t.not(guard.pair.certificate, before.certificate, what);
    t.ok(guard.isReady && isTrusted(cluster, guard, clock.now));
  }
});

t.test('a guard that is cut off', async (t) => {
  /** Two guards that serve under one CA; the second one is about to lose its link. */
  const twoGuards = async () => {
    const { cluster, clock, guard, keeper } = await guarded();
    const cutOff = await guardIn(cluster, clock, newKey);
    for (let looks = 0; looks < 3; looks += 1) {
      for (const one of [keeper, guard, cutOff]) await one.look();
    }
    /** More looks than a CA that is not asked for may stand, with both trusted after each. */
    const assertTrusted = async (t: Test, processes: readonly { look(): Promise<unknown> }[]) => {
      for (let looks = 0; looks < 2 * PATIENCE; looks += 1) {
        for (const one of processes) {
          await one.look();
          for (const each of [guard, cutOff]) {
            t.ok(each.isReady && isTrusted(cluster, each, clock.now), `look ${looks}`);
          }
        }
      }
    };
    return { cluster, clock, guard, keeper, cutOff, assertTrusted };
  };

  const wrecks: Readonly<Record<string, (cluster: InMemoryCluster) => void>> = {
    'is emptied': (cluster) => cluster.setSecret({}),
    'holds garbage': (cluster) =>
      cluster.setSecret({ 'tls.crt': 'hello', 'tls.key': 'hello', 'ca.crt': 'hello' }),
  };
  for (const [wreck, cause] of Object.entries(wrecks)) {
    for (const who of ['the same keeper', 'a new keeper']) {
      await t.test(`stays trusted when the Secret ${wreck}, and ${who} mends it`, async (t) => {
        const { cluster, clock, guard, keeper, cutOff, assertTrusted } = await twoGuards();
        const former = leafOf(cutOff).issuer;
        cutOff.link.lacks = 'everything';
        cause(cluster);
        const mending = who === 'a new keeper' ? keeperIn(cluster, clock, newKey) : keeper;
        await assertTrusted(t, [mending, guard]);
        t.not(leafOf(guard).issuer, former);
        t.same(subjects(cluster.secret()?.['ca.crt']), [leafOf(guard).issuer, former]);
        cutOff.link.lacks = 'nothing';
        await assertTrusted(t, [mending, guard, cutOff]);
        t.equal(leafOf(cutOff).issuer, leafOf(guard).issuer);
      });
    }
  }

  await t.test('stays trusted when the Secret is replaced by an earlier one', async (t) => {
    const { cluster, guard, keeper, cutOff, assertTrusted } = await twoGuards();
    const earlier = cluster.secret();
    cluster.setSecret({});
    await assertTrusted(t, [keeper, guard, cutOff]);
    cutOff.link.lacks = 'everything';
    cluster.setSecret(earlier);
    await assertTrusted(t, [keeper, guard]);
  });

  await t.test('stays trusted when ca.crt loses the CAs', async (t) => {
    const { cluster, guard, keeper, cutOff, assertTrusted } = await twoGuards();
    cutOff.link.lacks = 'everything';
    cluster.setSecret({});
    await assertTrusted(t, [keeper, guard]);
    cluster.setSecret({ ...cluster.secret(), 'ca.crt': 'hello' });
    await assertTrusted(t, [keeper, guard]);
  });
});

t.test('a keeper that can not read the Secrets takes no CA away and signs nothing', async (t) => {
  const { cluster, clock, keeper, guard } = await guarded();
  const other = keeperIn(cluster, clock, newKey);
  keeper.link.lacks = 'the Secrets';
  cluster.setSecret({});
  for (let looks = 0; looks < 2 * PATIENCE; looks += 1) {
    await other.look();
    t.notOk(await keeper.look());
    await guard.look();
    t.ok(guard.isReady && isTrusted(cluster, guard, clock.now), `look ${looks}`);
  }
  const { length } = cluster.writes;
  for (const one of [other, keeper, other, keeper]) await one.look();
  t.same(cluster.writes.slice(length), [], 'the two come to rest');
});

t.test('a former CA that is taken out of ca.crt stays out', async (t) => {
  const { cluster, guard, look } = await guarded();
  cluster.setSecret({});
  await look(4);
  const { 'tls.crt': current = '', 'ca.crt': both } = cluster.secret() ?? {};
  t.equal(subjects(both).length, 2);
  cluster.setSecret({ ...cluster.secret(), 'ca.crt': current });
  await look(PATIENCE + 1);
  for (const text of [cluster.secret()?.['ca.crt'], ...cluster.bundles.values()]) {
    t.same(subjects(text), subjects(current));
  }
  t.ok(guard.isReady);
});

t.test('a caBundle that lacks the CA is mended at once, with a warning', async (t) => {
  for (const text of ['', 'garbage']) {
    const { cluster, keeper, guard, look } = await guarded();
    cluster.setBundle('validatingwebhookconfiguration', text);
    await look();
    t.ok(guard.isReady);
    t.same(subjects(cluster.bundles.get('validatingwebhookconfiguration')), [leafOf(guard).issuer]);
    t.match(keeper.lines.at(-1), /warn.*validating.*put the caBundle back/);
  }
});

t.test('a new CA that is taken out of a caBundle has to stand there anew', async (t) => {
  const { cluster, guard, look } = await guarded();
  await look(3);
  const former = leafOf(guard).issuer;
  const [earlier = ''] = cluster.bundles.values();
  cluster.setSecret({});
  await look(2);
  cluster.setBundle('validatingwebhookconfiguration', earlier);
  const served: boolean[] = [];
  for (let looks = 1; looks <= 3; looks += 1) {
    await look();
    served.push(leafOf(guard).issuer === former);
  }
  t.same(served, [true, true, false], 'an API server may not have read yet what was mended');
});

t.test('an unknown CA in a caBundle is removed after some looks', async (t) => {
  const { cluster, clock, guard, look } = await guarded();
  const stranger = new InMemoryCluster();
  stranger.register();
  await keeperIn(stranger, clock, newKey).look();
  const [theirs = ''] = stranger.bundles.values();
  cluster.setBundles(theirs);
  await look();
  t.ok(guard.isReady);
  const lengths: number[] = [];
  for (let looks = 0; looks < PATIENCE; looks += 1) {
    lengths.push(...[...cluster.bundles.values()].map((bundle) => subjects(bundle).length));
    await look();
  }
  t.same(new Set(lengths), new Set([2]));
  for (const bundle of cluster.bundles.values()) t.same(subjects(bundle), [leafOf(guard).issuer]);
});

t.test('an outage of the API server', async (t) => {
  await t.test('keeps the last answer, and is said once by each', async (t) => {
    const { cluster, keeper, guard, look } = await guarded();
    await look(2);
    const before = guard.lines.length + keeper.lines.length;
    cluster.outage = new Error('connect ECONNREFUSED');
    await look(5);
    t.ok(guard.isReady);
    t.equal(guard.status.isTrusted, true);
    t.notOk(await keeper.look());
    const lines = [...guard.lines, ...keeper.lines];
    t.equal(lines.length - before, 3, 'configurations and Secret, and one of the keeper');
    t.equal(lines.filter((line) => line.includes('ECONNREFUSED')).length, 3);
    cluster.outage = undefined;
    await look();
    t.match(guard.lines.at(-1), /info.*again/);
    t.match(keeper.lines.at(-1), /info.*again/);
  });

  await t.test('at the start leaves a pair to answer with, not ready', async (t) => {
    const cluster = new InMemoryCluster();
    cluster.outage = new Error('connect ECONNREFUSED');
    const guard = await guardIn(cluster, { now: Date.now() }, newKey);
    await guard.look();
    t.notOk(guard.isReady);
    t.equal(guard.status.isTrusted, undefined);
    t.ok(leafOf(guard).validToDate.getTime() > Date.now());
  });

  await t.test('that does not end ends the keeper, so that it starts afresh', async (t) => {
    const { cluster, keeper } = await guarded();
    cluster.outage = new Error('connect ECONNREFUSED');
    t.equal(await keeper.keepLooking(1, 10), 'stuck');
  });
});

t.test('without a webhook configuration', async (t) => {
  await t.test('nothing is made, and no guard is ready', async (t) => {
    const cluster = new InMemoryCluster();
    const clock = { now: Date.now() };
    const guard = await guardIn(cluster, clock, newKey);
    t.ok(await keeperIn(cluster, clock, newKey).look());
    await guard.look();
    t.same(cluster.writes, []);
    t.notOk(guard.isReady);
  });

  await t.test('a guard that was ready stays so: no call comes', async (t) => {
    const { cluster, guard, look } = await guarded();
    cluster.unregister();
    await look();
    t.ok(guard.isReady);
    t.equal(guard.status.isTrusted, undefined);
    cluster.register();
    await look();
    t.ok(guard.isReady && guard.status.isTrusted);
  });
});

t.test('a name that the certificate does not have makes it not ready, and is named', async (t) => {
  const { cluster, guard } = await guarded();
  cluster.host = 'elsewhere.default.svc';
  for (let looks = 0; looks < 7; looks += 1) await guard.look();
  t.notOk(guard.isReady);
  t.match(guard.lines.at(-1), /warn.*is not for .*elsewhere\.default\.svc/);
});

t.test('a path that is not answered makes it not ready, and is not shown', async (t) => {
  const { cluster, guard } = await guarded();
  cluster.path = '/validate/0123456789abcdef';
  await guard.look();
  t.notOk(guard.isReady);
  t.match(guard.lines.at(-1), /warn.*the\.only\.webhook.* has a path that this guard does not/);
  t.notMatch(guard.lines.join(), '0123456789abcdef');
  cluster.path = '/validate';
  await guard.look();
  t.ok(guard.isReady);
});
