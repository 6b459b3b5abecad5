import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { provisionalPair } from '../../../src/certificates/authority.ts';
import { ClusterCertificate } from '../../../src/certificates/cluster-certificate.ts';
import { CertificateFiles } from '../../../src/certificates/files.ts';
import { newRsaKeyPair } from '../../../src/certificates/key.ts';
import { localCertificate } from '../../../src/certificates/local.ts';
import { certificatesIn } from '../../../src/certificates/pem.ts';
import { refusalOf } from '../../../src/certificates/trust.ts';
import { InMemoryCluster } from '../../support/in-memory-cluster.ts';
import { logLines } from '../../support/log-lines.ts';

const PATIENCE = 6;
const NOW = new Date();

async function setUp(t: Test, withCa: boolean) {
  const directory = t.testdir({});
  const pairs = {
    old: await localCertificate(join(directory, 'old')),
    new: await localCertificate(join(directory, 'new')),
  };
  const cluster = new InMemoryCluster();
  cluster.host = 'localhost';
  cluster.register();
  const guard = async (name: string) => {
    const { log, lines } = logLines();
    const own = join(directory, name);
    const certificate = new ClusterCertificate({
      source: new CertificateFiles({ directory: own, log, withCa }),
      configurations: cluster.configurations,
      provisional: await provisionalPair(await newRsaKeyPair()),
      patience: PATIENCE,
      log,
      now: () => NOW,
    });
    const mount = (pair: keyof typeof pairs) =>
      cpSync(join(directory, pair), own, { recursive: true });
    const unmount = () => rmSync(own, { recursive: true });
    return Object.assign(certificate, { lines, mount, unmount });
  };
  return { cluster, pairs, guards: [await guard('one'), await guard('two')] as const };
}

t.test('a new CA that reaches replicas at different times costs no trust', async (t) => {
  const { cluster, pairs, guards } = await setUp(t, true);
  const [one, two] = guards;
  for (const guard of guards) guard.mount('old');
  const look = async () => {
    for (const guard of guards) {
      await guard.look();
      for (const { pair } of guards.filter(({ isReady }) => isReady)) {
        for (const bundle of cluster.bundles.values()) {
          const caller = { host: 'localhost', trusted: certificatesIn(bundle) };
          t.equal(refusalOf(certificatesIn(pair.certificate), caller, NOW), undefined);
        }
      }
    }
    t.ok(one.isReady && two.isReady);
  };
  await look();
  one.mount('new');
  for (let looks = 0; looks < PATIENCE - 1; looks += 1) await look();
  t.equal(one.pair.certificate, pairs.new.certificate);
  t.equal(two.pair.certificate, pairs.old.certificate);
  two.mount('new');
  for (let looks = 0; looks < PATIENCE + 2; looks += 1) await look();
  t.equal(two.pair.certificate, pairs.new.certificate);
  for (const bundle of cluster.bundles.values()) {
    t.same(certificatesIn(bundle).map(String), certificatesIn(pairs.new.ca).map(String));
  }
});

t.test('a replica that can not read its files takes no CA away from the others', async (t) => {
  const { cluster, pairs, guards } = await setUp(t, true);
  const [one, two] = guards;
  for (const guard of guards) {
    guard.mount('old');
    await guard.look();
  }
  two.unmount();
  one.mount('new');
  for (let looks = 0; looks < 3 * PATIENCE; looks += 1) {
    for (const guard of guards) {
      await guard.look();
      for (const bundle of cluster.bundles.values()) {
        const caller = { host: 'localhost', trusted: certificatesIn(bundle) };
        const refusal = refusalOf(certificatesIn(one.pair.certificate), caller, NOW);
        t.equal(refusal, undefined, `look ${looks}`);
      }
    }
  }
  t.equal(one.pair.certificate, pairs.new.certificate);
});

t.test('where somebody else writes the caBundle it is checked, and nothing written', async (t) => {
  const { cluster, pairs, guards } = await setUp(t, false);
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
});
