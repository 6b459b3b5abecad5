import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Without a new connection for so long, callers are taken to know that this replica is going. */
const QUIET_MS = 300;
/** Callers that come all the same do not keep the process from ending. */
const MAX_WAIT_MS = 2000;
const LOOK_MS = 20;

/**
 * New connections of a server that is about to close. When a listening socket closes, the kernel resets
 * those that it has taken and the process has not yet, and nothing can hold them back. So the socket is
 * closed only when arrivals have ended.
 */
export class Arrivals {
  #lastMs: number | undefined;

  constructor(server: Server) {
    server.on('connection', () => (this.#lastMs = performance.now()));
  }

  /** Resolves a while after the last arrival, at once before the first. */
  async end(): Promise<void> {
    const latest = performance.now() + MAX_WAIT_MS;
    while (performance.now() < latest) {
      if (this.#lastMs === undefined || performance.now() - this.#lastMs >= QUIET_MS) return;
      await delay(LOOK_MS);
    }
  }
}
