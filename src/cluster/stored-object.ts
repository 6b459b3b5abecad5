import { setTimeout as delay } from 'node:timers/promises';
import type { FactSourceState } from '../audit/fact-metrics.ts';
import type { StoredObject } from '../audit/background-check.ts';
import { type ConfigMap, GUARDED_NAME, GUARDED_NAMESPACE } from '../core/config-map.ts';
import { ApiError, type ApiServer } from './api.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${GUARDED_NAMESPACE}/configmaps`;
/** A role that names the object allows a list and a watch that select it. */
const ONLY_IT = { fieldSelector: `metadata.name=${GUARDED_NAME}` };

/** The server ends the watch by itself before the silence is taken for a lost connection. */
const WATCH_SECONDS = 240;
const SILENCE_MS = 300_000;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

interface ConfigMapJson {
  readonly metadata: { readonly uid?: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>> | null;
  readonly binaryData?: Readonly<Record<string, string>> | null;
  readonly immutable?: boolean;
}

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly ConfigMapJson[];
}

/** Reads eni-config once; undefined when it does not exist. Rejects with ApiError. */
export async function readStoredObject(api: ApiServer): Promise<StoredObject | undefined> {
  const { object } = await list(api);
  return object;
}

export interface StoredObjectWatch {
  /** For the metrics. */
  readonly state: () => FactSourceState;
}

export interface WatchListener {
  /** Told the object at the start, after every change and after every gap; undefined: none. */
  readonly see: (object: StoredObject | undefined) => void;
  /** Told once for as long as it lasts. */
  readonly fail: (error: ApiError) => void;
}

/** Follows eni-config until the signal aborts, whatever becomes of the API server meanwhile. */
export function watchStoredObject(
  api: ApiServer,
  { see, fail }: WatchListener,
  signal: AbortSignal,
): StoredObjectWatch {
  let lastSuccessMs: number | undefined;
  let pauseMs = 0;
  const succeed = () => {
    lastSuccessMs = Date.now();
    pauseMs = 0;
  };
  const follow = async () => {
    const { object, resourceVersion } = await list(api, signal);
    succeed();
    see(object);
    const query = {
      ...ONLY_IT,
      resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
    };
    const watch = { path: CONFIG_MAPS, query, silenceMs: SILENCE_MS, signal };
    for await (const event of api.watch<ConfigMapJson>(watch)) {
      // 410 Gone or any other: the list that follows tells the truth.
      if (event.type === 'ERROR') return;
      succeed();
      if (event.type === 'DELETED') see(undefined);
      else if (event.type !== 'BOOKMARK') see(readObject(event.object));
    }
  };
  const isOver = () => signal.aborted;
  const run = async () => {
    while (!isOver()) {
      try {
        await follow();
        // A server that ends every watch at once is not asked more often than this.
        await delay(FIRST_PAUSE_MS, undefined, { signal, ref: false });
      } catch (error) {
        if (isOver()) return;
        if (pauseMs === 0) fail(asApiError(error));
        pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2));
        // Replicas that lost the same API server do not all come back in the same moment.
        const pause = pauseMs * (0.5 + Math.random() / 2);
        await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  };
  void run();
  return {
    state: () => ({ name: 'stored-object', lastSuccessMs, failing: pauseMs > 0 }),
  };
}

async function list(api: ApiServer, signal?: AbortSignal) {
  const call = { method: 'GET', path: CONFIG_MAPS, query: ONLY_IT } as const;
  const { metadata, items } = await api.call<List>({ ...call, ...(signal && { signal }) });
  const [item] = items;
  return { object: item && readObject(item), resourceVersion: metadata.resourceVersion };
}

function readObject({ metadata, data, binaryData, immutable }: ConfigMapJson): StoredObject {
  const configMap: ConfigMap = {
    data: new Map(Object.entries(data ?? {})),
    binaryData: new Map(Object.entries(binaryData ?? {})),
    immutable: immutable === true,
  };
  return { configMap, uid: metadata.uid };
}

const asApiError = (error: unknown) =>
  error instanceof ApiError ? error : new ApiError(undefined, 'Broken', 'the answer is no list');
