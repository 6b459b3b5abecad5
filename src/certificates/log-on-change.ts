import type { Logger } from '../log.ts';
import { printable } from '../engine/text/text.ts';

/** Logs a problem that is looked for every few seconds: once when it comes, changes and goes. */
export class LogOnChange {
  readonly #log: Logger;
  readonly #relief: string;
  #said: string | undefined;

  /** `relief` is logged when a problem is over. */
  constructor(log: Logger, relief: string) {
    this.#log = log;
    this.#relief = relief;
  }

  /** `problem` is one sentence; it may quote others. */
  raise(problem: string): void {
    if (problem === this.#said) return;
    this.#said = problem;
    this.#log.warn({ problem: printable(problem, 600) }, 'certificates');
  }

  settle(): void {
    if (this.#said === undefined) return;
    this.#said = undefined;
    this.#log.info(this.#relief);
  }
}
