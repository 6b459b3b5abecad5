import { once } from 'node:events';
import { type TLSSocket, connect } from 'node:tls';
import { requestBytes } from '../../test/support/https-client.ts';
import { ACCEPTED } from '../samples.ts';
import type { PeerServer } from './server.ts';

const CONNECTIONS = 8;

/** A review to be sent, and what has to be said of it. */
export interface Expected {
  readonly bytes: Buffer;
  readonly allowed: boolean;
}

/** What a webhook did under load. */
export interface Load {
  readonly reviewsPerSecond: number;
  /** Processor time of its process a review. */
  readonly microseconds: number;
}

/** Whether a webhook answers yet; what it says is looked at under load. */
export async function answers({ port, peer }: PeerServer, ca: string): Promise<boolean> {
  try {
    const connection = await openConnection(port, ca);
    const answer = await connection.ask(requestBytes(peer.paths.validate, ACCEPTED));
    connection.socket.destroy();
    return hasStatus200(answer);
  } catch {
    return false;
  }
}

/**
 * Sends reviews over HTTPS connections that are kept alive, each with one under way, until `next` has no
 * more. Rejects at the first answer that is not the expected one.
 */
export async function load(
  server: PeerServer,
  ca: string,
  next: () => Expected | undefined,
): Promise<Load> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => openConnection(server.port, ca)),
  );
  let reviews = 0;
  const [begin, cpu] = [performance.now(), server.cpuSeconds()];
  await Promise.all(
    connections.map(async (connection) => {
      for (let review = next(); review !== undefined; review = next()) {
        const answer = await connection.ask(review.bytes);
        if (!isVerdict(answer, review.allowed)) {
          const wanted = `should have said "allowed": ${String(review.allowed)}`;
          throw new Error(`${server.peer.name} ${wanted}:\n${answer.toString()}`);
        }
        reviews += 1;
      }
    }),
  );
  const spent = server.cpuSeconds() - cpu;
  const seconds = (performance.now() - begin) / 1000;
  for (const { socket } of connections) socket.destroy();
  return { reviewsPerSecond: reviews / seconds, microseconds: (spent / reviews) * 1e6 };
}

const STATUS = Buffer.from('HTTP/1.1 200 ');

const hasStatus200 = (answer: Buffer) => answer.subarray(0, STATUS.length).equals(STATUS);

function isVerdict(answer: Buffer, allowed: boolean): boolean {
  if (!hasStatus200(answer)) return false;
  const [said, other] = [allowed, !allowed].map((value) => `"allowed":${String(value)}`);
  return answer.includes(said ?? '') && !answer.includes(other ?? '');
}

interface Connection {
  readonly socket: TLSSocket;
  /** Sends the bytes of a request; resolves with those of its answer. */
  ask(request: Buffer): Promise<Buffer>;
}

/**
 * Less of a client than the tests have, as it must keep ahead of the fastest server: one answer at a
 * time, whose head says its length.
 */
async function openConnection(port: number, ca: string): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, ca });
  await once(socket, 'secureConnect');
  socket.setNoDelay(true);
  let received: Buffer = Buffer.alloc(0);
  let settle: { resolve(answer: Buffer): void; reject(error: Error): void } | undefined;
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    if (received.length < lengthOf(received)) return;
    const answer = received;
    received = Buffer.alloc(0);
    settle?.resolve(answer);
  });
  const fail = () => settle?.reject(new Error(`port ${port} ended the connection`));
  socket.on('error', fail).on('close', fail);
  return {
    socket,
    ask: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
  };
}

/** Bytes of the answer that begins here; infinite until its head is there. */
function lengthOf(answer: Buffer): number {
  const head = answer.indexOf('\r\n\r\n') + 4;
  if (head < 4) return Infinity;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.toString('latin1', 0, head))?.[1];
  if (length === undefined) throw new Error(`no Content-Length:\n${answer.toString()}`);
  return head + Number(length);
}
