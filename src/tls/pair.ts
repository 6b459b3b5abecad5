/** A serving certificate with its key and the CA that signed it, all PEM. */
export interface KeyCertificatePair {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}
