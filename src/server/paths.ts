import type { Endpoint } from '../audit/metrics.ts';

const ENDPOINTS: readonly Endpoint[] = ['validate', 'mutate', 'restart-gate'];

/**
 * The paths that reviews are answered at. With tokens each endpoint has one for every token,
 * `/validate/<token>`, and the plain path is as unknown as any other: who reaches the port but can't
 * read the webhook configurations does not know where to send a review.
 */
export class WebhookPaths {
  readonly #endpoints: ReadonlyMap<string, Endpoint>;

  constructor(tokens: readonly string[] = []) {
    const suffixes = tokens.length > 0 ? tokens.map((token) => `/${token}`) : [''];
    this.#endpoints = new Map(
      ENDPOINTS.flatMap((endpoint) =>
        suffixes.map((suffix): [string, Endpoint] => [`/${endpoint}${suffix}`, endpoint]),
      ),
    );
  }

  [Symbol.iterator](): Iterator<[string, Endpoint]> {
    return this.#endpoints.entries();
  }

  /** Whether reviews are answered at this path. */
  has(path: string): boolean {
    return this.#endpoints.has(path);
  }
}
