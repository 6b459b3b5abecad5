import type { X509Certificate } from 'node:crypto';
import type { Authority } from './authority.ts';
import type { KeyCertificatePair } from './pair.ts';

/** Where a guard's certificate comes from. It has no timers: it is asked every few seconds. */
export interface PairSource {
  /**
   * The pair to serve by now; undefined while there is none. The same pair is the same text. Never
   * rejects: what is in the way it logs itself, and the former pair stands.
   */
  newest(): Promise<KeyCertificatePair | undefined>;
}

/** Where the CAs come from that the API server must trust; asked every few seconds, like the other. */
export interface CaSource {
  /**
   * What must be trusted by now; renews what is due. `standing` are the CAs in the live caBundles.
   * Undefined while there is nothing. Never rejects: what is in the way it logs itself.
   */
  newest(now: Date, standing: readonly X509Certificate[]): Promise<WantedTrust | undefined>;
}

export interface WantedTrust {
  /** The CAs that callers must trust, PEM. */
  readonly caBundle: string;
  /** Whether it is known to be the latest, which it is not while the source can't be read. */
  readonly isCurrent: boolean;
  /** The CA to sign with, where its key is at hand. */
  readonly authority?: Authority;
}
