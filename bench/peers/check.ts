import { isDeepStrictEqual } from 'node:util';

/**
 * What a peer in JavaScript judges: that both texts of a write are JSON, and that the chain begins with
 * what 10-terway.conf holds. It is the least of what the guard's rules ask. Returns why a write is
 * refused.
 */
export function refusal(data: Readonly<Record<string, string>>): string | undefined {
  try {
    const conf: unknown = JSON.parse(data['10-terway.conf'] ?? '');
    const chain = JSON.parse(data['10-terway.conflist'] ?? '') as { plugins: readonly unknown[] };
    if (isDeepStrictEqual(chain.plugins[0], conf)) return undefined;
    return 'the first entry of 10-terway.conflist differs from 10-terway.conf';
  } catch (error) {
    return String(error);
  }
}

/** What is read of an AdmissionReview. */
export interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: { readonly data: Readonly<Record<string, string>> };
  };
}

/** The AdmissionReview that answers another one. */
export function answerTo({ request: { uid, object } }: Review): object {
  const message = refusal(object.data);
  const status = message === undefined ? {} : { status: { code: 422, message } };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: message === undefined, ...status },
  };
}
