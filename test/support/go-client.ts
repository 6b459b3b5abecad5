import { type Agent, Agent as HttpsAgent, request } from 'node:https';
import type { Answer, Endpoint } from './https-client.ts';

/**
 * Calls as the API server makes them. Go's http.Transport keeps idle connections for later calls,
 * drops one that the server closed or answered on with `Connection: close`, and never sends a POST
 * again once it is written: a connection that breaks under a call is a failed call.
 */
export type Call =
  | { readonly outcome: 'answered'; readonly answer: Answer; readonly reused: boolean }
  /** No connection came about, so nothing was sent: the caller may go elsewhere. */
  | { readonly outcome: 'refused'; readonly error: Error }
  | { readonly outcome: 'failed'; readonly error: Error };

/** A pool of at most one connection, kept alive. */
export function keepAliveAgent({ ca }: Endpoint): Agent {
  return new HttpsAgent({ ca, keepAlive: true, maxSockets: 1 });
}

/** One POST; without an agent on a new connection. Never rejects. */
export function post(endpoint: Endpoint, path: string, body: string, agent?: Agent): Promise<Call> {
  return new Promise((resolve) => {
    let isConnected = false;
    const call = request({
      host: '127.0.0.1',
      servername: 'localhost',
      port: endpoint.port,
      ca: endpoint.ca,
      agent: agent ?? false,
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    const broken = (error: Error) =>
      resolve({ outcome: call.reusedSocket || isConnected ? 'failed' : 'refused', error });
    call.on('socket', (socket) => {
      socket.once('secureConnect', () => (isConnected = true));
    });
    call.on('error', broken);
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', broken);
      response.on('end', () => {
        const headers = new Map(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        );
        const answer = { status: response.statusCode ?? 0, headers, body: text };
        resolve({ outcome: 'answered', answer, reused: call.reusedSocket });
      });
    });
    call.end(body);
  });
}
