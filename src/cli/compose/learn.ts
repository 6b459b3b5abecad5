import type { Config } from '../../config/config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import type { KnownFacts } from '../../facts/store.ts';
import { type Connection, NO_CREDENTIALS, connect } from '../../kube/api.ts';
import { UsageError } from '../usage-error.ts';
import { learnOnce } from './facts.ts';

/** What the guard would know of a cluster. Rejects with UsageError when nothing can be read there. */
export async function learnFacts(config: Config, connection: Connection): Promise<Facts> {
  const known = await learnOnce(config, connect(connection));
  refuseWithoutCredentials(known);
  refuseWithoutAnswers(known);
  return known.facts();
}

/** Throws UsageError where there is no way to connect. */
export function refuseWithoutCredentials(known: KnownFacts): void {
  for (const { lastError } of known.status()) {
    if (lastError?.reason === NO_CREDENTIALS) {
      throw new UsageError(`${lastError.message}; name one with --kubeconfig`);
    }
  }
}

/** Throws UsageError where nothing at all can be read: that would pass for a bare cluster. */
export function refuseWithoutAnswers(known: KnownFacts): void {
  const failures = known.status().map(({ source, lastSuccess, lastError }) => {
    return lastSuccess === undefined && lastError ? [`  ${source}: ${lastError.message}`] : [];
  });
  if (failures.some(({ length }) => length === 0)) return;
  throw new UsageError(['nothing can be read from the cluster:', ...failures.flat()].join('\n'));
}
