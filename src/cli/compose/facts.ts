import type { FactSourceState } from '../../kube/source-state.ts';
import type { Logger } from '../../log.ts';
import type { ApiServer } from '../../kube/api.ts';
import {
  type FactsOptions,
  type KnownFacts,
  type ReadFacts,
  type SourceStatus,
  readFacts,
} from '../../facts/store.ts';
import type { Config } from '../../config/config.ts';
import { printable } from '../../engine/text/text.ts';

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

/** Learns once what the guard would know; what fails is told by the result and not logged. */
export async function learnOnce(
  config: Config,
  api: ApiServer,
  namespace?: string,
): Promise<ReadFacts> {
  return readFacts(factsOptions(config, api, SILENT, namespace));
}

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What could not be learnt, and why; one printable line each. */
export function unknownTo(known: KnownFacts): string[] {
  const failures = known.status().flatMap(({ source, lastError }) => {
    return lastError ? [printable(`${source}: ${lastError.message}`, 600)] : [];
  });
  return [...failures, ...known.gaps()];
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
