import type { ConfigMap } from '../../engine/core/eni-config.ts';
import { printable } from '../../engine/text/text.ts';
import { networkModeOf } from '../../facts/network-mode.ts';
import type { Node } from '../../facts/nodes.ts';
import { ApiError, type ApiServer } from '../../kube/api.ts';
import { readStoredObject } from '../../kube/eni-config.ts';
import { overlayNameIn, readOverlay } from '../../kube/overlays.ts';
import { UsageError } from '../usage-error.ts';

/** A node of a cluster, as far as what it reads depends on it. */
export interface FoundNode {
  readonly isExclusiveEni: boolean;
  /** The ConfigMap that its label names. */
  readonly overlay: { readonly name: string; readonly object: ConfigMap | undefined } | undefined;
}

/**
 * Reads a node and, unless one is given, the overlay that its label names, with the caller's rights.
 * Rejects with UsageError where there is none, or where it runs no Terway for Linux.
 */
export async function readNode(
  api: ApiServer,
  name: string,
  given: FoundNode['overlay'],
): Promise<FoundNode> {
  const shown = printable(name);
  const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
  const node = await asked(`node ${shown}`, async () => {
    return api.call<Node>({ method: 'GET', path });
  });
  const { labels = {} } = node.metadata;
  const mode = networkModeOf(labels);
  if (mode === 'windows' || mode === 'virtual') {
    throw new UsageError(
      `node ${shown} runs Windows or is virtual: what it reads is not known here`,
    );
  }
  const overlayName = overlayNameIn(labels);
  const overlay =
    given ??
    (overlayName === undefined
      ? undefined
      : {
          name: overlayName,
          object: await asked(`ConfigMap ${printable(overlayName)}`, async () =>
            readOverlay(api, overlayName),
          ),
        });
  return { isExclusiveEni: mode === 'exclusive-eni', overlay };
}

/** Reads the stored eni-config. Rejects with UsageError. */
export async function readBase(api: ApiServer): Promise<ConfigMap> {
  const stored = await asked('eni-config', async () => readStoredObject(api));
  if (stored) return stored.configMap;
  throw new UsageError('there is no kube-system/eni-config: no Terway in this cluster?');
}

async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) throw new UsageError(`there is no ${what}`);
    throw new UsageError(`can't read ${what}: ${printable(error.message, 600)}`);
  }
}
