import { ApiError } from '../../../src/kube/api.ts';
import { before } from '../../support/deadline.ts';
import type { Handler } from '../../support/misbehaving-api-server.ts';
import { waitFor } from '../../support/wait.ts';

/** Far longer than anything here takes, far shorter than the runner's patience. */
const PATIENCE_SECONDS = 20;

/** Answers every request with these. */
export const json =
  (status: number, body: unknown): Handler =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

/** The error that a call ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const failed = promise.then(
    (value) => {
      throw new Error(`it answered ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
  const error = await before(PATIENCE_SECONDS, 'a failure', failed);
  if (error instanceof ApiError) return error;
  throw error;
}

/** Resolves when the server sees no connection any more. */
export async function closed(connections: () => Promise<number>): Promise<void> {
  await waitFor('connections to close', PATIENCE_SECONDS * 1000, async () =>
    (await connections()) === 0 ? true : undefined,
  );
}
