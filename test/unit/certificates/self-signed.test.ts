import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import t, { type Test } from 'tap';
import { issueCertificate } from '../../../src/certificates/issue.ts';
import { certificatesIn } from '../../../src/certificates/pem.ts';
import { SelfSigned } from '../../../src/certificates/self-signed.ts';
import { InMemoryCluster } from '../../support/in-memory-cluster.ts';
import { logLines } from '../../support/log-lines.ts';
import { CA_MINUTES, LEAF_MINUTES, MINUTE_MS, keyPool } from '../../support/replicas.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const newKey = await keyPool();

function sourceOf({ store }: Pick<InMemoryCluster, 'store'>) {
  const { log, lines } = logLines();
  const options = { names: ['a.svc'], caLifeMs: CA_MINUTES * MINUTE_MS };
  const leafLifeMs = LEAF_MINUTES * MINUTE_MS;
  return { source: new SelfSigned({ ...options, leafLifeMs, store, log, newKey }), lines };
}

/** A Secret's data that the guard made. */
async function secretData() {
  const cluster = new InMemoryCluster();
  await sourceOf(cluster).source.newest(NOW);
  return cluster.secret!.data;
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
  const { source } = sourceOf(cluster);
  const offer = (await source.newest(now))!;
  const [ca] = certificatesIn(offer.caBundle!);
  const leaf = new X509Certificate(offer.pair.certificate);
  t.ok(leaf.verify(ca!.publicKey) && leaf.checkIssued(ca!));
  t.equal(cluster.secret?.data['ca.crt'], offer.caBundle);
  t.ok(leaf.validToDate <= ca!.validToDate, 'a certificate does not outlive its CA');
}

t.test('a good Secret is used as it is', async (t) => {
  const cluster = new InMemoryCluster();
  cluster.setSecret({ ...good, theirs: 'kept' });
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
  "somebody else's CA": {
    data: { 'tls.crt': strangerCa, 'tls.key': stranger.privateKey, 'ca.crt': strangerCa },
    reason: 'tls.crt is no CA made by eni-config-guard',
  },
};
for (const [kind, { data, reason }] of Object.entries(SPOILT)) {
  t.test(`${kind} in the Secret is replaced, and other keys are kept`, async (t) => {
    const cluster = new InMemoryCluster();
    cluster.setSecret({ ...data, theirs: 'kept' });
    const { source, lines } = sourceOf(cluster);
    await source.newest(NOW);
    t.not(cluster.secret?.data['tls.crt'], data['tls.crt']);
    t.equal(cluster.secret?.data.theirs, 'kept');
    t.match(lines, [`info [{"reason":"${reason}"},"made a new CA"]`]);
    t.notMatch(lines.join(), /PRIVATE|BEGIN/);
    await assertSound(t, cluster);
  });
}

t.test('a CA that is over is replaced and no longer trusted', async (t) => {
  const cluster = new InMemoryCluster();
  cluster.setSecret(good);
  await assertSound(t, cluster, new Date(NOW.getTime() + (CA_MINUTES + 1) * MINUTE_MS));
  t.equal(certificatesIn(cluster.secret!.data['ca.crt']!).length, 1);
});

t.test('a ca.crt that lacks the CA or holds strangers is set right', async (t) => {
  for (const caCrt of ['', 'hello', strangerCa]) {
    const cluster = new InMemoryCluster();
    cluster.setSecret({ ...good, 'ca.crt': caCrt });
    await assertSound(t, cluster);
    t.same(cluster.secret?.data, good);
  }
});

t.test('a spoilt CA stays trusted where ca.crt still tells of it', async (t) => {
  const cluster = new InMemoryCluster();
  cluster.setSecret({ ...good, 'tls.key': 'hello' });
  await assertSound(t, cluster);
  t.ok(cluster.secret!.data['ca.crt']!.endsWith(good['ca.crt']!));
});

t.test('a CA stays trusted where only tls.crt still tells of it', async (t) => {
  const ofTheCa = (data: Readonly<Record<string, string>>) => subjectsIn(data['ca.crt']!).at(-1);
  await t.test('because the rest is spoilt', async (t) => {
    const cluster = new InMemoryCluster();
    cluster.setSecret({ 'tls.crt': good['tls.crt']!, 'tls.key': 'hello', 'ca.crt': 'hello' });
    await assertSound(t, cluster);
    t.equal(ofTheCa(cluster.secret!.data), ofTheCa(good));
  });
  await t.test('because it is due and ca.crt is spoilt', async (t) => {
    const cluster = new InMemoryCluster();
    cluster.setSecret({ ...good, 'ca.crt': 'hello' });
    await assertSound(t, cluster, new Date(NOW.getTime() + 0.7 * CA_MINUTES * MINUTE_MS));
    t.not(cluster.secret?.data['tls.crt'], good['tls.crt']);
    t.equal(ofTheCa(cluster.secret!.data), ofTheCa(good));
  });
});

t.test('whoever loses a race takes what the winner made', async (t) => {
  const cluster = new InMemoryCluster();
  let isFirst = true;
  const { source } = sourceOf({
    store: {
      read: () => cluster.store.read(),
      write: async (data, known) => {
        if (isFirst) cluster.setSecret(good);
        isFirst = false;
        return cluster.store.write(data, known);
      },
    },
  });
  const offer = await source.newest(NOW);
  t.equal(offer?.caBundle, good['ca.crt']);
  t.same(cluster.secret?.data, good);
});

t.test('a CA that is due but can not be replaced is used to its end', async (t) => {
  const { source, lines } = sourceOf({
    store: {
      read: async () => ({ data: good, version: '1' }),
      write: async () => Promise.reject(new Error('field is immutable when `immutable` is set')),
    },
  });
  const offer = await source.newest(new Date(NOW.getTime() + 0.9 * CA_MINUTES * MINUTE_MS));
  t.equal(offer?.caBundle, good['ca.crt']);
  t.match(lines, [/warn.*the Secret of the CA can't be used: field is immutable/]);
});
