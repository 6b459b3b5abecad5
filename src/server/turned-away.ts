import type { TurnedAwayReason } from '../audit/metrics.ts';
import type { Logger } from '../log.ts';

/** Between two lines of the log about one reason; the counter has every request. */
const SILENCE_MS = 60_000;

/** Requests that are answered without a look at what they ask. */
export class TurnedAway {
  readonly #log: Logger;
  readonly #observe: (reason: TurnedAwayReason) => void;
  readonly #said = new Map<TurnedAwayReason, { at: number; since: number }>();

  constructor(log: Logger, observe: (reason: TurnedAwayReason) => void) {
    this.#log = log;
    this.#observe = observe;
  }

  /** Counts one; says so in the log once a minute, with how many there were since the last line. */
  count(reason: TurnedAwayReason): void {
    this.#observe(reason);
    const now = performance.now();
    const said = this.#said.get(reason);
    const requests = (said?.since ?? 0) + 1;
    if (said && now - said.at < SILENCE_MS) {
      said.since = requests;
      return;
    }
    this.#said.set(reason, { at: now, since: 0 });
    this.#log.warn({ reason, requests }, 'turned away');
  }
}
