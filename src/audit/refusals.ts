import type { Outcome } from '../admission/outcome.ts';
import { type RefusedWriter, isTellable, mergedWriters } from '../engine/core/refused-writers.ts';
import { keepRefusedWriters } from '../kube/refused-writers.ts';
import type { ApiServer } from '../kube/api.ts';
import type { Logger } from '../log.ts';

/** Told of writes that are refused, or would be in mode enforce. `note` returns at once. */
export interface RefusalSink {
  note(writer: RefusedWriter): void;
}

/** The author of a write that the guard refuses, or would refuse in mode enforce. */
export function refusedWriter(outcome: Outcome, now: number): RefusedWriter | undefined {
  const { request, verdict } = outcome;
  if (!request?.change || request.dryRun || !verdict) return undefined;
  const refusing = verdict.findings.filter(
    ({ enforced, exempted }) => enforced === 'deny' && exempted !== true,
  );
  const { name } = request.user;
  if (refusing.length === 0 || !isTellable(name)) return undefined;
  const rules = [...new Set(refusing.map(({ rule }) => rule))].sort();
  return { user: name, count: 1, lastMs: now, rules };
}

interface RefusalsOptions {
  readonly api: ApiServer;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The API server keeps an Event for an hour by default after it was last written. */
const RENEW_MS = 15 * 60_000;
const LOOK_MS = 30_000;

/** Keeps who was refused in the last week: at most one write every half minute. */
export class Refusals implements RefusalSink {
  readonly #options: RefusalsOptions;
  readonly #now: () => number;
  #pending: readonly RefusedWriter[] = [];
  #writtenMs = -Infinity;
  #isWriting = false;
  #isFailing = false;

  constructor(options: RefusalsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  note(writer: RefusedWriter): void {
    this.#pending = mergedWriters(this.#pending, [writer], this.#now());
  }

  /** Writes what was noted, and renews the record in time, until `signal` aborts. */
  start(signal: AbortSignal): void {
    const looks = setInterval(() => void this.look(), LOOK_MS);
    looks.unref();
    signal.addEventListener('abort', () => clearInterval(looks));
    void this.look();
  }

  /** Writes when there is something to write. What fails is tried again with the next look. */
  async look(): Promise<void> {
    const now = this.#now();
    const isDue = this.#pending.length > 0 || now - this.#writtenMs >= RENEW_MS;
    if (this.#isWriting || !isDue) return;
    this.#isWriting = true;
    const added = this.#pending;
    this.#pending = [];
    try {
      await keepRefusedWriters(this.#options.api, added, now);
      this.#writtenMs = now;
      this.#isFailing = false;
    } catch (error) {
      this.#pending = mergedWriters(added, this.#pending, now);
      const fields = { error: (error as Error).message };
      // Once for as long as it lasts.
      if (!this.#isFailing) this.#options.log.warn(fields, "can't keep who had writes refused");
      this.#isFailing = true;
    } finally {
      this.#isWriting = false;
    }
  }
}
