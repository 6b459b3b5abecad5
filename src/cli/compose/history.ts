import type { AdmittedSink } from '../../audit/admitted.ts';
import type { Config } from '../../config/config.ts';
import type { Facts } from '../../engine/core/facts.ts';
import type { ApiServer } from '../../kube/api.ts';
import type { Logger } from '../../log.ts';
import { HistoryKeeper } from '../../rollout/history/keeper.ts';
import { LastGood } from '../../rollout/history/last-good.ts';
import { historyStore } from '../../rollout/history/secret.ts';

export interface HistoryOptions {
  readonly config: Config;
  readonly api: ApiServer;
  readonly facts: () => Facts;
  readonly log: Logger;
}

/** The history of eni-config, as this replica keeps it. */
export interface KeptHistory {
  readonly keeper: HistoryKeeper & AdmittedSink;
  readonly lastGood: LastGood;
}

/** Keeps the history until the signal. */
export function keepHistory(
  { config, api, facts, log }: HistoryOptions,
  signal: AbortSignal,
): KeptHistory {
  const lastGood = new LastGood(facts, config.policy);
  const onHistory = lastGood.see.bind(lastGood);
  const keeper = new HistoryKeeper({ store: historyStore(api), log, onHistory }, signal);
  return { keeper, lastGood };
}
