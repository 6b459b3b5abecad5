import { GUARDED_NAMESPACE } from '../../engine/core/eni-config.ts';
import { ApiError, type ApiServer, unlessMissing } from '../../kube/api.ts';
import { NO_HISTORY, decodeHistory, encodeHistory } from './document.ts';
import type { HistoryStore } from './keeper.ts';
import type { History } from './revision.ts';

/** The Secret, in the namespace of eni-config. */
export const HISTORY_SECRET = 'eni-config-guard-history';
const PATH = `/api/v1/namespaces/${GUARDED_NAMESPACE}/secrets/${HISTORY_SECRET}`;
/** Its one key. */
const KEY = 'history';

interface SecretJson {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** A history with the Secret that it was read from. */
export interface StoredHistory {
  readonly history: History;
  readonly secret: SecretJson;
}

/**
 * Reads the history with the caller's rights; undefined when there is no such Secret. Rejects with
 * ApiError, and with HistoryError when the Secret holds something else. Needs `get` on it.
 */
export async function readHistory(api: ApiServer): Promise<StoredHistory | undefined> {
  const secret = await unlessMissing(api.call<SecretJson>({ method: 'GET', path: PATH }));
  if (!secret) return undefined;
  const value = secret.data?.[KEY] ?? '';
  const history = value === '' ? NO_HISTORY : await decodeHistory(Buffer.from(value, 'base64'));
  return { history, secret };
}

/** The history as {@link HistoryKeeper} needs it. */
export const historyStore = (api: ApiServer): HistoryStore => ({
  read: async () => readHistory(api),
  write: async (known, history) => writeHistory(api, known, history),
});

/**
 * Writes `history` over what was read; false when the Secret was changed or deleted meanwhile. Rejects
 * with ApiError. Needs `update` on it.
 */
async function writeHistory(
  api: ApiServer,
  { secret }: StoredHistory,
  history: History,
): Promise<boolean> {
  const value = (await encodeHistory(history)).toString('base64');
  try {
    // The whole Secret as it was read: the API server refuses it under another resourceVersion.
    const body = { ...secret, data: { ...secret.data, [KEY]: value } };
    await api.call({ method: 'PUT', path: PATH, body });
    return true;
  } catch (error) {
    if (error instanceof ApiError && [404, 409].includes(error.status ?? 0)) return false;
    throw error;
  }
}
