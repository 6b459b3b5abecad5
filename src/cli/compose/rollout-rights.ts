import { GUARDED_NAME, GUARDED_NAMESPACE } from '../../engine/core/eni-config.ts';
import { listed, printable } from '../../engine/text/text.ts';
import type { ApiServer } from '../../kube/api.ts';
import { type Right, missingRights, rightText } from '../../kube/own-rights.ts';
import { UsageError } from '../usage-error.ts';
import type { RolloutCall } from './rollout-situation.ts';

/** Lists the rights that a rollout needs. */
export const ROLLOUT_PAGE = 'docs/rollout.md';

/**
 * Throws UsageError where the caller lacks a right that is needed once a node has been restarted: without
 * it that node could not be judged. What is read before then tells its own lack.
 */
export async function refuseWithoutRights(
  api: ApiServer,
  { namespace, isRollback }: RolloutCall,
): Promise<void> {
  const missing = await missingRights(api, [
    { verb: 'delete', resource: 'pods', namespace: GUARDED_NAMESPACE },
    ...['create', 'get', 'list', 'delete'].map((verb) => ({ verb, resource: 'pods', namespace })),
    { verb: 'list', resource: 'events', namespace },
    { verb: 'get', resource: 'nodes' },
    ...(isRollback ? [PATCH_ENI_CONFIG] : []),
  ]);
  if (missing.length === 0) return;
  const rights = [...new Set(missing.map((right) => printable(rightText(right), 400)))];
  throw new UsageError(`you may not ${listed(rights)}; ${ROLLOUT_PAGE} lists the rights`);
}

const PATCH_ENI_CONFIG: Right = {
  verb: 'patch',
  resource: 'configmaps',
  namespace: GUARDED_NAMESPACE,
  name: GUARDED_NAME,
};
