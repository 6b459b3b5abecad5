import type { SecureContextOptions, SecureVersion } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { KeyCertificatePair } from '../certificates/pair.ts';

export interface ServerTls extends KeyCertificatePair {
  /** TLSv1.3 unless given. */
  readonly minVersion?: SecureVersion;
}

/** What the server presents, and what it insists on. */
export function secureContext({
  certificate,
  key,
  minVersion = 'TLSv1.3',
}: ServerTls): SecureContextOptions {
  return { cert: certificate, key, minVersion };
}

/** Has new connections see another certificate; open ones go on as they are. */
export function replaceCertificate({ server }: FastifyInstance, tls: ServerTls): void {
  // A new context starts from Node's defaults, so it must be told all of it again.
  (server as unknown as { setSecureContext(options: SecureContextOptions): void }).setSecureContext(
    secureContext(tls),
  );
}
