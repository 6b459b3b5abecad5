import { once } from 'node:events';
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import type { Credential } from '../../support/certificates.ts';

/** An HTTP response, read to its end. */
export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends HTTPS requests under one client certificate, over connections that are kept alive. */
export class AdminClient {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, authority: string, { certificate, privateKey }: Credential) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, ca: authority, cert: certificate, key: privateKey });
  }

  /**
   * Sends one request. A string or Buffer goes out as it stands, anything else as JSON. Any HTTP
   * status resolves; only a failed connection rejects.
   */
  async send(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ): Promise<RawResponse> {
    const payload = encode(body);
    const headers =
      payload === undefined
        ? {}
        : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) };
    const outgoing = request(new URL(path, this.#url), { method, headers, agent: this.#agent });
    outgoing.end(payload);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await text(response),
    };
  }

  /** Closes the idle connections, which a server that has gone leaves useless. */
  disconnect(): void {
    this.#agent.destroy();
  }
}

function encode(body: unknown): string | Buffer | undefined {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return body;
  return JSON.stringify(body);
}
