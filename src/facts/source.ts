import type { Logger } from '../log.ts';
import type { Facts } from '../engine/core/facts.ts';
import type { ApiError, ApiServer } from '../kube/api.ts';

/** One place facts come from: some objects of the API server that belong together. */
export interface Source {
  /** Learns everything once; resolves when it has been answered or refused. */
  read(): Promise<unknown>;
  /** Learns until the signal, and recovers by itself; resolves with the signal. */
  follow(signal: AbortSignal): Promise<void>;
  learnt(): Learnt | undefined;
  status(): SourceStatus;
  /** Resolves when everything has been answered or refused once. */
  readonly answered: Promise<unknown>;
}

/** What a source knows. It is replaced whole, never changed. */
export interface Learnt {
  readonly facts: Partial<Facts>;
  /** What the API server answered and yet told nothing; one printable line each. */
  readonly gaps: readonly string[];
  /** When the API server last said that it is so, in milliseconds since 1970. */
  readonly confirmedAt: number;
}

/** For metrics and the `facts` command. */
export interface SourceStatus {
  readonly source: string;
  /** When everything of the source was last known to be current, in milliseconds since 1970. */
  readonly lastSuccess?: number;
  /** Why it can't be read at present; absent when it can. */
  readonly lastError?: ApiError;
}

/** What every source needs. */
export interface SourceOptions {
  readonly api: ApiServer;
  readonly log: Logger;
  /** The guard's own namespace. */
  readonly namespace: string;
  /** Between full lists, in milliseconds. */
  readonly refreshMs: number;
  /** How long a fact counts after its confirmation, in milliseconds. */
  readonly staleAfterMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** To be called when `learnt()` gives something else than before. */
  readonly changed: () => void;
}

/**
 * Whether the parts of a source, each a path or an object, can be read. There is one log line for
 * each reason why they fail and one when all are well again; retries are not logged.
 */
export class Health {
  /** Resolves when every part has been confirmed or has failed. */
  readonly answered: Promise<unknown>;
  readonly #source: string;
  readonly #parts: readonly string[];
  readonly #log: Logger;
  readonly #unanswered: Set<string>;
  readonly #confirmed = new Map<string, number>();
  readonly #errors = new Map<string, ApiError>();
  /** What has been logged since all was well. */
  readonly #told = new Set<string>();
  readonly #resolve: () => void;

  /** `parts`: what must be current for the source to be so; others may fail too. */
  constructor(source: string, parts: readonly string[], log: Logger) {
    this.#source = source;
    this.#parts = parts;
    this.#log = log;
    this.#unanswered = new Set(parts);
    let answer: (() => void) | undefined;
    this.answered = new Promise<void>((resolve) => (answer = resolve));
    this.#resolve = () => answer?.();
  }

  /** The part is known as of `at`. It may still have failed: a list without its watch. */
  confirmed(part: string, at: number): void {
    this.#confirmed.set(part, at);
    this.#hasAnswered(part);
  }

  recovered(part: string): void {
    if (!this.#errors.delete(part) || this.#errors.size > 0) return;
    this.#told.clear();
    this.#log.info({ source: this.#source }, 'facts can be learnt again');
  }

  failed(part: string, error: ApiError): void {
    const { status, reason, message } = error;
    // A server that is away refuses, resets and times out in turns.
    const kind = status === undefined ? 'no answer' : reason;
    if (!this.#told.has(kind)) {
      this.#told.add(kind);
      const consequence = 'facts cannot be learnt; what is known stays in use';
      this.#log.warn({ source: this.#source, reason, error: message }, consequence);
    }
    this.#errors.set(part, error);
    this.#hasAnswered(part);
  }

  status(): SourceStatus {
    const lastSuccess = Math.min(...this.#parts.map((part) => this.#confirmed.get(part) ?? 0));
    const parts = [...this.#parts, ...this.#errors.keys()];
    const lastError = parts.map((part) => this.#errors.get(part)).find((error) => error);
    return {
      source: this.#source,
      ...(lastSuccess === 0 ? {} : { lastSuccess }),
      ...(lastError === undefined ? {} : { lastError }),
    };
  }

  #hasAnswered(part: string): void {
    this.#unanswered.delete(part);
    if (this.#unanswered.size === 0) this.#resolve();
  }
}
