/** How long the stages of one call took, in milliseconds. */
export interface StageDurations {
  /** From the body's bytes to a request. */
  readonly read: number;
  /**
   * From the request to a verdict or an injection, with the question about break-glass if there was
   * one; 0 when there was nothing to judge.
   */
  readonly review: number;
  /** From there to the text of the answer; others that began in the same moment are judged meanwhile. */
  readonly answer: number;
  readonly total: number;
}

/** Times the stages of one call; the clock is monotonic. */
export class StageTimer {
  readonly #start = performance.now();
  #last = this.#start;
  readonly #stages = { read: 0, review: 0 };

  /** Ends a stage, or a further part of it. */
  readonly lap = (stage: 'read' | 'review'): void => {
    const now = performance.now();
    this.#stages[stage] += now - this.#last;
    this.#last = now;
  };

  /** Ends the last stage; to the microsecond. */
  durations(): StageDurations {
    const now = performance.now();
    const { read, review } = this.#stages;
    return {
      read: rounded(read),
      review: rounded(review),
      answer: rounded(now - this.#last),
      total: rounded(now - this.#start),
    };
  }
}

const rounded = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
