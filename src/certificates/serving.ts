import { X509Certificate } from 'node:crypto';
import type { KeyCertificatePair } from './pair.ts';

/** The certificate that the server shows, as it changes over time. */
export interface ServingCertificate {
  /** The pair to serve at present. */
  readonly pair: KeyCertificatePair;
  /** Whether the pair will do for those who call the guard. */
  readonly isReady: boolean;
  readonly status: CertificateStatus;
  /** Has `listener` called with every later pair. */
  onChange(listener: (pair: KeyCertificatePair) => void): void;
  /** No changes from now on. */
  stop(): void;
}

/** How things stand, for metrics. */
export interface CertificateStatus {
  /** End of the certificate served. */
  readonly notAfter: Date;
  /** End of the CA in the caBundles that it leads to; undefined while there is none. */
  readonly caNotAfter: Date | undefined;
  /** Whether the API server trusts it; undefined while it is not known to call the guard. */
  readonly isTrusted: boolean | undefined;
}

/** A pair that stays, for callers who are told by hand whom to trust. */
export function fixedCertificate(pair: KeyCertificatePair): ServingCertificate {
  const notAfter = new X509Certificate(pair.certificate).validToDate;
  return {
    pair,
    isReady: true,
    status: { notAfter, caNotAfter: undefined, isTrusted: undefined },
    onChange: () => undefined,
    stop: () => undefined,
  };
}
