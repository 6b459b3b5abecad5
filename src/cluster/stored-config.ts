import { bypassNoteIn } from '../core/bypass.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../core/config-map.ts';
import type { StoredObject } from '../core/stored-object.ts';
import { inTime } from './access-review.ts';
import { ApiError, type ApiServer } from './api.ts';

/**
 * For a webhook call that waits for it: within the API server's 3 s there must be room for another
 * question, about break-glass.
 */
const TIMEOUT_MS = 1000;

/** Where the API server has the guarded object. */
export const ENI_CONFIG_PATH = `/api/v1/namespaces/${GUARDED_NAMESPACE}/configmaps/${GUARDED_NAME}`;

/** A ConfigMap as the API server writes it. */
export interface ConfigMapJson {
  readonly metadata?: {
    readonly uid?: string;
    readonly annotations?: unknown;
    readonly managedFields?: readonly { readonly time?: string }[];
  };
  readonly data?: Readonly<Record<string, string>> | null;
  readonly binaryData?: Readonly<Record<string, string>> | null;
  readonly immutable?: boolean;
}

/** What is judged of the guarded object, and what the API server knows of it. */
export function storedObjectOf({
  metadata = {},
  data,
  binaryData,
  immutable,
}: ConfigMapJson): StoredObject {
  const bypass = bypassNoteIn(metadata.annotations);
  const changes = (metadata.managedFields ?? [])
    .map(({ time = '' }) => Date.parse(time))
    .filter((time) => !Number.isNaN(time));
  return {
    configMap: {
      data: new Map(Object.entries(data ?? {})),
      binaryData: new Map(Object.entries(binaryData ?? {})),
      immutable: immutable === true,
      ...(bypass ? { bypass } : {}),
    },
    uid: metadata.uid,
    changedMs: changes.length > 0 ? Math.max(...changes) : undefined,
  };
}

/**
 * Reads the guarded object as it is at this moment; undefined when there is none. Rejects with
 * ApiError, after a second at the latest. Needs the right to get configmaps/eni-config.
 */
export async function readStoredConfig(api: ApiServer): Promise<StoredObject | undefined> {
  const call = api.call<ConfigMapJson>({
    method: 'GET',
    path: ENI_CONFIG_PATH,
    timeoutMs: TIMEOUT_MS,
  });
  try {
    return storedObjectOf(await inTime(call, TIMEOUT_MS));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
