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
    const found = await daemonSetNamed(api, name);
    if (found) return found;
  }
  return undefined;
}

/** The same, and others behind it where there are any, as while one takes the place of another. */
export async function readTerwayDaemonSets(api: ApiServer): Promise<readonly DaemonSetState[]> {
  const found = TERWAY_DAEMONSETS.map(async (name) => daemonSetNamed(api, name));
  return (await Promise.all(found)).filter((daemonSet) => daemonSet !== undefined);
}

async function daemonSetNamed(api: ApiServer, name: string): Promise<DaemonSetState | undefined> {
  const { items } = await api.call<{ readonly items: readonly DaemonSet[] }>({
    method: 'GET',
    path: `/apis/apps/v1/namespaces/${GUARDED_NAMESPACE}/daemonsets`,
    query: { fieldSelector: `metadata.name=${name}` },
  });
  return items[0] && readDaemonSet(items[0]);
}
