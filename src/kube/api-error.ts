import { printable } from '../engine/text/text.ts';

/** A call that failed. `message` is one bounded line; it may quote the server, never a body sent. */
export class ApiError extends Error {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** The server's `Status.reason` (`NotFound`, `Forbidden`, `Expired`), or a code such as ECONNREFUSED. */
  readonly reason: string;
  readonly hints: Hints;
  constructor(status: number | undefined, reason: string, message: string, hints: Hints = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.hints = hints;
  }
}

/** What a server that refuses a call says of how to go on. */
export interface Hints {
  /** Its header Retry-After, in milliseconds. */
  readonly retryAfterMs?: number;
  /** With 410: goes on with a list whose own token has expired, as the objects are by now. */
  readonly continueToken?: string;
  /** The last line of each cause, in which a webhook names its rule however long the message is. */
  readonly causes?: readonly string[];
}

/** What a call resolves with; undefined where the object does not exist. Rejects with ApiError. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** `ApiError.reason` when there is nothing to connect with. */
export const NO_CREDENTIALS = 'NoCredentials';

/** Of a reason and of a message that others wrote, in characters. */
const MAX_REASON_LENGTH = 64;
const MAX_MESSAGE_LENGTH = 500;
/** Of the last line of a cause, and of causes. */
const MAX_LINE_LENGTH = 200;
const MAX_CAUSES = 20;

/** The error of a `Status`, which a refused call answers and a failed watch sends as an event. */
export function errorOfStatus(status: number, answer: unknown, retryAfter?: string): ApiError {
  const { reason, message, metadata, details } = (answer ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const { continue: token } = (metadata ?? {}) as { readonly continue?: unknown };
  const causes = lastLines(details);
  // The header may be a date as well, which no API server sends.
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  return new ApiError(
    status,
    typeof reason === 'string' ? printable(reason, MAX_REASON_LENGTH) : `HTTP${status}`,
    typeof message === 'string' ? printable(message, MAX_MESSAGE_LENGTH) : `status ${status}`,
    {
      ...(seconds !== undefined && { retryAfterMs: seconds * 1000 }),
      ...(typeof token === 'string' && token !== '' && { continueToken: token }),
      ...(causes.length > 0 && { causes }),
    },
  );
}

function lastLines(details: unknown): string[] {
  const { causes } = (details ?? {}) as { readonly causes?: unknown };
  return (Array.isArray(causes) ? causes.slice(0, MAX_CAUSES) : []).flatMap((cause: unknown) => {
    const { message } = (cause ?? {}) as { readonly message?: unknown };
    const line = typeof message === 'string' ? message.slice(message.lastIndexOf('\n') + 1) : '';
    return line === '' ? [] : [printable(line, MAX_LINE_LENGTH)];
  });
}

/** An error that a connection threw, as an ApiError. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { code, name, message } = error as NodeJS.ErrnoException;
  // Node gives a connection that fails at each of several addresses no message of its own.
  const text = message === '' ? 'no connection' : printable(message, MAX_MESSAGE_LENGTH);
  return new ApiError(undefined, code ?? name, text);
}
