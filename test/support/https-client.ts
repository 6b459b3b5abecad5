import { EventEmitter, once } from 'node:events';
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Test } from 'tap';

/** A tiny HTTPS client over a TLS socket: it sends what is written, also what no client should. */

/** Where the server under test listens, and the CA that signed its certificate. */
export interface Endpoint {
  readonly port: number;
  readonly ca: string;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Send the body as one chunk of unannounced length. */
  readonly chunked?: boolean;
}

/** The bytes of a request; POST and JSON unless said otherwise. */
export function requestBytes(
  path: string,
  body: string | Buffer = '',
  {
    method = 'POST',
    headers = { 'content-type': 'application/json' },
    chunked,
  }: RequestOptions = {},
): Buffer {
  const content = Buffer.from(body);
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': content.length }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  if (!chunked) return Buffer.concat([Buffer.from(head), content]);
  const size = content.length.toString(16);
  return Buffer.concat([Buffer.from(`${head}${size}\r\n`), content, Buffer.from('\r\n0\r\n\r\n')]);
}

/** Sends one request on a connection of its own. */
export async function send(
  endpoint: Endpoint,
  path: string,
  body?: string | Buffer,
  options?: RequestOptions,
): Promise<Answer> {
  const connection = await Connection.open(endpoint);
  try {
    connection.write(requestBytes(path, body, options));
    return await connection.answer();
  } finally {
    connection.abort();
  }
}

export type Send = (
  path: string,
  body?: string | Buffer,
  options?: RequestOptions,
) => Promise<Answer>;

/**
 * Sends one request after the other on one connection, as the API server does, until the test ends;
 * on a new one where the server asked for that. For tests of many calls: a handshake costs more than
 * a review.
 */
export function sendInTurn(t: Test, endpoint: Endpoint): Send {
  let connection: Connection | undefined;
  t.teardown(() => connection?.abort());
  return async (path, body, options) => {
    connection ??= await Connection.open(endpoint);
    connection.write(requestBytes(path, body, options));
    const answer = await connection.answer();
    if (answer.headers.get('connection') === 'close') {
      connection.abort();
      connection = undefined;
    }
    return answer;
  };
}

export class Connection {
  /** The version of TLS that was agreed on. */
  readonly protocol: string | null;
  readonly #socket: TLSSocket;
  readonly #news = new EventEmitter();
  #received = Buffer.alloc(0);
  #isOver = false;

  private constructor(socket: TLSSocket) {
    // Else the end of a long request may wait for an acknowledgement, 40 ms a call.
    socket.setNoDelay(true);
    this.#socket = socket;
    this.protocol = socket.getProtocol();
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#news.emit('news');
    });
    // What a reset means to a caller is that no more answers come.
    socket.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#news.emit('news');
      });
    }
  }

  /** Connects; rejects when the TCP connection or the TLS handshake fails. */
  static async open({ port, ca }: Endpoint, tls: ConnectionOptions = {}): Promise<Connection> {
    const socket = tlsConnect({ host: '127.0.0.1', servername: 'localhost', port, ca, ...tls });
    await once(socket, 'secureConnect');
    return new Connection(socket);
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Ends the own direction only; the answer can still be read. */
  halfClose(): void {
    this.#socket.end();
  }

  abort(): void {
    this.#socket.destroy();
  }

  /** The next whole answer; rejects when the server ends the connection before it is there. */
  async answer(): Promise<Answer> {
    for (;;) {
      const taken = takeAnswer(this.#received);
      if (taken) {
        this.#received = this.#received.subarray(taken.length);
        return taken.answer;
      }
      if (this.#isOver) throw new Error('the server ended the connection without an answer');
      await once(this.#news, 'news');
    }
  }

  /** Resolves when the server has ended the connection. */
  async over(): Promise<void> {
    while (!this.#isOver) await once(this.#news, 'news');
  }
}

function takeAnswer(received: Buffer): { answer: Answer; length: number } | undefined {
  const headLength = received.indexOf('\r\n\r\n') + 4;
  if (headLength < 4) return undefined;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, headLength - 4).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = headLength + Number(headers.get('content-length') ?? 0);
  if (received.length < length) return undefined;
  const status = Number(statusLine.split(' ')[1]);
  return {
    answer: { status, headers, body: received.toString('utf8', headLength, length) },
    length,
  };
}
