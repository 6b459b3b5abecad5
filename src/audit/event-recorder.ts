import { setTimeout as delay } from 'node:timers/promises';
import { type EventNote, type EventReason, type EventSink, identityOf } from './events.ts';
import type { Logger } from '../log.ts';
import type { EventResult } from './metrics.ts';

/** A note and how often it was made in a while. */
export interface EventRecord extends EventNote {
  readonly count: number;
  /** In milliseconds since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Keeps Events; rejects when it can't. */
export interface EventStore {
  record(record: EventRecord): Promise<void>;
}

export interface RecorderOptions {
  readonly store: EventStore;
  readonly log: Logger;
  /** Told what became of Events. */
  readonly count: (result: EventResult, count: number) => void;
  /** For tests; the defaults are what follows. */
  readonly limits?: Partial<typeof LIMITS>;
}

/**
 * Twenty Events at once and one every two seconds from then on: a person sees every refusal, and a
 * controller that retries in a loop does not load etcd. Notes that wait are merged with equal ones;
 * of different ones fifty may wait. Refusals leave a part of both to everything else, so that many
 * different refusals can't push out the Event of a break-glass.
 */
const LIMITS = { burst: 20, refillMs: 2000, waiting: 50, reserved: 5 };

const isCommon = (reason: EventReason) => reason === 'Refused';

interface Waiting {
  readonly note: EventNote;
  count: number;
  readonly firstMs: number;
  lastMs: number;
}

/** Writes Events one after the other, at a bounded rate; its callers never wait. */
export class EventRecorder implements EventSink {
  readonly #options: RecorderOptions;
  readonly #limits: typeof LIMITS;
  readonly #waiting = new Map<string, Waiting>();
  #tokens: number;
  #refilledMs = performance.now();
  #writer: Promise<void> | undefined;
  #isFailing = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#tokens = this.#limits.burst;
  }

  write(note: EventNote): void {
    const id = identityOf(note);
    const now = Date.now();
    const known = this.#waiting.get(id);
    if (known) {
      known.count += 1;
      known.lastMs = now;
    } else if (this.#waiting.size < this.#roomFor(note)) {
      this.#waiting.set(id, { note, count: 1, firstMs: now, lastMs: now });
    } else {
      this.#options.count('dropped', 1);
    }
    this.#writer ??= this.#writeAll();
  }

  /** Resolves when nothing waits to be written. */
  async idle(): Promise<void> {
    await this.#writer;
  }

  #roomFor({ reason }: EventNote): number {
    const { waiting, reserved } = this.#limits;
    return isCommon(reason) ? waiting - reserved : waiting;
  }

  async #writeAll(): Promise<void> {
    // What is noted in the same moment comes first: equal notes become one.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const next = this.#next();
      if (!next) {
        // Does not keep the process alive.
        await delay(this.#limits.refillMs, undefined, { ref: false });
        continue;
      }
      const [id, { note, ...times }] = next;
      this.#waiting.delete(id);
      this.#tokens -= 1;
      await this.#writeOne({ ...note, ...times });
    }
    this.#writer = undefined;
  }

  /** The next to be written, refusals last; undefined while no token is left for any. */
  #next(): [id: string, waiting: Waiting] | undefined {
    const { burst, refillMs, reserved } = this.#limits;
    const refills = Math.floor((performance.now() - this.#refilledMs) / refillMs);
    this.#tokens = Math.min(burst, this.#tokens + refills);
    this.#refilledMs += refills * refillMs;
    const all = [...this.#waiting];
    const rare = all.find(([, { note }]) => !isCommon(note.reason));
    if (rare) return this.#tokens > 0 ? rare : undefined;
    return this.#tokens > reserved ? all[0] : undefined;
  }

  async #writeOne(record: EventRecord): Promise<void> {
    const { store, log, count } = this.#options;
    try {
      await store.record(record);
      count('written', record.count);
      this.#isFailing = false;
    } catch (error) {
      count('failed', record.count);
      // Once for as long as it lasts: the metric goes on counting.
      if (!this.#isFailing) log.warn({ error: (error as Error).message }, "can't write Events");
      this.#isFailing = true;
    }
  }
}
