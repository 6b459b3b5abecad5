import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { Address } from './checks.ts';

/** What the API server gives a connection; a person does not want to wait longer. */
const TIMEOUT_MS = 5000;

/**
 * The certificates that are served at an address, the server's own first, whether they are to be trusted
 * or not. Rejects with the code of the connection's error, ETIMEDOUT after five seconds.
 */
export async function servedCertificates({
  host,
  port,
  serverName,
}: Address): Promise<readonly X509Certificate[]> {
  return new Promise((resolve, reject) => {
    // Nothing is sent there, so nothing is at stake: what is served is only looked at.
    // An address is not sent as a name (RFC 6066, 3).
    const servername = isIP(serverName) === 0 ? serverName : '';
    const socket = connect({ host, port, servername, rejectUnauthorized: false });
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const chain: X509Certificate[] = [];
      const seen = new Set<string>();
      let next = socket.getPeerCertificate(true);
      // Of a self-signed certificate the issuer is itself.
      while (!seen.has(next.fingerprint256)) {
        seen.add(next.fingerprint256);
        chain.push(new X509Certificate(next.raw));
        // At the end of what was served there is no issuer, whatever the type says.
        const { issuerCertificate } = next as { readonly issuerCertificate?: typeof next };
        next = issuerCertificate ?? next;
      }
      socket.destroy();
      resolve(chain);
    });
  });
}
