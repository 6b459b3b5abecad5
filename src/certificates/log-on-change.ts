import type { Logger } from '../log.ts';
import { printable } from '../engine/text/text.ts';

/** Something that is asked every few seconds and may be wrong for hours: said when it changes. */
export class Complaint {
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
