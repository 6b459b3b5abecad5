import { setTimeout as delay } from 'node:timers/promises';

/**
 * What `promise` gives, or an error when it has given nothing for so long that it never will: a
 * hang is reported where it happens instead of by the test runner's timeout.
 */
export async function before<T>(seconds: number, what: string, promise: Promise<T>): Promise<T> {
  const finished = new AbortController();
  const deadline = delay(seconds * 1000, undefined, { signal: finished.signal }).then(
    () => {
      throw new Error(`waited ${seconds} s in vain for ${what}`);
    },
    () => promise,
  );
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    finished.abort();
  }
}
