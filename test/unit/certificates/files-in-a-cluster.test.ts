import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { provisionalPair } from '../../../src/certificates/authority.ts';
import { ClusterCertificate } from '../../../src/certificates/cluster-certificate.ts';
import { CaFile, PairFiles } from '../../../src/certificates/files.ts';
import { newRsaKeyPair } from '../../../src/certificates/key.ts';
import { localCertificate } from '../../../src/certificates/local.ts';
import { certificatesIn } from '../../../src/certificates/pem.ts';
import { TrustKeeper } from '../../../src/certificates/trust-keeper.ts';
import { refusalOf } from '../../../src/certificates/trust.ts';
import { InMemoryCluster } from '../../support/in-memory-cluster.ts';
import { logLines } from '../../support/log-lines.ts';

const PATIENCE = 6;
const NOW = new Date();

/** Made once: keys cost more time than most tests. */
const made = t.testdir();
const pairs = {
  old: await localCertificate(join(made, 'old')),
  new: await localCertificate(join(made, 'new')),
};
const provisional = await provisionalPair(await newRsaKeyPair());

async function setUp(t: Test) {
  const directory = t.testdir({});
  const cluster = new InMemoryCluster();
  cluster.host = 'localhost';
  cluster.register();
  /** What mounts the files of a pair where a process reads them. */
  const mounting = (name: string) => {
    const own = join(directory, name);
    const mount = (pair: keyof typeof pairs) => cpSync(join(made, pair), own, { recursive: true });
    return { own, mount, unmount: () => rmSync(own, { recursive: true }) };
  };
  const guard = async (name: string) => {
    const { log, lines } = logLines();
    const { own, ...files } = mounting(name);
    const certificate = new ClusterCertificate({
      source: new PairFiles(own, log),
      configurations: cluster.configurations,
      answers: () => true,
      provisional,
      log,
      now: () => NOW,
    });
    return Object.assign(certificate, { lines, ...files });
  };
  const { own, ...files } = mounting('keeper');
  const { log } = logLines();
  const keeper = new TrustKeeper({
    source: new CaFile(own, log),
    leaf: undefined,
    configurations: cluster.configurations,
    patience: PATIENCE,
    log,
    now: () => NOW,
  });
  return {
    cluster,
    keeper: Object.assign(keeper, files),
    guards: [await guard('one'), await guard('two')] as const,
  };
}

t.test('a new CA that reaches each at another time costs no trust', async (t) => {
  const orders = [
    ['keeper', 'one', 'two'],
    ['one', 'keeper', 'two'],
    ['one', 'two', 'keeper'],
  ] as const;
  for (const order of orders) {
    const { cluster, keeper, guards } = await setUp(t);
    const [one, two] = guards;
    const all = { keeper, one, two };
    for (const each of Object.values(all)) each.mount('old');
    const look = async () => {
      for (const each of Object.values(all)) {
        await each.look();
        for (const { pair } of guards.filter(({ isReady }) => isReady)) {
          for (const bundle of cluster.bundles.values()) {
            const caller = { host: 'localhost', trusted: certificatesIn(bundle) };
            t.equal(refusalOf(certificatesIn(pair.certificate), caller, NOW), undefined);
          }
        }
      }
      t.ok(one.isReady && two.isReady, order.join());
    };
    await look();
    for (const who of order) {
      all[who].mount('new');
      for (let looks = 0; looks < 2; looks += 1) await look();
    }
    for (let looks = 0; looks < PATIENCE + 4; looks += 1) await look();
    for (const { pair } of guards) t.equal(pair.certificate, pairs.new.certificate);
    for (const bundle of cluster.bundles.values()) {
      t.same(certificatesIn(bundle).map(String), certificatesIn(pairs.new.ca).map(String));
    }
  }
});

t.test('a keeper that can not read its file takes no CA away', async (t) => {
  const { cluster, keeper, guards } = await setUp(t);
  const [guard] = guards;
  for (const each of [keeper, guard]) each.mount('old');
  for (const each of [keeper, guard]) await each.look();
  t.ok(guard.isReady);
  keeper.unmount();
  cluster.setBundles(pairs.old.ca + pairs.new.ca);
  for (let looks = 0; looks < 3 * PATIENCE; looks += 1) {
    t.notOk(await keeper.look());
    await guard.look();
    for (const bundle of cluster.bundles.values()) t.equal(certificatesIn(bundle).length, 2);
  }
});

t.test(
  'where another program writes the caBundle it is checked, and nothing written',
  async (t) => {
    const { cluster, guards } = await setUp(t);
    const [guard] = guards;
    guard.mount('old');
    await guard.look();
    t.notOk(guard.isReady);
    t.match(guard.lines.at(-1), /warn.*signed by no CA it trusts/);
    cluster.setBundles(pairs.old.ca);
    await guard.look();
    t.ok(guard.isReady);
    t.match(guard.lines.at(-1), /info.*trusts the certificate served/);

    guard.mount('new');
    for (let looks = 0; looks < 4; looks += 1) await guard.look();
    t.equal(guard.pair.certificate, pairs.old.certificate, 'which is the one that is trusted');
    cluster.setBundles(pairs.new.ca);
    await guard.look();
    t.equal(guard.pair.certificate, pairs.new.certificate);
    t.ok(guard.isReady);
    t.same(cluster.writes, []);
  },
);
