import { type ConfigMap, GUARDED_NAMESPACE, OVERLAY_LABEL } from '../engine/core/eni-config.ts';
import type { OverlayInUse } from '../engine/core/stored-overlay.ts';
import { type ApiServer, unlessMissing } from './api.ts';
import { type ConfigMapJson, storedObjectOf } from './eni-config.ts';
import { METADATA_MESSAGE } from './messages.ts';
import { METADATA_ONLY, pagesOf } from './pages.ts';

/** Overlays that are read; a cluster has one for a pool of nodes. */
const MAX_OVERLAYS = 50;

interface NodeJson {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/** The overlays that nodes name. */
export interface NamedOverlays {
  /** The first 50 by name. */
  readonly overlays: readonly Omit<OverlayInUse, 'object'>[];
  /** More of them. */
  readonly omitted: number;
}

/**
 * Finds out which overlays nodes name. Rejects with ApiError. Needs the right to list nodes.
 */
export async function readNamedOverlays(
  api: ApiServer,
  signal?: AbortSignal,
): Promise<NamedOverlays> {
  const names: (string | undefined)[] = [];
  const pages = pagesOf<NodeJson>(api, {
    path: '/api/v1/nodes',
    labelSelector: OVERLAY_LABEL,
    accept: METADATA_ONLY,
    protobuf: METADATA_MESSAGE,
    signal,
  });
  for await (const page of pages) {
    for (const { metadata } of page) names.push(overlayNameIn(metadata.labels));
  }
  return countOverlays(names);
}

/** The overlays that nodes name, by what each of them does. */
export function countOverlays(named: readonly (string | undefined)[]): NamedOverlays {
  const counts = new Map<string, number>();
  for (const name of named) {
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts.keys()].sort();
  return {
    overlays: names.slice(0, MAX_OVERLAYS).map((name) => ({ name, nodes: counts.get(name) ?? 0 })),
    omitted: Math.max(0, names.length - MAX_OVERLAYS),
  };
}

/** The overlay that a node with these labels names; Terway ignores an empty value. */
export const overlayNameIn = (labels: Readonly<Record<string, string>> = {}): string | undefined =>
  labels[OVERLAY_LABEL] === '' ? undefined : labels[OVERLAY_LABEL];

/**
 * Reads one overlay; undefined when there is no such ConfigMap. Rejects with ApiError. Needs the right
 * to get ConfigMaps of the guarded namespace.
 */
export async function readOverlay(api: ApiServer, name: string): Promise<ConfigMap | undefined> {
  const path = `/api/v1/namespaces/${GUARDED_NAMESPACE}/configmaps/${encodeURIComponent(name)}`;
  const json = await unlessMissing(api.call<ConfigMapJson>({ method: 'GET', path }));
  return json && storedObjectOf(json).configMap;
}
