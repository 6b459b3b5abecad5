import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import type { ClusterCertificate } from '../../../src/certificates/cluster-certificate.ts';
import { certificatesIn } from '../../../src/certificates/pem.ts';
import { InMemoryCluster } from '../../support/in-memory-cluster.ts';
import { assertAsyncProperty } from '../../support/properties.ts';
import {
  CA_MINUTES,
  LEAF_MINUTES,
  MINUTE_MS,
  PATIENCE,
  keyPool,
  replicaIn,
} from '../../support/replicas.ts';

const REPLICAS = 3;
/** Former CAs that stay in the Secret: only so often may it be wrecked while a replica is away. */
const MAX_FORMER = 7;
/** The replica that loses its link and the one that starts anew: between them somebody remembers. */
const CUT_OFF = 0;
const RESTARTED = 1;

/** What befalls a cluster before the replicas look again. */
const fault = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'nothing' } as const) },
  fc.constant({ kind: 'the Secret is deleted' } as const),
  fc.record({
    kind: fc.constant('the Secret is spoilt' as const),
    key: fc.constantFrom('tls.crt', 'tls.key', 'ca.crt'),
    text: fc.constantFrom(
      '',
      'garbage',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ),
  }),
  fc.record({
    kind: fc.constant('the caBundle is replaced' as const),
    text: fc.constantFrom('', 'garbage'),
  }),
  fc.record({
    kind: fc.constant('time passes' as const),
    minutes: fc.constantFrom(10, 20, 30, LEAF_MINUTES + 1, CA_MINUTES / 3, CA_MINUTES + 1),
  }),
  fc.constant({ kind: 'a replica starts anew' } as const),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('a replica is cut off' as const),
      lacks: fc.constantFrom('everything', 'the Secret', 'nothing'),
    }),
  },
);
type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never;

/** A fault after which calls may fail until the replicas have looked once. */
const isOutage = (fault: Fault) =>
  fault.kind === 'the caBundle is replaced' ||
  (fault.kind === 'time passes' && fault.minutes > LEAF_MINUTES / 3);

/** As Go does it, with nothing of the code under test: the issuer's name, and the signature. */
function isVouchedFor(pair: ClusterCertificate['pair'], bundle: string): boolean {
  const leaf = new X509Certificate(pair.certificate);
  return certificatesIn(bundle).some(
    (ca) => ca.subject === leaf.issuer && leaf.verify(ca.publicKey),
  );
}

t.test('replicas that race, whatever becomes of the Secret and the caBundle', async (t) => {
  const newKey = await keyPool();
  const run = async (scheduler: fc.Scheduler, faults: readonly Fault[]) => {
    const cluster = new InMemoryCluster();
    cluster.register();
    cluster.turn = () => scheduler.schedule(Promise.resolve());
    const clock = { now: Date.parse('2026-03-01T00:00:00Z') };
    const start = () => replicaIn(cluster, clock, newKey);
    const replicas = await Promise.all(Array.from({ length: REPLICAS }, start));
    /** The bundles a look ago: an API server may lag that much behind. */
    let former = new Map(cluster.bundles);
    let calling = new Set<ClusterCertificate>();

    const isOver = ({ pair }: ClusterCertificate) =>
      new X509Certificate(pair.certificate).validToDate.getTime() <= clock.now;
    const assertTrusted = (
      who: Iterable<ClusterCertificate>,
      bundles: ReadonlyMap<string, string>,
    ) => {
      for (const replica of who) {
        // Its CA has come to its end while it was away, and it knows: nothing could be done for it.
        if (replica === replicas[CUT_OFF] && isOver(replica)) continue;
        for (const [resource, bundle] of bundles) {
          if (!isVouchedFor(replica.pair, bundle))
            throw new Error(`${resource}: a call would fail`);
        }
      }
    };
    const look = async (isOutage: boolean) => {
      const everyCall = () => {
        assertTrusted(calling, cluster.bundles);
        assertTrusted(calling, former);
      };
      cluster.onWrite = isOutage ? () => undefined : everyCall;
      await scheduler.waitFor(Promise.all(replicas.map((replica) => replica.look())));
      if (!isOutage) everyCall();
      calling = new Set(replicas.filter(({ isReady }) => isReady));
      assertTrusted(calling, cluster.bundles);
      former = new Map(cluster.bundles);
    };

    await look(true);
    for (const fault of faults) {
      switch (fault.kind) {
        case 'the Secret is deleted':
          cluster.setSecret(undefined);
          break;
        case 'the Secret is spoilt':
          cluster.setSecret({ ...cluster.secret?.data, [fault.key]: fault.text });
          break;
        case 'the caBundle is replaced':
          cluster.setBundles(fault.text);
          break;
        case 'time passes':
          clock.now += fault.minutes * MINUTE_MS;
          break;
        case 'a replica starts anew':
          calling.delete(replicas[RESTARTED]!);
          replicas[RESTARTED] = await start();
          break;
        case 'a replica is cut off':
          replicas[CUT_OFF]!.link.lacks = fault.lacks;
          break;
        case 'nothing':
      }
      await look(isOutage(fault));
    }

    // For longer than a CA may stand that nobody asks for.
    for (let looks = 0; looks <= PATIENCE; looks += 1) await look(false);
    replicas[CUT_OFF]!.link.lacks = 'nothing';
    for (let looks = 0; looks < PATIENCE + 4; looks += 1) await look(false);
    const { 'tls.crt': ca, 'ca.crt': trusted } = cluster.secret!.data;
    const issuers = new Set(
      replicas.map(({ pair }) => new X509Certificate(pair.certificate).issuer),
    );
    if (issuers.size !== 1 || !issuers.has(new X509Certificate(ca!).subject)) {
      throw new Error('the replicas do not agree on a CA');
    }
    if (!replicas.every(({ isReady }) => isReady)) throw new Error('a replica is not ready');
    for (const bundle of cluster.bundles.values()) {
      const ids = (text: string) =>
        certificatesIn(text)
          .map((ca) => ca.fingerprint256)
          .sort()
          .join();
      if (ids(bundle) !== ids(trusted!)) throw new Error('the caBundle is not that of the Secret');
    }
    const { length } = cluster.writes;
    await look(false);
    if (cluster.writes.length !== length) throw new Error('the replicas do not come to rest');
  };

  const mayReplaceCa = ({ kind }: Fault) => /^(the Secret|time)/.test(kind);
  const faults = fc
    .array(fault, { minLength: 1, maxLength: 10 })
    .filter((all) => all.filter(mayReplaceCa).length < MAX_FORMER);
  await assertAsyncProperty(t, fc.asyncProperty(fc.scheduler(), faults, run), 20);
});
