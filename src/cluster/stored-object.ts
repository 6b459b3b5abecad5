import type { FactSourceState } from '../audit/fact-metrics.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../core/config-map.ts';
import type { StoredObject } from '../core/stored-object.ts';
import type { ApiError } from './api-error.ts';
import type { ApiServer } from './api.ts';
import { type Follower, followObject, readObject } from './facts/follow.ts';
import { type ConfigMapJson, storedObjectOf } from './stored-config.ts';

const ENI_CONFIG = {
  path: `/api/v1/namespaces/${GUARDED_NAMESPACE}/configmaps`,
  name: GUARDED_NAME,
};

/** Confirmed at least every minute or two; more often nobody needs to know that nothing changed. */
const STALE_AFTER_MS = 3_600_000;

/** Reads eni-config once; undefined when it does not exist. Rejects with ApiError. */
export async function readStoredObject(api: ApiServer): Promise<StoredObject | undefined> {
  const answer: { object?: StoredObject | undefined; failure?: ApiError } = {};
  await readObject<ConfigMapJson>(api, ENI_CONFIG, {
    seen: (json) => (answer.object = json && storedObjectOf(json)),
    confirmed: () => undefined,
    recovered: () => undefined,
    failed: (error) => (answer.failure = error),
  });
  if (answer.failure) throw answer.failure;
  return answer.object;
}

export interface StoredObjectListener {
  /** Told the object at the start, after every change and after every gap; undefined: none. */
  readonly see: (object: StoredObject | undefined) => void;
  /** Told once for as long as it lasts. */
  readonly fail: (error: ApiError) => void;
}

/**
 * Follows eni-config until the signal aborts, whatever becomes of the API server meanwhile. Gives
 * the state for the metrics.
 */
export function followStoredObject(
  api: ApiServer,
  { see, fail }: StoredObjectListener,
  signal: AbortSignal,
): () => FactSourceState {
  let lastSuccessMs: number | undefined;
  let failing = false;
  const follower: Follower<ConfigMapJson> = {
    seen(json) {
      lastSuccessMs = Date.now();
      see(json && storedObjectOf(json));
    },
    confirmed: () => (lastSuccessMs = Date.now()),
    recovered: () => (failing = false),
    failed(error) {
      if (!failing) fail(error);
      failing = true;
    },
  };
  void followObject(api, ENI_CONFIG, STALE_AFTER_MS, follower, signal);
  return () => ({ name: 'stored-object', lastSuccessMs, failing });
}
