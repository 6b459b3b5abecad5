import { X509Certificate } from 'node:crypto';
import { certificatesIn } from '../../src/certificates/pem.ts';
import { refusalOf } from '../../src/certificates/trust.ts';
import { InMemoryCluster } from './in-memory-cluster.ts';
import { type Guard, guardIn, keeperIn, keyPool } from './replicas.ts';

/** A guard whose certificate the cluster's API server trusts, and what is asked of it. */

export const newKey = await keyPool();

/** A cluster with a guard and the keeper of its trust, both of which have looked once. */
export async function guarded() {
  const cluster = new InMemoryCluster();
  cluster.register();
  const clock = { now: Date.parse('2026-03-01T00:00:00Z') };
  const keeper = keeperIn(cluster, clock, newKey);
  const guard = await guardIn(cluster, clock, newKey);
  const look = async (looks = 1) => {
    for (let done = 0; done < looks; done += 1) for (const one of [keeper, guard]) await one.look();
  };
  await look();
  return { cluster, clock, keeper, guard, look };
}

export const leafOf = ({ pair }: { pair: { certificate: string } }) =>
  new X509Certificate(pair.certificate);
export const subjects = (pem: string | undefined) =>
  certificatesIn(pem ?? '').map((ca) => ca.subject);

/** Whether every call of the API server succeeds. */
export function isTrusted(cluster: InMemoryCluster, { pair }: Guard, now: number): boolean {
  return [...cluster.bundles.values()].every((bundle) => {
    const caller = { host: cluster.host, trusted: certificatesIn(bundle) };
    return refusalOf(certificatesIn(pair.certificate), caller, new Date(now)) === undefined;
  });
}
