import type { ApiServer } from '../api.ts';
import { asApiError } from '../api-error.ts';
import type { Health, Surroundings } from './source.ts';
import { pause, pauseAfter } from './retry.ts';

/**
 * Objects a page. A node has some 10 KB of JSON, and of a text of more than 100 KB V8 puts whatever
 * it parses among the old objects, where garbage stays for long: with 15 000 nodes, pages of 25 take
 * 6 MiB more and those of 50 far more (`npm run bench:cluster`). Reviews wait while a page is parsed,
 * too. The price is more calls, one after the other over a connection that is kept.
 */
export const PAGE_SIZE = 8;

interface Page<T> {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly T[];
}

/** A whole list, page by page; rejects with ApiError when any of them fails. */
export async function* pagesOf<T>(
  api: ApiServer,
  path: string,
  query: Readonly<Record<string, string>> = {},
): AsyncGenerator<readonly T[]> {
  let from: string | undefined;
  do {
    const page: Page<T> = await api.call({
      method: 'GET',
      path,
      query: {
        ...query,
        limit: String(PAGE_SIZE),
        ...(from === undefined ? {} : { continue: from }),
      },
    });
    yield page.items;
    from = page.metadata.continue === '' ? undefined : page.metadata.continue;
  } while (from !== undefined);
}

/** A list that is read again and again, as whatever it is reduced to; replaced whole. */
export interface Listing<T> {
  /** What the last whole list came to, and when it was whole. */
  readonly known: () => { readonly value: T; readonly at: number } | undefined;
  /** Reads it once; a failure goes to `health`. Whether it succeeded. */
  readonly read: () => Promise<boolean>;
}

export function listing<T>(
  health: Health,
  part: string,
  { now, changed }: Pick<Surroundings, 'now' | 'changed'>,
  readList: () => Promise<T>,
): Listing<T> {
  let known: { readonly value: T; readonly at: number } | undefined;
  return {
    known: () => known,
    async read() {
      try {
        const value = await readList();
        known = { value, at: now() };
        health.confirmed(part, known.at);
        health.recovered(part);
        changed();
        return true;
      } catch (error) {
        health.failed(part, asApiError(error));
        return false;
      }
    },
  };
}

/**
 * Runs `read`, which says whether it succeeded, every `refreshMs` until the signal. After a failure
 * it is tried again at growing intervals: what is refused at its first page costs little, and a
 * list that broke off half-way is not repeated often.
 */
export async function readEvery(
  refreshMs: number,
  read: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    failures = (await read()) ? 0 : failures + 1;
    await pause(failures === 0 ? refreshMs : pauseAfter(failures), signal);
  }
}
