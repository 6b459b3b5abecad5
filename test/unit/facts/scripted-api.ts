import { setTimeout as delay } from 'node:timers/promises';
import {
  type ApiCall,
  ApiError,
  type ApiServer,
  type ApiWatch,
  type WatchEvent,
} from '../../../src/kube/api.ts';

/** A stand-in for the API server that answers as a test has written, call by call. */
export class ScriptedApi implements ApiServer {
  readonly calls: string[] = [];
  /** What a path lists; an ApiError is thrown. */
  readonly lists = new Map<string, readonly object[] | ApiError>();
  /** What the next watches of a path do; one that is not scripted is silent. */
  readonly watches = new Map<string, (() => AsyncGenerator<object>)[]>();

  async call<T>({ path, query }: ApiCall): Promise<T> {
    const key = keyOf(path, query);
    this.calls.push(`list ${key}`);
    const items = this.lists.get(key) ?? [];
    if (items instanceof ApiError) throw items;
    await delay(0);
    return { metadata: { resourceVersion: '1' }, items } as T;
  }

  async *watch<T>({ path, query, signal, opened }: ApiWatch): AsyncGenerator<WatchEvent<T>> {
    const key = keyOf(path, query);
    this.calls.push(`watch ${key} from ${query?.resourceVersion}`);
    const script = this.watches.get(key)?.shift();
    if (script) {
      opened?.();
      yield* script() as AsyncGenerator<WatchEvent<T>>;
      return;
    }
    opened?.();
    await delay(60_000, undefined, { signal, ref: false }).catch(() => undefined);
    throw new ApiError(undefined, 'Aborted', 'called off');
  }
}

/** `daemonsets/terway-eniip`, `nodes`. */
function keyOf(path: string, query: ApiCall['query']): string {
  const [, name] = query?.fieldSelector?.split('=') ?? [];
  const resource = path.slice(path.lastIndexOf('/') + 1);
  return name === undefined ? resource : `${resource}/${name}`;
}
