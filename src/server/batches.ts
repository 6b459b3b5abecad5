import { LARGE_BODY_BYTES } from './limits.ts';

interface Batch {
  /** Bytes of bodies that it takes yet. */
  room: number;
  readonly begun: Promise<void>;
}

/**
 * Lets reviews whose bodies came in one turn of the event loop go on together, step by step: all are
 * judged, then all are answered, then all are recorded. Each step is so much code that the processor
 * has it at hand for the next review only if that follows at once; one by one, with the network
 * between them, reviews cost half as much again. One that comes alone waits for nothing. As the first is
 * answered when the last is judged, they are no more text together than one body that is not large.
 */
export class Batches {
  #open: Batch | undefined;

  /** Resolves when what else came in this turn has been read; `bytes` are those of the body. */
  next(bytes: number): Promise<void> {
    if (this.#open === undefined || this.#open.room < bytes) this.#open = this.#newBatch();
    this.#open.room -= bytes;
    return this.#open.begun;
  }

  #newBatch(): Batch {
    const batch: Batch = {
      room: LARGE_BODY_BYTES,
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
