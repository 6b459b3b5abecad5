import type { Config } from '../../config/config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import { storedDatapath } from '../../engine/reading/datapath.ts';
import type { FactsReport } from '../../engine/report/facts-text.ts';
import type { KnownFacts } from '../../facts/store.ts';
import {
  ApiError,
  type ApiServer,
  type Connection,
  NO_CREDENTIALS,
  connect,
} from '../../kube/api.ts';
import { type ConfigMapJson, ENI_CONFIG_PATH, storedObjectOf } from '../../kube/eni-config.ts';
import { UsageError } from '../usage-error.ts';
import { learnOnce } from './facts.ts';

/** What the guard would know of a cluster. Rejects with UsageError when nothing can be read there. */
export async function learnFacts(config: Config, connection: Connection): Promise<Facts> {
  const known = await learnOnce(config, connect(connection));
  refuseWithoutCredentials(known);
  refuseWithoutAnswers(known);
  return known.facts();
}

/** Facts with the datapath as rules compute it for the stored eni-config, or why that can't be done. */
export async function withDatapath(api: ApiServer, facts: Facts): Promise<FactsReport> {
  if (facts.datapath) return { facts, unknown: [] };
  const unknown = (why: string) => ({ facts, unknown: [`datapath: ${why}`] });
  try {
    const json = await api.call<ConfigMapJson>({ method: 'GET', path: ENI_CONFIG_PATH });
    const { datapath: value, origin } = storedDatapath(storedObjectOf(json).configMap, facts);
    if (value === 'unknown') return unknown(origin);
    const source = { kind: 'eni-config', reason: origin } as const;
    return { facts: { ...facts, datapath: { value, source } }, unknown: [] };
  } catch (error) {
    if (error instanceof ApiError) return unknown(error.message);
    throw error;
  }
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
