import { provisionalPair } from '../../src/certificates/authority.ts';
import { ClusterCertificate } from '../../src/certificates/cluster-certificate.ts';
import { type RsaKeyPair, newRsaKeyPair } from '../../src/certificates/key.ts';
import { SelfSignedCa } from '../../src/certificates/self-signed.ts';
import { ServingLeaf } from '../../src/certificates/serving-leaf.ts';
import { ServingSecret } from '../../src/certificates/serving-secret.ts';
import { TrustKeeper } from '../../src/certificates/trust-keeper.ts';
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

export type Guard = ClusterCertificate & {
  readonly lines: readonly string[];
  readonly link: Link;
};
export type Keeper = TrustKeeper & {
  readonly lines: readonly string[];
  readonly link: Link;
};

/** A guard's certificate as `serve` puts it together, in a cluster in memory. */
export async function guardIn(
  cluster: InMemoryCluster,
  clock: Clock,
  newKey: () => Promise<RsaKeyPair>,
): Promise<Guard> {
  const { log, lines } = logLines();
  const link: Link = { lacks: 'nothing' };
  const { store, configurations } = cluster.reachedBy(link);
  const certificate = new ClusterCertificate({
    source: new ServingSecret(store('tls'), log),
    configurations,
    answers: (path) => path === '/validate',
    provisional: await provisionalPair(await newKey()),
    log,
    now: () => new Date(clock.now),
  });
  return Object.assign(certificate, { lines, link });
}

/** A keeper of trust as `trust` puts it together. */
export function keeperIn(
  cluster: InMemoryCluster,
  clock: Clock,
  newKey: () => Promise<RsaKeyPair>,
): Keeper {
  const { log, lines } = logLines();
  const link: Link = { lacks: 'nothing' };
  const { store, configurations } = cluster.reachedBy(link);
  const caLifeMs = CA_MINUTES * MINUTE_MS;
  const leafLifeMs = LEAF_MINUTES * MINUTE_MS;
  const names = [cluster.host];
  const keeper = new TrustKeeper({
    source: new SelfSignedCa({ store: store('ca'), log, caLifeMs, newKey }),
    leaf: new ServingLeaf({ store: store('tls'), names, leafLifeMs, log, newKey }),
    configurations,
    patience: PATIENCE,
    log,
    now: () => new Date(clock.now),
  });
  return Object.assign(keeper, { lines, link });
}
