import type { Server, Socket } from 'node:net';
import { HANDSHAKE_TIMEOUT_MS } from './limits.ts';

/** What is begun before other work gets its turn: each costs a signature, about a millisecond. */
const AT_ONCE = 4;

/**
 * Begins TLS handshakes a few at a time, address by address in turn, each when the client has said what
 * it wants. Else hundreds of connections that one caller opens at once would be shaken hands with before
 * any review is read.
 */
export class Handshakes {
  /** By address; the first is served next. */
  readonly #waiting = new Map<string | undefined, Socket[]>();
  readonly #begin: (socket: Socket) => void;

  private constructor(begin: (socket: Socket) => void) {
    this.#begin = begin;
  }

  /** Takes what `server`, an HTTPS server, does about a new connection into its hands. */
  static pace(server: Server): void {
    const listeners = server.listeners('connection');
    server.removeAllListeners('connection');
    const handshakes = new Handshakes((socket) => {
      for (const listener of listeners) Reflect.apply(listener, server, [socket]);
    });
    server.on('connection', (socket) => handshakes.#await(socket));
  }

  /** Until the first bytes are there a handshake has no work; with them it signs when it is begun. */
  #await(socket: Socket): void {
    const giveUp = () => void socket.destroy();
    // Until it is begun, its end is of no interest to anything else.
    socket.on('error', ignore).setTimeout(HANDSHAKE_TIMEOUT_MS, giveUp);
    socket.once('readable', () => {
      socket.setTimeout(0, giveUp);
      this.#add(socket);
    });
  }

  #add(socket: Socket): void {
    if (this.#waiting.size === 0) setImmediate(this.#beginSome);
    const waiting = this.#waiting.get(socket.remoteAddress);
    if (waiting) waiting.push(socket);
    else this.#waiting.set(socket.remoteAddress, [socket]);
  }

  readonly #beginSome = (): void => {
    let begun = 0;
    for (const [address, sockets] of this.#waiting) {
      if (begun === AT_ONCE) break;
      this.#waiting.delete(address);
      const socket = sockets.shift();
      // The others of this address come after all that wait now.
      if (sockets.length > 0) this.#waiting.set(address, sockets);
      if (!socket || socket.destroyed) continue;
      socket.off('error', ignore);
      this.#begin(socket);
      begun += 1;
    }
    if (this.#waiting.size > 0) setImmediate(this.#beginSome);
  };
}

const ignore = (): void => undefined;
