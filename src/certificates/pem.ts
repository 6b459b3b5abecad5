import { X509Certificate } from 'node:crypto';

/** More CAs than any bundle here has reason to hold: a caBundle may hold any text. */
const MAX_CERTIFICATES = 32;

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates in a PEM text, at most 32; anything else in it is passed over. */
export function certificatesIn(text: string): X509Certificate[] {
  const found: X509Certificate[] = [];
  for (const [block] of text.matchAll(BLOCK)) {
    if (found.length === MAX_CERTIFICATES) break;
    try {
      found.push(new X509Certificate(block));
    } catch {
      // A block that is no certificate vouches for nothing.
    }
  }
  return found;
}

/** Certificates as one PEM text, each once. */
export function bundleOf(certificates: readonly X509Certificate[]): string {
  return [...new Set(certificates.map((certificate) => certificate.toString()))].join('');
}

/** What makes two certificates the same. */
export const identityOf = (certificate: X509Certificate): string => certificate.fingerprint256;

export const isSame = (one: X509Certificate, other: X509Certificate): boolean =>
  identityOf(one) === identityOf(other);
