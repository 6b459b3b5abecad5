import type { ApiServer } from './api.ts';
import { type ApiError, asApiError, errorOfStatus } from './api-error.ts';
import { pause, pauseAfter } from './retry.ts';

/** One object by its name, alone in what is listed, so that a right to this name is enough. */
export interface ObjectRef {
  /** Of the collection: `/api/v1/namespaces/kube-system/configmaps`. */
  readonly path: string;
  readonly name: string;
}

/** Which version of the object was seen. */
export interface Sight {
  /** Where there is no object, the one that says so. */
  readonly resourceVersion: string;
  /** It was looked up, at the start or after a failure: versions before it may have passed unseen. */
  readonly isListed: boolean;
}

export interface Follower<T> {
  /** The object as it is now; undefined when there is none. */
  seen(object: T | undefined, sight: Sight): void;
  /** It is still what was seen last. */
  confirmed(): void;
  /** It can be followed: an earlier failure is over. */
  recovered(): void;
  failed(error: ApiError): void;
}

interface Meta {
  readonly metadata: { readonly resourceVersion: string };
}

interface ObjectList<T> extends Meta {
  readonly items: readonly (T & Meta)[];
}

function tellListed<T>({ items: [object], metadata }: ObjectList<T>, follower: Follower<T>): void {
  const { resourceVersion } = (object ?? { metadata }).metadata;
  follower.seen(object, { resourceVersion, isListed: true });
}

/** How much longer than a watch may last it may be silent, in milliseconds. */
const GRACE_MS = 15_000;
/** Longest watch, in seconds. Bookmarks come about once a minute, and not every server sends them. */
const LONGEST_WATCH_SECONDS = 120;

const fieldSelector = (name: string) => `metadata.name=${name}`;

/** Looks at the object once; a failure is told to `follower`. */
export async function readObject<T>(
  api: ApiServer,
  { path, name }: ObjectRef,
  follower: Follower<T>,
): Promise<void> {
  try {
    const query = { fieldSelector: fieldSelector(name) };
    tellListed(await api.call<ObjectList<T>>({ method: 'GET', path, query }), follower);
    follower.recovered();
  } catch (error) {
    follower.failed(asApiError(error));
  }
}

/**
 * Lists and watches the object until the signal. A watch lasts at most a third of `staleAfterMs`,
 * so that an unchanged object is confirmed in time; one that is silent for longer is opened anew.
 */
export async function followObject<T extends object>(
  api: ApiServer,
  { path, name }: ObjectRef,
  staleAfterMs: number,
  follower: Follower<T>,
  signal: AbortSignal,
): Promise<void> {
  const seconds = Math.min(LONGEST_WATCH_SECONDS, Math.floor(staleAfterMs / 3000));
  const only = { fieldSelector: fieldSelector(name) };
  const query = {
    ...only,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
  };
  let failures = 0;
  const opened = () => {
    failures = 0;
    follower.recovered();
  };
  const followFromList = async (): Promise<never> => {
    const list = await api.call<ObjectList<T>>({ method: 'GET', path, query: only, signal });
    tellListed(list, follower);
    let { resourceVersion } = list.metadata;
    for (;;) {
      const from = { ...query, resourceVersion };
      const silenceMs = seconds * 1000 + GRACE_MS;
      const events = api.watch<T & Meta>({ path, query: from, silenceMs, signal, opened });
      for await (const { type, object } of events) {
        if (type === 'ERROR') throw errorOfStatus(codeOf(object), object);
        ({ resourceVersion } = object.metadata);
        if (type === 'BOOKMARK') follower.confirmed();
        else {
          const sight = { resourceVersion, isListed: false };
          follower.seen(type === 'DELETED' ? undefined : object, sight);
        }
      }
      follower.confirmed();
      await pause(pauseAfter(0), signal);
    }
  };
  while (!signal.aborted) {
    const failure = asApiError(await followFromList().catch((error: unknown) => error));
    // 410: the watch was interrupted for too long. A new list repairs that, so it is not reported.
    const isReported = failure.status !== 410 || failures > 0;
    if (isReported && failure.reason !== 'Aborted') follower.failed(failure);
    failures += 1;
    await pause(pauseAfter(failures), signal);
  }
}

function codeOf(status: object): number {
  const { code } = status as { readonly code?: unknown };
  return typeof code === 'number' ? code : 500;
}
