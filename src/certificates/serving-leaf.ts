import { X509Certificate } from 'node:crypto';
import type { Logger } from '../log.ts';
import { type Authority, issueLeaf } from './authority.ts';
import { type RsaKeyPair, newRsaKeyPair } from './key.ts';
import type { CaBundleView } from './ca-bundle-view.ts';
import { type KeyCertificatePair, belongTogether } from './pair.ts';
import { certificatesIn } from './pem.ts';
import { type SecretStore, missing } from './ports.ts';

export interface ServingLeafOptions {
  /** The Secret that the guards serve from. */
  readonly store: SecretStore;
  /** DNS names of the certificate. */
  readonly names: readonly string[];
  /** Its life, in milliseconds. */
  readonly leafLifeMs: number;
  readonly log: Logger;
  /** For tests, which can't wait for hundreds of keys. */
  readonly newKey?: () => Promise<RsaKeyPair>;
}

/** The serving certificate in its Secret, which all guards share. */
export class ServingLeaf {
  readonly #options: ServingLeafOptions;
  readonly #newKey: () => Promise<RsaKeyPair>;

  constructor(options: ServingLeafOptions) {
    this.#options = options;
    this.#newKey = options.newKey ?? newRsaKeyPair;
  }

  /**
   * Puts a new certificate into the Secret where one is due: at two thirds of its life, under a new
   * CA, for other names, or because what stands there can't be served. Never before its CA stands in
   * every caBundle; while the present one does, not before all API servers know that CA. Rejects
   * when the Secret is missing or can't be read or written.
   */
  async renew(authority: Authority, trust: CaBundleView, now: Date): Promise<void> {
    const { store, names, leafLifeMs, log } = this.#options;
    const secret = await store.read();
    if (!secret) throw new Error(missing(store));
    const { 'tls.crt': certificate = '', 'tls.key': key = '' } = secret.data;
    const present = { certificate, key };
    const end = Math.min(now.getTime() + leafLifeMs, authority.notAfter.getTime());
    if (!this.#isDue(present, authority, now, end)) return;
    const [ca] = authority.trusted;
    const standing = ca ? trust.standingOf(ca) : 'missing';
    const isInUse = belongTogether(present) && trust.refusal(present, now) === undefined;
    if (standing === 'missing' || (isInUse && standing === 'new')) return;
    const notAfter = new Date(end);
    const made = await issueLeaf(authority, await this.#newKey(), names, notAfter);
    // Who lost a race against another writer finds that one's certificate at the next look.
    if (await store.write({ 'tls.crt': made.certificate, 'tls.key': made.key }, secret)) {
      log.info({ notAfter }, 'made a new serving certificate');
    }
  }

  #isDue(present: KeyCertificatePair, authority: Authority, now: Date, end: number): boolean {
    const { names, leafLifeMs } = this.#options;
    const [leaf] = certificatesIn(present.certificate);
    if (!leaf || !belongTogether(present)) return true;
    const ca = new X509Certificate(authority.signing.certificate);
    if (!leaf.checkIssued(ca) || !leaf.verify(ca.publicKey)) return true;
    if (names.some((name) => !leaf.checkHost(name))) return true;
    // Its beginning tells nothing, as it lies in the past on purpose.
    const left = leaf.validToDate.getTime() - now.getTime();
    return left <= leafLifeMs / 3 && end > leaf.validToDate.getTime();
  }
}
