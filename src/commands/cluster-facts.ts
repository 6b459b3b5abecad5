import type { FactSourceState } from '../audit/fact-metrics.ts';
import type { Logger } from '../audit/logger.ts';
import type { ApiServer } from '../cluster/api.ts';
import type { FactsOptions, SourceStatus } from '../cluster/facts/store.ts';
import type { Config } from '../config/config.ts';

/** The guard's own namespace: its pod says so through the downward API. */
export const ownNamespace = (): string => process.env.POD_NAMESPACE ?? 'kube-system';

/** How facts are learnt, as the configuration says. */
export function factsOptions(
  { facts }: Config,
  api: ApiServer,
  log: Logger,
  namespace = ownNamespace(),
): FactsOptions {
  const { known, refreshSeconds, staleAfterSeconds } = facts;
  return { api, log, namespace, configured: known, refreshSeconds, staleAfterSeconds };
}

/** How a source stands, for the metrics. */
export const factSourceState = ({
  source,
  lastSuccess,
  lastError,
}: SourceStatus): FactSourceState => ({
  name: source,
  lastSuccessMs: lastSuccess,
  failing: lastError !== undefined,
});
