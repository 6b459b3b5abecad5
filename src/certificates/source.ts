import type { KeyCertificatePair } from './pair.ts';

/** Where serving certificates come from. It has no timers: it is asked every few seconds. */
export interface CertificateSource {
  /**
   * What it has to offer by now; renews what is due. The same pair is the same text. Undefined
   * while it has nothing. Never rejects: what is in the way it logs itself.
   */
  newest(now: Date): Promise<Offer | undefined>;
}

export interface Offer {
  readonly pair: KeyCertificatePair;
  /** The CAs that callers must trust, PEM; undefined when somebody else writes the caBundle. */
  readonly caBundle: string | undefined;
  /** Whether it is known to be the latest, which it is not while the source can't be read. */
  readonly isCurrent: boolean;
}
