import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** A serving certificate, followed by any intermediate ones, and its private key; both PEM. */
export interface KeyCertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Whether the key is that of the certificate, and a server can show them; what can't be read
 * belongs to nothing.
 */
export function belongTogether({ certificate, key }: KeyCertificatePair): boolean {
  try {
    // Refuses intermediates that are not certificates, and keys too weak to be used.
    createSecureContext({ cert: certificate, key });
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
