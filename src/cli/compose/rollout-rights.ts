import { GUARDED_NAME, GUARDED_NAMESPACE } from '../../engine/core/eni-config.ts';
import { listed, printable } from '../../engine/text/text.ts';
import { ApiError, type ApiServer } from '../../kube/api.ts';
import { type Right, missingRights, rightText } from '../../kube/own-rights.ts';
import type { CheckPodManifest, Cluster } from '../../rollout/waves/cluster.ts';
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

/**
 * Throws UsageError where the API server would not make the pods that check this node: the namespace is
 * missing, or its quota, its Pod Security level or a webhook forbids them. Rejects with ApiError.
 */
export async function refuseWithoutPods(
  cluster: Cluster,
  pods: readonly CheckPodManifest[],
  { namespace }: RolloutCall,
): Promise<void> {
  for (const pod of pods) {
    await cluster.tryCheckPod(pod).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status === undefined || error.status >= 500) {
        throw error;
      }
      throw new UsageError(
        `the pods that check can't be made in ${printable(namespace)}: ${printable(error.message, 600)}; ` +
          '--namespace names another place for them',
      );
    });
  }
}

const PATCH_ENI_CONFIG: Right = {
  verb: 'patch',
  resource: 'configmaps',
  namespace: GUARDED_NAMESPACE,
  name: GUARDED_NAME,
};
