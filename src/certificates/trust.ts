import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { quoted } from '../engine/text/text.ts';

/** What a caller goes by when it is shown a certificate. */
export interface Caller {
  /** The name or address it calls. */
  readonly host: string;
  /** The CAs it trusts. */
  readonly trusted: readonly X509Certificate[];
}

/**
 * Why a caller would refuse `chain` (the serving certificate, then intermediate ones), in words
 * that go after "the certificate served"; undefined when it would accept it.
 */
export function refusalOf(
  chain: readonly X509Certificate[],
  { host, trusted }: Caller,
  now: Date,
): string | undefined {
  const [leaf, ...intermediates] = chain;
  if (leaf === undefined) return 'is missing';
  if (leaf.validToDate <= now) return `has expired (${leaf.validToDate.toISOString()})`;
  if (!isValid(leaf, now)) return `is not valid yet (${leaf.validFromDate.toISOString()})`;
  if (!(isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host)))
    return `is not for ${quoted(host)}`;
  return anchorOf(leaf, intermediates, trusted, now) ? undefined : 'is signed by no CA it trusts';
}

/** The trusted CA that a certificate leads to, directly or by way of intermediate ones. */
export function anchorOf(
  certificate: X509Certificate,
  intermediates: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  now: Date,
): X509Certificate | undefined {
  const signer = (ca: X509Certificate) => isValid(ca, now) && isSignedBy(certificate, ca);
  const anchor = trusted.find(signer);
  if (anchor) return anchor;
  for (const [index, ca] of intermediates.entries()) {
    // Each is used once, so that certificates which sign each other come to an end.
    const found = signer(ca) && anchorOf(ca, intermediates.toSpliced(index, 1), trusted, now);
    if (found) return found;
  }
  return undefined;
}

/** Whether the certificate may be used at this time. */
export function isValid(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now < certificate.validToDate;
}

function isSignedBy(certificate: X509Certificate, ca: X509Certificate): boolean {
  return ca.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey);
}
