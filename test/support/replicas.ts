import { provisionalPair } from '../../src/certificates/authority.ts';
import { ClusterCertificate } from '../../src/certificates/cluster-certificate.ts';
import { type RsaKeyPair, newRsaKeyPair } from '../../src/certificates/key.ts';
import { SelfSigned } from '../../src/certificates/self-signed.ts';
import type { InMemoryCluster, Link } from './in-memory-cluster.ts';
import { logLines } from './log-lines.ts';

export const MINUTE_MS = 60 * 1000;
/** Lives of the CA and of a certificate. */
export const CA_MINUTES = 900;
export const LEAF_MINUTES = 100;
/** Readings for which a foreign CA may stand. */
export const PATIENCE = 8;

const KEYS = 8;

/** Some real keys, over and over: certificates are told apart by names, and keys take time. */
export async function keyPool(): Promise<() => Promise<RsaKeyPair>> {
  const keys = await Promise.all(Array.from({ length: KEYS }, () => newRsaKeyPair()));
  let used = 0;
  return async () => keys[used++ % KEYS]!;
}

export interface Clock {
  now: number;
}

export type Replica = ClusterCertificate & {
  readonly lines: readonly string[];
  readonly link: Link;
};

/** A guard's certificate as `serve` puts it together, in a cluster in memory. */
export async function replicaIn(
  cluster: InMemoryCluster,
  clock: Clock,
  newKey: () => Promise<RsaKeyPair>,
): Promise<Replica> {
  const { log, lines } = logLines();
  const link: Link = { lacks: 'nothing' };
  const { store, configurations } = cluster.reachedBy(link);
  const certificate = new ClusterCertificate({
    source: new SelfSigned({
      store,
      log,
      names: [cluster.host],
      caLifeMs: CA_MINUTES * MINUTE_MS,
      leafLifeMs: LEAF_MINUTES * MINUTE_MS,
      newKey,
    }),
    configurations,
    provisional: await provisionalPair(await newKey()),
    patience: PATIENCE,
    log,
    now: () => new Date(clock.now),
  });
  return Object.assign(certificate, { lines, link });
}
