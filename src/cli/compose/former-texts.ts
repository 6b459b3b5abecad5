import { DEFAULT_CONFIG, loadConfig } from '../../config/load.ts';
import type { Facts } from '../../engine/core/facts.ts';
import { listed, printable, quoted, shortened } from '../../engine/text/text.ts';
import type { ApiServer } from '../../kube/api.ts';
import { changedKeys } from '../../rollout/history/comparison.ts';
import { putBack } from '../../rollout/history/put-back.ts';
import { type Revision, configMapOf } from '../../rollout/history/revision.ts';
import { readStoredVersion, rollbackTarget } from '../../rollout/history/rollback.ts';
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
  const { number, at } = revision;
  // Names alone: values of eni_conf are secrets.
  const keys = changedKeys(stored.configMap, target).map((key) => quoted(key));
  const question = `Put revision ${number}, seen at ${at}, back? It changes ${listed(keys, 'and')}.`;
  const end = await putBack(api, {
    target,
    stored,
    facts,
    policy,
    isWanted: async () => call.isConfirmed || confirm(question),
    onWarnings: noteWarnings,
  });
  switch (end.how) {
    case 'written':
      return undefined;
    case 'unwanted':
      return 'not confirmed';
    case 'denied': {
      const [denial] = end.denials;
      const told = shortened(denial?.message.split('\n')[0] ?? '', 400);
      return `revision ${number} is refused by today's rules: ${denial?.rule}: ${told}`;
    }
    case 'failed':
      return `revision ${number} can't be put back: ${printable(end.error.message, 600)}`;
  }
}
