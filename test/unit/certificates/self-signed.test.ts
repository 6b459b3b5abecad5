import { generateKeyPairSync } from 'node:crypto';
import t, { type Test } from 'tap';
import { issueCertificate } from '../../../src/certificates/issue.ts';
import { certificatesIn } from '../../../src/certificates/pem.ts';
import type { SecretStore } from '../../../src/certificates/ports.ts';
import { SelfSignedCa } from '../../../src/certificates/self-signed.ts';
import { InMemoryCluster } from '../../support/in-memory-cluster.ts';
import { logLines } from '../../support/log-lines.ts';
import { CA_MINUTES, MINUTE_MS, keyPool } from '../../support/replicas.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const newKey = await keyPool();

const caLifeMs = CA_MINUTES * MINUTE_MS;

function sourceOf(store: SecretStore) {
  const { log, lines } = logLines();
  return { source: new SelfSignedCa({ caLifeMs, store, log, newKey }), lines };
}

/** A cluster whose Secret holds this. */
function clusterWith(data: Readonly<Record<string, string>>): InMemoryCluster {
  const cluster = new InMemoryCluster();
  cluster.setSecret(data);
  return cluster;
}

/** A Secret's data that was made here. */
async function secretData() {
  const cluster = clusterWith({});
  await sourceOf(cluster.store('ca')).source.newest(NOW, []);
  return cluster.secret()!;
}

const subjectsIn = (pem: string) => certificatesIn(pem).map(({ subject }) => subject);
const good = await secretData();
const other = await secretData();
const stranger = await newKey();
const strangerCa = issueCertificate({
  commonName: 'somebody',
  publicKey: stranger.publicKey,
  issuer: { commonName: 'somebody', key: stranger.privateKey },
  usage: 'ca',
  notBefore: NOW,
  notAfter: new Date(NOW.getTime() + 60 * MINUTE_MS),
});
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

async function assertSound(t: Test, cluster: InMemoryCluster, now = NOW): Promise<void> {
  const { source } = sourceOf(cluster.store('ca'));
  const { caBundle, isCurrent, authority } = (await source.newest(now, []))!;
  t.ok(isCurrent);
  const [ca] = certificatesIn(caBundle);
  t.equal(authority?.signing.certificate, ca?.toString());
  t.equal(cluster.secret()?.['ca.crt'], caBundle);
}

t.test('a good Secret is used as it is', async (t) => {
  const cluster = clusterWith({ ...good, theirs: 'kept' });
  await assertSound(t, cluster);
  t.same(cluster.writes, []);
});

const SPOILT: Readonly<Record<string, { data: Record<string, string>; reason: string }>> = {
  'no data': { data: {}, reason: 'it holds none yet' },
  'a certificate that is none': {
    data: { ...good, 'tls.crt': 'hello' },
    reason: 'tls.crt is no certificate',
  },
  'half a certificate': {
    data: { ...good, 'tls.crt': good['tls.crt']!.slice(0, 500) },
    reason: 'tls.crt is no certificate',
  },
  'no key': { data: { ...good, 'tls.key': '' }, reason: 'tls.key is not the key of tls.crt' },
  'half a key': {
    data: { ...good, 'tls.key': good['tls.key']!.slice(0, 500) },
    reason: 'tls.key is not the key of tls.crt',
  },
  'the key of another CA': {
    data: { ...good, 'tls.key': other['tls.key']! },
    reason: 'tls.key is not the key of tls.crt',
  },
  'an elliptic key': {
    data: { ...good, 'tls.key': elliptic.export({ type: 'pkcs8', format: 'pem' }).toString() },
    reason: 'tls.key is not the key of tls.crt',
  },
  'a CA of another maker': {
    data: { 'tls.crt': strangerCa, 'tls.key': stranger.privateKey, 'ca.crt': strangerCa },
    reason: 'tls.crt is no CA made by eni-config-guard',
  },
};
for (const [kind, { data, reason }] of Object.entries(SPOILT)) {
  t.test(`${kind} in the Secret is replaced, and other keys are kept`, async (t) => {
    const cluster = clusterWith({ ...data, theirs: 'kept' });
    const { source, lines } = sourceOf(cluster.store('ca'));
    await source.newest(NOW, []);
    t.not(cluster.secret()?.['tls.crt'], data['tls.crt']);
    t.equal(cluster.secret()?.theirs, 'kept');
    t.match(lines, [`info [{"reason":"${reason}"},"made a new CA"]`]);
    t.notMatch(lines.join(), /PRIVATE|BEGIN/);
    await assertSound(t, cluster);
  });
}

t.test('a CA that is over is replaced and no longer trusted', async (t) => {
  const cluster = clusterWith(good);
  await assertSound(t, cluster, new Date(NOW.getTime() + (CA_MINUTES + 1) * MINUTE_MS));
  t.equal(certificatesIn(cluster.secret()!['ca.crt']!).length, 1);
});

t.test('a ca.crt that lacks the CA or holds strangers is set right', async (t) => {
  for (const caCrt of ['', 'hello', strangerCa]) {
    const cluster = clusterWith({ ...good, 'ca.crt': caCrt });
    await assertSound(t, cluster);
    t.same(cluster.secret(), good);
  }
});

t.test('a spoilt CA stays trusted where ca.crt still tells of it', async (t) => {
  const cluster = clusterWith({ ...good, 'tls.key': 'hello' });
  await assertSound(t, cluster);
  t.ok(cluster.secret()!['ca.crt']!.endsWith(good['ca.crt']!));
});

t.test('a CA stays trusted where only tls.crt still tells of it', async (t) => {
  const ofTheCa = (data: Readonly<Record<string, string>>) => subjectsIn(data['ca.crt']!).at(-1);
  await t.test('because the rest is spoilt', async (t) => {
    const cluster = clusterWith({
      'tls.crt': good['tls.crt']!,
      'tls.key': 'hello',
      'ca.crt': 'hello',
    });
    await assertSound(t, cluster);
    t.equal(ofTheCa(cluster.secret()!), ofTheCa(good));
  });
  await t.test('because it is due and ca.crt is spoilt', async (t) => {
    const cluster = clusterWith({ ...good, 'ca.crt': 'hello' });
    await assertSound(t, cluster, new Date(NOW.getTime() + 0.7 * CA_MINUTES * MINUTE_MS));
    t.not(cluster.secret()?.['tls.crt'], good['tls.crt']);
    t.equal(ofTheCa(cluster.secret()!), ofTheCa(good));
  });
});

t.test('the loser of a race takes what the winner made', async (t) => {
  const cluster = clusterWith({});
  const store = cluster.store('ca');
  let isFirst = true;
  const { source } = sourceOf({
    ...store,
    write: async (data, known) => {
      if (isFirst) cluster.setSecret(good);
      isFirst = false;
      return store.write(data, known);
    },
  });
  t.equal((await source.newest(NOW, []))?.caBundle, good['ca.crt']);
  t.same(cluster.secret(), good);
});

t.test('a CA that is due but can not be replaced is used to its end', async (t) => {
  const { source, lines } = sourceOf({
    name: 'kube-system/ca',
    read: async () => ({ data: good, version: '1' }),
    write: async () => Promise.reject(new Error('field is immutable when `immutable` is set')),
  });
  const wanted = await source.newest(new Date(NOW.getTime() + 0.9 * caLifeMs), []);
  t.match(wanted, { caBundle: good['ca.crt'], isCurrent: false });
  t.match(lines, [/warn.*the Secret of the CA can't be used: field is immutable/]);
});

t.test('a Secret that is missing is never made, and the way to have it is said', async (t) => {
  const cluster = new InMemoryCluster();
  const { source, lines } = sourceOf(cluster.store('ca'));
  t.equal(await source.newest(NOW, []), undefined);
  t.match(lines, [/warn.*kube-system\/ca is missing; helm upgrade --reset-then-reuse-values/]);
  t.same(cluster.writes, []);
});

t.test('what stands in the caBundles stays trusted when the Secret was lost', async (t) => {
  const standing = certificatesIn(good['ca.crt']!);
  const lost = clusterWith({});
  const { source } = sourceOf(lost.store('ca'));
  const { caBundle } = (await source.newest(NOW, [...standing, ...certificatesIn(strangerCa)]))!;
  t.same(subjectsIn(caBundle).slice(1), subjectsIn(good['ca.crt']!), "but no stranger's");
  const whole = clusterWith(other);
  const again = await sourceOf(whole.store('ca')).source.newest(NOW, standing);
  t.equal(again?.caBundle, other['ca.crt'], 'and nothing is added to one that is whole');
});

/** A CA called as those made here are, with a key of so many bits and a life of so many. */
function unsoundCa(bits: number, lives: number) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const commonName = 'eni-config-guard CA 0123456789abcdef';
  const certificate = issueCertificate({
    commonName,
    publicKey,
    issuer: { commonName, key: privateKey },
    usage: 'ca',
    notBefore: NOW,
    notAfter: new Date(NOW.getTime() + lives * caLifeMs),
  });
  return { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': certificate };
}

t.test('a CA that no one should trust is replaced, named, and not trusted further', async (t) => {
  for (const [what, data, reason] of [
    ['a weak key', unsoundCa(1024, 1), /the CA's key is weaker than RSA 2048/],
    ['an absurd life', unsoundCa(2048, 900), /the CA is valid for longer than any/],
  ] as const) {
    const cluster = clusterWith(data);
    const { source, lines } = sourceOf(cluster.store('ca'));
    const { caBundle } = (await source.newest(NOW, certificatesIn(data['ca.crt'])))!;
    t.match(lines, [reason], what);
    t.equal(certificatesIn(caBundle).length, 1, what);
    t.not(cluster.secret()?.['tls.crt'], data['tls.crt'], what);
  }
  const sound = unsoundCa(2048, 1);
  const { source } = sourceOf(clusterWith(sound).store('ca'));
  const kept = (await source.newest(NOW, []))?.authority?.signing.certificate;
  t.equal(
    kept,
    certificatesIn(sound['tls.crt'])[0]?.toString(),
    'a sound one of that name is kept',
  );
});
