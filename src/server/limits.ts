/**
 * 7 MiB, the figure controller-runtime arrived at: etcd refuses requests above 1.5 MiB, a review
 * carries the object twice (old and new) plus managedFields, and JSON escapes can double a text.
 */
export const MAX_BODY_BYTES = 7 * 1024 * 1024;

/** A client that has not sent its request by then is cut off; the API server waits 30 s at most. */
export const REQUEST_TIMEOUT_MS = 35_000;

/**
 * Longer than the 90 s after which the API server (Go's http.Transport) drops an idle connection:
 * the client must close first, otherwise a request in flight is lost.
 */
export const KEEP_ALIVE_TIMEOUT_MS = 120_000;
