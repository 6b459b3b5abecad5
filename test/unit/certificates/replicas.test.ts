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
  guardIn,
  keeperIn,
  keyPool,
} from '../../support/replicas.ts';

/** Two keepers of trust at once, as after the loss of a node, and two guards. */
const KEEPERS = 2;
const GUARDS = 2;
/** Former CAs that stay in the Secret: only so often may it be wrecked while a guard is away. */
const MAX_FORMER = 7;
/** The guard and the keeper that lose their links, and those that start anew. */
const CUT_OFF = 0;
const RESTARTED = 1;

/** What befalls a cluster before all look again. */
const fault = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'nothing' } as const) },
  fc.record({
    kind: fc.constant('a Secret is emptied' as const),
    name: fc.constantFrom('ca' as const, 'tls' as const),
  }),
  fc.record({
    kind: fc.constant('a Secret is spoilt' as const),
    name: fc.constantFrom('ca' as const, 'tls' as const),
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
  fc.record({
    kind: fc.constant('one starts anew' as const),
    who: fc.constantFrom('guard' as const, 'keeper' as const),
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('one is cut off' as const),
      who: fc.constantFrom('guard' as const, 'keeper' as const),
      lacks: fc.constantFrom('everything', 'the Secrets', 'nothing'),
    }),
  },
);
type Fault = typeof fault extends fc.Arbitrary<infer F> ? F : never;

/** A fault after which calls may fail until all have looked once. */
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

t.test('keepers and guards that race, whatever becomes of Secrets and caBundle', async (t) => {
  const newKey = await keyPool();
  const run = async (scheduler: fc.Scheduler, faults: readonly Fault[]) => {
    const cluster = new InMemoryCluster();
    cluster.register();
    cluster.turn = () => scheduler.schedule(Promise.resolve());
    const clock = { now: Date.parse('2026-03-01T00:00:00Z') };
    const start = () => guardIn(cluster, clock, newKey);
    const replicas = await Promise.all(Array.from({ length: GUARDS }, start));
    const keepers = Array.from({ length: KEEPERS }, () => keeperIn(cluster, clock, newKey));
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
        // Its certificate has come to its end while it was away: nothing could be done for it.
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
      await scheduler.waitFor(Promise.all([...keepers, ...replicas].map((one) => one.look())));
      if (!isOutage) everyCall();
      calling = new Set(replicas.filter(({ isReady }) => isReady));
      assertTrusted(calling, cluster.bundles);
      former = new Map(cluster.bundles);
    };

    for (let looks = 0; looks < 2; looks += 1) await look(true);
    for (const fault of faults) {
      switch (fault.kind) {
        case 'a Secret is emptied':
          cluster.setSecret({}, fault.name);
          break;
        case 'a Secret is spoilt':
          cluster.setSecret({ ...cluster.secret(fault.name), [fault.key]: fault.text }, fault.name);
          break;
        case 'the caBundle is replaced':
          cluster.setBundles(fault.text);
          break;
        case 'time passes':
          clock.now += fault.minutes * MINUTE_MS;
          break;
        case 'one starts anew':
          if (fault.who === 'keeper') keepers[RESTARTED] = keeperIn(cluster, clock, newKey);
          else {
            calling.delete(replicas[RESTARTED]!);
            replicas[RESTARTED] = await start();
          }
          break;
        case 'one is cut off':
          (fault.who === 'keeper' ? keepers : replicas)[CUT_OFF]!.link.lacks = fault.lacks;
          break;
        case 'nothing':
      }
      for (let looks = isOutage(fault) ? 2 : 1; looks > 0; looks -= 1) await look(isOutage(fault));
    }

    // For longer than a CA may stand that is not asked for.
    for (let looks = 0; looks <= PATIENCE; looks += 1) await look(false);
    for (const { link } of [...keepers, ...replicas]) link.lacks = 'nothing';
    for (let looks = 0; looks < 2 * PATIENCE; looks += 1) await look(false);
    const { 'tls.crt': ca, 'ca.crt': trusted } = cluster.secret()!;
    const issuers = new Set(
      replicas.map(({ pair }) => new X509Certificate(pair.certificate).issuer),
    );
    if (issuers.size !== 1 || !issuers.has(new X509Certificate(ca!).subject)) {
      throw new Error('the guards do not agree on a CA');
    }
    if (!replicas.every(({ isReady }) => isReady)) throw new Error('a guard is not ready');
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
    if (cluster.writes.length !== length) throw new Error('they do not come to rest');
  };

  const mayReplaceCa = ({ kind }: Fault) => /^(a Secret|time)/.test(kind);
  const faults = fc
    .array(fault, { minLength: 1, maxLength: 10 })
    .filter((all) => all.filter(mayReplaceCa).length < MAX_FORMER);
  await assertAsyncProperty(t, fc.asyncProperty(fc.scheduler(), faults, run), 12);
});
