import { printable } from '../core/text.ts';

/** A call that failed. `message` is one bounded line; it may quote the server, never a body sent. */
export class ApiError extends Error {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** The server's `Status.reason` (`NotFound`, `Forbidden`, `Expired`), or a code such as ECONNREFUSED. */
  readonly reason: string;
  constructor(status: number | undefined, reason: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
  }
}

/** `ApiError.reason` when there is nothing to connect with. */
export const NO_CREDENTIALS = 'NoCredentials';

/** Of a reason and of a message that others wrote, in characters. */
const MAX_REASON_LENGTH = 64;
const MAX_MESSAGE_LENGTH = 500;

/** The error of a `Status`, which a refused call answers and a failed watch sends as an event. */
export function errorOfStatus(status: number, answer: unknown): ApiError {
  const { reason, message } = (answer ?? {}) as { reason?: unknown; message?: unknown };
  return new ApiError(
    status,
    typeof reason === 'string' ? printable(reason, MAX_REASON_LENGTH) : `HTTP${status}`,
    typeof message === 'string' ? printable(message, MAX_MESSAGE_LENGTH) : `status ${status}`,
  );
}

/** Whatever a connection threw, as an ApiError. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { code, name, message } = error as NodeJS.ErrnoException;
  // Node gives a connection that fails at each of several addresses no message of its own.
  const text = message === '' ? 'no connection' : printable(message, MAX_MESSAGE_LENGTH);
  return new ApiError(undefined, code ?? name, text);
}
