import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { Test } from 'tap';
import { CertificateAuthority, type Credential } from './certificates.ts';
import { kubeconfig } from './kubeconfig.ts';

/** An HTTPS server in the place of an API server, for what no real one can be made to do. */

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Misbehaving {
  readonly server: Server;
  readonly port: number;
  /** Path of a kubeconfig that leads here. */
  readonly kubeconfig: string;
  /** The common name of the client's certificate, for every connection so far. */
  readonly users: readonly string[];
  /** Connections that are open at present. */
  readonly connections: () => Promise<number>;
  /** Writes the kubeconfig anew, for another user and, if given, another CA's server. */
  readonly rewrite: (user: string, authority?: CertificateAuthority) => Promise<void>;
}

/** Listens until the test's end; `handler` answers. */
export async function misbehaving(t: Test, handler: Handler): Promise<Misbehaving> {
  const authority = await CertificateAuthority.create();
  const { certificate: cert, privateKey: key } = await authority.issueServer(['127.0.0.1']);
  const tls = { cert, key, ca: authority.certificate, requestCert: true };
  const users: string[] = [];
  const server = createServer(tls, handler).listen(0, '127.0.0.1');
  server.on('secureConnection', (socket: TLSSocket) => {
    users.push(String(socket.getPeerCertificate().subject.CN));
  });
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const path = join(t.testdir(), 'kubeconfig');
  const rewrite = async (user: string, trusted = authority) => {
    const credential: Credential = await authority.issueClient(user, []);
    const url = `https://127.0.0.1:${port}`;
    writeFileSync(path, kubeconfig(url, trusted.certificate, credential));
  };
  await rewrite('first');
  return {
    server,
    port,
    kubeconfig: path,
    users,
    rewrite,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
  };
}
