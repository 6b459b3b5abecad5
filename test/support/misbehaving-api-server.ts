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

/** Of all servers of a process: keys cost more time than the tests that need them. */
interface Identities {
  readonly authority: CertificateAuthority;
  readonly server: Credential;
  readonly first: Credential;
}

let identities: Promise<Identities> | undefined;

async function newIdentities(): Promise<Identities> {
  const authority = await CertificateAuthority.create();
  return {
    authority,
    server: await authority.issueServer(['127.0.0.1']),
    first: await authority.issueClient('first', []),
  };
}

/** Listens until the test's end; `handler` answers. */
export async function misbehaving(t: Test, handler: Handler): Promise<Misbehaving> {
  const { authority, server: credential, first } = await (identities ??= newIdentities());
  const { certificate: cert, privateKey: key } = credential;
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
  const write = (client: Credential, trusted = authority) => {
    const url = `https://127.0.0.1:${port}`;
    writeFileSync(path, kubeconfig(url, trusted.certificate, client));
  };
  const rewrite = async (user: string, trusted = authority) =>
    write(await authority.issueClient(user, []), trusted);
  write(first);
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
