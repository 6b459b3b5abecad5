import { breakGlassRequestIn } from '../engine/core/break-glass.ts';
import { GUARDED_NAME, GUARDED_NAMESPACE } from '../engine/core/eni-config.ts';
import type { FieldManager, StoredObject } from '../engine/core/stored-object.ts';
import { type ApiError, type ApiServer, unlessMissing } from './api.ts';
import { type Follower, type Sight, followObject, readObject } from './follow.ts';
import type { FactSourceState } from './source-state.ts';

/**
 * For a webhook call that waits for it: within the API server's 3 s there must be room for another
 * question, about break-glass.
 */
const TIMEOUT_MS = 1000;

/** Where the API server has the guarded object. */
export const ENI_CONFIG_PATH = `/api/v1/namespaces/${GUARDED_NAMESPACE}/configmaps/${GUARDED_NAME}`;

interface ManagedFields {
  readonly manager?: string;
  readonly time?: string;
  readonly fieldsV1?: object;
}

/** A ConfigMap as the API server writes it. */
export interface ConfigMapJson {
  readonly metadata?: {
    readonly uid?: string;
    readonly annotations?: unknown;
    readonly managedFields?: readonly ManagedFields[];
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
  const breakGlass = breakGlassRequestIn(metadata.annotations);
  const managers = (metadata.managedFields ?? []).map(({ manager = '', time = '', fieldsV1 }) => ({
    name: manager,
    atMs: Date.parse(time),
    hasData:
      manager !== '' &&
      fieldsV1 !== undefined &&
      ('f:data' in fieldsV1 || 'f:binaryData' in fieldsV1),
  }));
  const dated = managers.filter(({ atMs }) => !Number.isNaN(atMs));
  return {
    configMap: {
      data: new Map(Object.entries(data ?? {})),
      binaryData: new Map(Object.entries(binaryData ?? {})),
      immutable: immutable === true,
      ...(breakGlass ? { breakGlass } : {}),
    },
    uid: metadata.uid,
    changedMs: dated.length > 0 ? Math.max(...dated.map(({ atMs }) => atMs)) : undefined,
    writer: newest(dated.filter(({ hasData }) => hasData)),
  };
}

function newest(managers: readonly FieldManager[]): FieldManager | undefined {
  const [last] = managers.toSorted((a, b) => b.atMs - a.atMs);
  return last && { name: last.name, atMs: last.atMs };
}

/**
 * Reads the guarded object as it is at this moment; undefined when there is none. Rejects with
 * ApiError, after a second at the latest. Needs the right to get configmaps/eni-config.
 */
export async function readStoredConfig(api: ApiServer): Promise<StoredObject | undefined> {
  const call = { method: 'GET', path: ENI_CONFIG_PATH, timeoutMs: TIMEOUT_MS } as const;
  const json = await unlessMissing(api.call<ConfigMapJson>(call));
  return json && storedObjectOf(json);
}

const ENI_CONFIG = {
  path: `/api/v1/namespaces/${GUARDED_NAMESPACE}/configmaps`,
  name: GUARDED_NAME,
};

/** Confirmed at least every minute or two, which is often enough for the metrics. */
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
  /**
   * Told the object at the start, after every change and after every gap; undefined: none. Of a gap
   * `knownUntilMs` is when the version before was last known to stand, in milliseconds since 1970.
   */
  readonly see: (object: StoredObject | undefined, sight: Sight, knownUntilMs?: number) => void;
  /** Told once for as long as it lasts. */
  readonly fail: (error: ApiError) => void;
}

/**
 * Follows eni-config until the signal aborts, and goes on after failures of the API server. Returns
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
    seen(json, sight) {
      const knownUntilMs = lastSuccessMs;
      lastSuccessMs = Date.now();
      see(json && storedObjectOf(json), sight, knownUntilMs);
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
