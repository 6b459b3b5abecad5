import { type ConfigMap, GUARDED_NAMESPACE, OVERLAY_LABEL } from '../engine/core/eni-config.ts';
import { ApiError, type ApiServer } from './api.ts';
import { type ConfigMapJson, storedObjectOf } from './eni-config.ts';
import { pagesOf } from './pages.ts';

/** An overlay that nodes name, as it is stored. */
export interface OverlayInUse {
  readonly name: string;
  /** Nodes that name it. */
  readonly nodes: number;
  /** Undefined when there is no such ConfigMap. */
  readonly object: ConfigMap | undefined;
}

/** Overlays that are read; a cluster has one for a pool of nodes. */
const MAX_OVERLAYS = 50;

interface NodeJson {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/**
 * The overlays that nodes name, by name, at most 50 of them. Rejects with ApiError. Needs the rights to
 * list nodes and to get ConfigMaps of the guarded namespace.
 */
export async function readOverlaysInUse(api: ApiServer): Promise<readonly OverlayInUse[]> {
  const counts = new Map<string, number>();
  const query = { path: '/api/v1/nodes', labelSelector: OVERLAY_LABEL };
  for await (const page of pagesOf<NodeJson>(api, query)) {
    for (const { metadata } of page) {
      const name = metadata.labels?.[OVERLAY_LABEL] ?? '';
      // Terway takes an empty value for none.
      if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const names = [...counts.keys()].sort().slice(0, MAX_OVERLAYS);
  const overlays: OverlayInUse[] = [];
  for (const name of names) {
    overlays.push({ name, nodes: counts.get(name) ?? 0, object: await readOne(api, name) });
  }
  return overlays;
}

async function readOne(api: ApiServer, name: string): Promise<ConfigMap | undefined> {
  const path = `/api/v1/namespaces/${GUARDED_NAMESPACE}/configmaps/${encodeURIComponent(name)}`;
  try {
    return storedObjectOf(await api.call<ConfigMapJson>({ method: 'GET', path })).configMap;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
