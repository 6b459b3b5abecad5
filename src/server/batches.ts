/** As many as this begin together: the first of them is answered when the last is judged. */
const AT_ONCE = 8;

interface Batch {
  size: number;
  readonly begun: Promise<void>;
}

/**
 * Lets reviews whose bodies came in one turn of the event loop go on together, step by step: all are
 * judged, then all are answered, then all are recorded. Each step is so much code that the processor
 * has it at hand for the next review only if that follows at once; one by one, with the network
 * between them, reviews cost half as much again. One that comes alone waits for nothing.
 */
export class Batches {
  #open: Batch | undefined;

  /** Resolves when what else came in this turn has been read. */
  next(): Promise<void> {
    if (this.#open === undefined || this.#open.size === AT_ONCE) this.#open = this.#newBatch();
    this.#open.size += 1;
    return this.#open.begun;
  }

  #newBatch(): Batch {
    const batch: Batch = {
      size: 0,
      begun: new Promise((resolve) =>
        setImmediate(() => {
          if (this.#open === batch) this.#open = undefined;
          resolve();
        }),
      ),
    };
    return batch;
  }
}

/**
 * Resolves when the others of a batch have come as far as its caller, as they wait for it in the same
 * order; those that wait for something else are left behind.
 */
export const othersOfBatch = (): Promise<void> => Promise.resolve();
