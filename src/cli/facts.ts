import { type ApiServer, ApiError, NO_CREDENTIALS, connect } from '../kube/api.ts';
import type { KnownFacts } from '../facts/store.ts';
import { type ConfigMapJson, ENI_CONFIG_PATH, storedObjectOf } from '../kube/eni-config.ts';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import type { Change } from '../engine/core/eni-config.ts';
import { createContext } from '../engine/core/context.ts';
import type { Facts } from '../engine/core/facts.ts';
import { DEFAULT_POLICY } from '../engine/core/policy.ts';
import { type DatapathAnswer, datapathOf } from '../engine/reading/datapath.ts';
import { learnOnce, unknownTo } from './compose/facts.ts';
import { type FactsReport, asJson, asText } from '../engine/report/facts-text.ts';
import { UsageError } from './usage-error.ts';

export interface FactsCommand {
  /** Path of the configuration file; what it says of the cluster overrides. */
  readonly config: string | undefined;
  /** Path of a kubeconfig; otherwise KUBECONFIG, ~/.kube/config or the pod's service account. */
  readonly kubeconfig: string | undefined;
  /** Where the pods of the node probe are; otherwise the guard's own namespace. */
  readonly namespace: string | undefined;
  readonly output: 'text' | 'json';
}

/**
 * Learns once what the guard would know of the cluster and prints it: every fact with its source
 * and age, and what could not be learnt and why. Throws UsageError when there is no way to connect,
 * and when nothing at all can be read: a report without facts would pass for one of a bare cluster.
 */
export async function printFacts({
  config: path,
  kubeconfig,
  namespace,
  output,
}: FactsCommand): Promise<void> {
  const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
  const api = connect({ kubeconfig });
  const known = await learnOnce(config, api, namespace);
  refuseWithoutCredentials(known);
  refuseWithoutAnswers(known);
  const facts = known.facts();
  const datapath = await learnDatapath(api, facts);
  const report: FactsReport = {
    facts,
    datapath: datapath instanceof ApiError ? undefined : datapath,
    unknown: [
      ...unknownTo(known),
      ...(datapath instanceof ApiError ? [`datapath: ${datapath.message}`] : []),
    ],
  };
  process.stdout.write(output === 'json' ? asJson(report) : asText(report));
}

function refuseWithoutCredentials(known: KnownFacts): void {
  for (const { lastError } of known.status()) {
    if (lastError?.reason === NO_CREDENTIALS) {
      throw new UsageError(`${lastError.message}; name one with --kubeconfig`);
    }
  }
}

function refuseWithoutAnswers(known: KnownFacts): void {
  const failures = known.status().map(({ source, lastSuccess, lastError }) => {
    return lastSuccess === undefined && lastError ? [`  ${source}: ${lastError.message}`] : [];
  });
  if (failures.some(({ length }) => length === 0)) return;
  throw new UsageError(['nothing can be read from the cluster:', ...failures.flat()].join('\n'));
}

/** The datapath as the rules compute it for the stored eni-config; its failure where that is away. */
async function learnDatapath(api: ApiServer, facts: Facts): Promise<DatapathAnswer | ApiError> {
  try {
    const json = await api.call<ConfigMapJson>({ method: 'GET', path: ENI_CONFIG_PATH });
    const { configMap: stored } = storedObjectOf(json);
    const unchanged: Change = { operation: 'UPDATE', old: stored, new: stored };
    return datapathOf(createContext(unchanged, facts, DEFAULT_POLICY));
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}
