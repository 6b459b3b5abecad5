import { type ApiCall, ApiError, type ApiServer } from '../../src/kube/api.ts';

/** What an API server says when it refuses a call, or does not answer it. */
export const FAILURES = {
  forbidden: new ApiError(403, 'Forbidden', 'no right to do this'),
  notFound: new ApiError(404, 'NotFound', 'there is none'),
  alreadyExists: new ApiError(409, 'AlreadyExists', 'there is one'),
  conflict: new ApiError(409, 'Conflict', 'it has changed meanwhile'),
  gone: new ApiError(410, 'Expired', 'too old'),
  broken: new ApiError(500, 'InternalError', 'a fault of the server'),
  timeout: new ApiError(undefined, 'Timeout', 'no whole answer within 5000 ms'),
} as const;

/** A stand-in for the API server that keeps what it is called with. It has no watches. */
export interface AnsweringApi {
  readonly api: ApiServer;
  readonly calls: readonly ApiCall[];
}

/** Answers each call with the next of `answers`, the last one again and again; an error is thrown. */
export function answeringApi(...answers: readonly unknown[]): AnsweringApi {
  const calls: ApiCall[] = [];
  return {
    calls,
    api: {
      async call<T>(call: ApiCall): Promise<T> {
        const answer = await answers[Math.min(calls.push(call), answers.length) - 1];
        if (answer instanceof Error) throw answer;
        return answer as T;
      },
      watch: () => {
        throw new Error('this API server has no watches');
      },
    },
  };
}

/** An answer that does not come. */
export const NEVER = new Promise<never>(() => undefined);
