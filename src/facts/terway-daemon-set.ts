import { GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import { TERWAY_DAEMONSETS } from '../engine/core/facts.ts';
import type { ApiServer } from '../kube/api.ts';
import { type DaemonSet, type DaemonSetState, readDaemonSet } from './daemon-set-state.ts';

/**
 * Terway's DaemonSet as it is at this moment; undefined where there is none. Rejects with ApiError.
 * Needs the right to list the DaemonSets of these names.
 */
export async function readTerwayDaemonSet(api: ApiServer): Promise<DaemonSetState | undefined> {
  for (const name of TERWAY_DAEMONSETS) {
    const { items } = await api.call<{ readonly items: readonly DaemonSet[] }>({
      method: 'GET',
      path: `/apis/apps/v1/namespaces/${GUARDED_NAMESPACE}/daemonsets`,
      query: { fieldSelector: `metadata.name=${name}` },
    });
    if (items[0]) return readDaemonSet(items[0]);
  }
  return undefined;
}
