import {
  CONF_KEY,
  type ConfigMap,
  GUARDED_NAME,
  GUARDED_NAMESPACE,
} from '../../engine/core/eni-config.ts';
import { type ApiServer, unlessMissing } from '../../kube/api.ts';
import { type ConfigMapJson, ENI_CONFIG_PATH, storedObjectOf } from '../../kube/eni-config.ts';
import { changedKeys } from './comparison.ts';

/** What stands in eni-config, and its version for a write that must come next. */
export interface StoredVersion {
  readonly configMap: ConfigMap;
  readonly resourceVersion: string;
}

/** Reads it with the caller's rights; undefined when there is none. Rejects with ApiError. */
export async function readStoredVersion(api: ApiServer): Promise<StoredVersion | undefined> {
  const json = await unlessMissing(
    api.call<ConfigMapJson & { readonly metadata: { readonly resourceVersion: string } }>({
      method: 'GET',
      path: ENI_CONFIG_PATH,
    }),
  );
  if (!json) return undefined;
  const { resourceVersion } = json.metadata;
  return { configMap: storedObjectOf(json).configMap, resourceVersion };
}

/**
 * What going back to `former` comes to. 10-terway.conf stays as it is stored: ACK writes it, and the
 * guard refuses another text from anyone else.
 */
export function rollbackTarget(former: ConfigMap, stored: ConfigMap | undefined): ConfigMap {
  const conf = stored?.data.get(CONF_KEY);
  const data = conf === undefined ? former.data : new Map(former.data).set(CONF_KEY, conf);
  return {
    data,
    binaryData: former.binaryData,
    immutable: stored?.immutable ?? false,
    ...(stored?.breakGlass ? { breakGlass: stored.breakGlass } : {}),
  };
}

/** Named in managedFields and in the audit log. */
const FIELD_MANAGER = 'eni-config-guard-rollback';

/**
 * Writes `target` over what was read, with the caller's rights and past no webhook. Rejects with
 * ApiError: 409 when eni-config was changed meanwhile.
 */
export async function writeRollback(
  api: ApiServer,
  target: ConfigMap,
  stored: StoredVersion | undefined,
  onWarnings: (warnings: readonly string[]) => void,
): Promise<void> {
  const query = { fieldManager: FIELD_MANAGER };
  if (!stored) {
    await api.call({
      method: 'POST',
      path: ENI_CONFIG_PATH.slice(0, ENI_CONFIG_PATH.lastIndexOf('/')),
      query,
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: GUARDED_NAME, namespace: GUARDED_NAMESPACE },
        data: Object.fromEntries(target.data),
        binaryData: Object.fromEntries(target.binaryData),
      },
      onWarnings,
    });
    return;
  }
  // Labels and annotations are not part of the history and stay.
  const { configMap, resourceVersion } = stored;
  const keys = changedKeys(configMap, target);
  const patchOf = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) =>
    Object.fromEntries(
      keys
        .filter((key) => before.get(key) !== after.get(key))
        .map((key) => [key, after.get(key) ?? null]),
    );
  await api.call({
    method: 'PATCH',
    path: ENI_CONFIG_PATH,
    query,
    contentType: 'application/merge-patch+json',
    body: {
      metadata: { resourceVersion },
      data: patchOf(configMap.data, target.data),
      binaryData: patchOf(configMap.binaryData, target.binaryData),
    },
    onWarnings,
  });
}
