import type { SecureContextOptions, SecureVersion } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { KeyCertificatePair } from '../certificates/pair.ts';

export interface ServerTls extends KeyCertificatePair {
  /** TLSv1.3 unless given. */
  readonly minVersion?: SecureVersion;
}

/** The certificate that the server presents, and the oldest version of TLS that it accepts. */
export function secureContext({
  certificate,
  key,
  minVersion = 'TLSv1.3',
}: ServerTls): SecureContextOptions {
  return { cert: certificate, key, minVersion };
}

/** Presents another certificate to new connections; open connections stay as they are. */
export function replaceCertificate({ server }: FastifyInstance, tls: ServerTls): void {
  // A new context starts from Node's defaults, so every option is set again.
  (server as unknown as { setSecureContext(options: SecureContextOptions): void }).setSecureContext(
    secureContext(tls),
  );
}
