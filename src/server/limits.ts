/**
 * What strangers may take of a process with the chart's memory limit. docs/threat-model.md says what
 * each of them keeps out; test/image holds them against a real limit.
 */

const MIB = 1024 * 1024;

/**
 * Two objects of 1 MiB whose every character Go writes as `\u0026`, six bytes for one, with 8 MiB for
 * what else the objects carry: etcd takes 1.5 MiB of each.
 */
export const MAX_BODY_BYTES = 20 * MIB;

/** A larger body is counted, and judged in turn; those of ordinary writes have 6 to 30 KB. */
export const LARGE_BODY_BYTES = MIB / 16;

/**
 * A write with a larger body is not reviewed ahead. What `/mutate` and the review after it cost together stays
 * within what one text may cost, whoever sends it.
 */
export const AHEAD_BODY_BYTES = LARGE_BODY_BYTES / 2;

/** Of large bodies that have come, in part or whole, and are not judged yet. */
export const MAX_BYTES_IN_FLIGHT = 32 * MIB;

/** How many connections may be open, some 60 KiB each with TLS. */
export interface ConnectionLimits {
  readonly total: number;
  readonly perAddress: number;
}

/**
 * An API server takes a connection for each call under way: for as many as there are writes of
 * eni-config and restarts of Terway in the same moment. Several API servers may come from one address.
 */
export const WEBHOOK_CONNECTIONS: ConnectionLimits = { total: 512, perAddress: 256 };

/** For scrapers, and for the kubelet, which takes a new connection for each probe. */
export const SIDE_CONNECTIONS: ConnectionLimits = { total: 64, perAddress: 32 };

/** How long a TLS handshake may take. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** A client that has not sent its request by then is cut off; the API server waits 30 s at most. */
export const REQUEST_TIMEOUT_MS = 35_000;

/**
 * Longer than the 90 s after which the API server (Go's http.Transport) closes an idle connection.
 * The client must close first; otherwise a request that is on its way is lost.
 */
export const KEEP_ALIVE_TIMEOUT_MS = 120_000;
