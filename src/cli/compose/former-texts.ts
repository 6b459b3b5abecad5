import { DEFAULT_CONFIG, loadConfig } from '../../config/load.ts';
import { decide, denialsIn } from '../../engine/core/decide.ts';
import type { Facts } from '../../engine/core/facts.ts';
import { review } from '../../engine/rules/index.ts';
import { listed, printable, quoted, shortened } from '../../engine/text/text.ts';
import { ApiError, type ApiServer } from '../../kube/api.ts';
import { changedKeys } from '../../rollout/history/comparison.ts';
import { type Revision, configMapOf } from '../../rollout/history/revision.ts';
import {
  readStoredVersion,
  rollbackTarget,
  writeRollback,
} from '../../rollout/history/rollback.ts';
import { confirm } from '../frame/confirm.ts';
import { noteWarnings } from '../frame/print.ts';
import type { RolloutCall } from './rollout-situation.ts';

/**
 * Makes eni-config hold the texts of this revision again: judged by today's rules, asked for, and written
 * with the caller's rights and through the guard. Resolves with why nothing was written; undefined: it
 * was. Rejects with ApiError where eni-config can't be read.
 */
export async function putFormerBack(
  api: ApiServer,
  call: RolloutCall,
  revision: Revision,
  facts: Facts,
): Promise<string | undefined> {
  const former = configMapOf(revision);
  const stored = await readStoredVersion(api);
  if (!former || !stored) return 'there is nothing to go back from, or to';
  const target = rollbackTarget(former, stored.configMap);
  const { policy } = call.config === undefined ? DEFAULT_CONFIG : loadConfig(call.config);
  const change = { operation: 'UPDATE', old: stored.configMap, new: target } as const;
  const [denial] = denialsIn(decide(review(change, facts, policy), policy));
  const { number, at } = revision;
  if (denial) {
    const told = shortened(denial.message.split('\n')[0] ?? '', 400);
    return `revision ${number} is refused by today's rules: ${denial.rule}: ${told}`;
  }
  // Names alone: values of eni_conf are secrets.
  const keys = changedKeys(stored.configMap, target).map((key) => quoted(key));
  const question = `Put revision ${number}, seen at ${at}, back? It changes ${listed(keys, 'and')}.`;
  if (!call.isConfirmed && !(await confirm(question))) return 'not confirmed';
  try {
    await writeRollback(api, target, stored, noteWarnings);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `revision ${number} can't be put back: ${printable(error.message, 600)}`;
  }
}
