import type { Readable } from 'node:stream';
import { BodyBytes } from './body-bytes.ts';
import { MAX_BODY_BYTES, MAX_BYTES_IN_FLIGHT } from './limits.ts';
import { TurnedAwayError } from './turned-away-error.ts';

/** A body that has come whole. */
export interface Body {
  readonly bytes: BodyBytes;
  /** To be called once, when it is judged. */
  readonly release: () => void;
}

/** A body of which more is to come. */
interface Arriving {
  readonly giveWay: () => void;
}

/**
 * Reads the bodies of requests into memory, and bounds how much of it those take that are large.
 * When more comes than fits, the one that began to come first gives way: a body that the API server
 * sends is there in milliseconds, so the oldest is one that is being held back.
 */
export class Bodies {
  #inFlight = 0;
  readonly #arriving = new Set<Arriving>();
  readonly #onLarge: () => void;

  /** `onLarge` is called when a body turns out to be a large one. */
  constructor(onLarge: () => void) {
    this.#onLarge = onLarge;
  }

  /** Rejects with TurnedAwayError; `announced` is the Content-Length, where there is one. */
  read(stream: Readable, announced: number): Promise<Body> {
    return new Promise((resolve, reject) => {
      const bytes = new BodyBytes();
      let counted = 0;
      let isWhole = false;
      const count = (length: number) => {
        this.#inFlight += length - counted;
        counted = length;
      };
      const fail = (error: Error) => {
        // What comes of the connection later is no matter of a body that is there.
        if (isWhole) return;
        this.#arriving.delete(self);
        count(0);
        stream.off('data', take).off('end', finish).resume();
        bytes.drop();
        reject(error);
      };
      const self: Arriving = { giveWay: () => fail(busy()) };
      const take = (chunk: Buffer) => {
        if (bytes.length + chunk.length > MAX_BODY_BYTES) {
          fail(tooLarge());
          return;
        }
        try {
          bytes.add(chunk);
        } catch {
          // No memory, or no addresses, for it.
          fail(busy());
          return;
        }
        if (!bytes.isLarge) return;
        if (!this.#arriving.has(self)) this.#onLarge();
        this.#arriving.add(self);
        count(bytes.length);
        for (const oldest of this.#arriving) {
          if (this.#inFlight <= MAX_BYTES_IN_FLIGHT) break;
          oldest.giveWay();
        }
      };
      const finish = () => {
        isWhole = true;
        this.#arriving.delete(self);
        resolve({ bytes, release: () => count(0) });
      };
      stream.on('error', () => fail(cutOff()));
      if (announced > MAX_BODY_BYTES) fail(tooLarge());
      else stream.on('data', take).on('end', finish);
    });
  }
}

const tooLarge = () =>
  new TurnedAwayError('size', 413, `the body is larger than ${MAX_BODY_BYTES} bytes`);

const busy = () =>
  new TurnedAwayError('bodies', 503, 'too many large bodies are under way; try again');

const cutOff = () => new TurnedAwayError('malformed', 400, 'the body was not sent to its end');
