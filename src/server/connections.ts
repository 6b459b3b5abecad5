import type { Server, Socket } from 'node:net';
import type { ConnectionLimits } from './limits.ts';

/** The two ends of a connection that tell it from any other; TLS is another object on the same one. */
type Ends = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/** What is open from one address. Both are in the order of last use, the longest ago first. */
interface Caller {
  /** Connections on which no review was answered yet. */
  readonly strangers: Map<number | undefined, Socket>;
  /** Connections on which one was. */
  readonly known: Map<number | undefined, Socket>;
}

/**
 * Bounds the connections of a server. A new one always gets in: another gives way to it, one on which
 * no review was answered before any other, and the one whose last use is longest ago. So a caller who
 * opens connections without end pushes out its own, and neither the API server nor a probe.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #onClosed: () => void;
  readonly #callers = new Map<string | undefined, Caller>();
  #open = 0;

  /** `onClosed` is called for each connection that gave way. */
  constructor(limits: ConnectionLimits, onClosed: () => void) {
    this.#limits = limits;
    this.#onClosed = onClosed;
  }

  /** Bounds those of `server` from now on. */
  watch(server: Server): void {
    server.on('connection', (socket) => this.#add(socket));
  }

  /** Says that a review was answered on this connection. */
  recognize({ remoteAddress, remotePort }: Ends): void {
    const caller = this.#callers.get(remoteAddress);
    const socket = caller?.strangers.get(remotePort) ?? caller?.known.get(remotePort);
    if (!caller || !socket) return;
    caller.strangers.delete(remotePort);
    caller.known.delete(remotePort);
    caller.known.set(remotePort, socket);
  }

  #add(socket: Socket): void {
    // A closed socket forgets them.
    const { remoteAddress, remotePort } = socket;
    const caller = this.#callers.get(remoteAddress) ?? { strangers: new Map(), known: new Map() };
    if (sizeOf(caller) >= this.#limits.perAddress) this.#closeOne(caller);
    else if (this.#open >= this.#limits.total) this.#closeOne(this.#widest());
    this.#callers.set(remoteAddress, caller);
    caller.strangers.set(remotePort, socket);
    this.#open += 1;
    socket.once('close', () => this.#remove(remoteAddress, remotePort, socket));
  }

  #remove(address: string | undefined, port: number | undefined, socket: Socket): void {
    const caller = this.#callers.get(address);
    for (const sockets of caller ? [caller.strangers, caller.known] : []) {
      if (sockets.get(port) !== socket) continue;
      sockets.delete(port);
      this.#open -= 1;
    }
    if (caller && sizeOf(caller) === 0) this.#callers.delete(address);
  }

  /** The caller with most strangers; without strangers the one with most connections. */
  #widest(): Caller | undefined {
    let widest: Caller | undefined;
    for (const caller of this.#callers.values()) {
      if (!widest || isWider(caller, widest)) widest = caller;
    }
    return widest;
  }

  #closeOne(caller: Caller | undefined): void {
    for (const sockets of caller ? [caller.strangers, caller.known] : []) {
      for (const [port, socket] of sockets) {
        this.#onClosed();
        this.#remove(socket.remoteAddress, port, socket);
        sockets.delete(port);
        socket.destroy();
        return;
      }
    }
  }
}

const sizeOf = ({ strangers, known }: Caller) => strangers.size + known.size;

const isWider = (a: Caller, b: Caller) =>
  a.strangers.size === b.strangers.size
    ? a.known.size > b.known.size
    : a.strangers.size > b.strangers.size;
