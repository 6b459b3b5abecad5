import { printable } from '../../engine/text/text.ts';
import type { ConfigMap } from '../../engine/core/eni-config.ts';
import type { StoredObject } from '../../engine/core/stored-object.ts';
import type { Sight } from '../../kube/follow.ts';
import { pause, pauseAfter } from '../../kube/retry.ts';
import type { Logger } from '../../log.ts';
import { Admitted } from './admitted.ts';
import { MAX_REVISIONS, withoutTexts } from './document.ts';
import type { History } from './revision.ts';
import type { StoredHistory } from './secret.ts';
import { type Sighting, sightingOf, withSighting } from './sighting.ts';

/** Where the history lies, with compare-and-swap. */
export interface HistoryStore {
  /** Undefined when there is no place for it. */
  read(): Promise<StoredHistory | undefined>;
  /** False when it was changed meanwhile. */
  write(known: StoredHistory, history: History): Promise<boolean>;
}

export interface HistoryKeeperOptions {
  readonly store: HistoryStore;
  readonly log: Logger;
  /** Told the history whenever it was read or written. */
  readonly onHistory: (history: History) => void;
  /** Between tries while it can't be written, in milliseconds. */
  readonly pauseMs?: (failures: number) => number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Versions that wait for a place to be written to; only the newest of them keep their texts. */
const MAX_WAITING = 1000;

/**
 * Writes each version of eni-config into the history, once, however many replicas do the same. What
 * waits is written together; what can't be written is tried again until the signal.
 */
export class HistoryKeeper {
  readonly #options: HistoryKeeperOptions;
  readonly #signal: AbortSignal;
  readonly #admitted = new Admitted();
  #waiting: Sighting[] = [];
  #writing: Promise<void> | undefined;
  #complaint: string | undefined;

  constructor(options: HistoryKeeperOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** A write of these texts was let through; undefined: a deletion. Returns at once. */
  admit(object: ConfigMap | undefined, user: string): void {
    this.#admitted.note(object, user);
  }

  /** Takes a version as the watch delivers it. Returns at once. */
  see(object: StoredObject | undefined, sight: Sight, knownUntilMs?: number): void {
    const nowMs = (this.#options.now ?? Date.now)();
    this.#waiting.push(sightingOf(object, sight, { nowMs, knownUntilMs }));
    this.#bound();
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when nothing waits any more, or with the signal. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  #bound(): void {
    const waiting = this.#waiting;
    const old = waiting.at(-MAX_REVISIONS - 1);
    if (old) waiting[waiting.length - MAX_REVISIONS - 1] = withoutItsTexts(old);
    if (waiting.length <= MAX_WAITING) return;
    waiting.shift();
    // What was dropped is missing before the next one.
    if (waiting[0]) waiting[0] = { unseen: {}, ...waiting[0] };
  }

  async #writeAll(): Promise<void> {
    let failures = 0;
    while (this.#waiting.length > 0 && !this.#signal.aborted) {
      const problem = await this.#write();
      if (problem === undefined) {
        failures = 0;
        continue;
      }
      if (problem !== RACE) this.#complain(problem);
      failures += 1;
      await pause((this.#options.pauseMs ?? pauseAfter)(failures), this.#signal);
    }
    // At once, so that what comes next is not left waiting.
    this.#writing = undefined;
  }

  /** Writes what waits; resolves with what is in the way. */
  async #write(): Promise<string | undefined> {
    const { store, onHistory } = this.#options;
    const taken = [...this.#waiting];
    try {
      const known = await store.read();
      if (!known) return MISSING;
      const history = taken.reduce(
        (merged, sighting) =>
          withSighting(merged, sighting, this.#admitted.userOf(sighting.version.hash)),
        known.history,
      );
      if (history !== known.history && !(await store.write(known, history))) return RACE;
      this.#waiting = this.#waiting.filter((sighting) => !taken.includes(sighting));
      this.#settle();
      onHistory(history);
      return undefined;
    } catch (error) {
      return printable((error as Error).message, 600);
    }
  }

  /** Once for as long as it lasts. */
  #complain(problem: string): void {
    if (this.#complaint === undefined) {
      this.#options.log.warn({ error: problem }, "can't write the history of eni-config");
    }
    this.#complaint = problem;
  }

  #settle(): void {
    if (this.#complaint !== undefined) {
      this.#options.log.info('the history of eni-config can be written again');
    }
    this.#complaint = undefined;
  }
}

const RACE = 'another replica wrote at the same moment';
const MISSING =
  'there is no Secret kube-system/eni-config-guard-history: helm upgrade --reset-then-reuse-values makes it';

const withoutItsTexts = (sighting: Sighting): Sighting => ({
  ...sighting,
  version: withoutTexts(sighting.version),
});
