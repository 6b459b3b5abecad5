import type { X509Certificate } from 'node:crypto';
import type { Logger } from '../log.ts';
import {
  type Authority,
  type ReadAuthority,
  encodeAuthority,
  formerIn,
  issueLeaf,
  newAuthority,
  readAuthority,
} from './authority.ts';
import { Complaint } from './complaint.ts';
import { type RsaKeyPair, newRsaKeyPair } from './key.ts';
import type { KeyCertificatePair } from './pair.ts';
import { bundleOf } from './pem.ts';
import type { SecretStore } from './ports.ts';
import type { CertificateSource, Offer } from './source.ts';

export interface SelfSignedOptions {
  readonly store: SecretStore;
  readonly log: Logger;
  /** DNS names of the certificates. */
  readonly names: readonly string[];
  /** Life of a CA and of the certificates it signs, in milliseconds. */
  readonly caLifeMs: number;
  readonly leafLifeMs: number;
  /** For tests, which can't wait for hundreds of keys. */
  readonly newKey?: () => Promise<RsaKeyPair>;
}

interface Leaf extends KeyCertificatePair {
  /** The CA certificate that signed it, PEM. */
  readonly signedBy: string;
  readonly renewAt: number;
  readonly notAfter: number;
}

/** Lost races against other replicas until it is left to the next look, seconds later. */
const MAX_ATTEMPTS = 5;

/**
 * Certificates signed by a CA that all replicas share in a Secret; each replica keeps its own, in
 * memory only.
 *
 * Whoever finds the Secret without a usable CA, or with one that has a third of its life left, puts
 * a new one there; the API server lets only one of them win, and the others take what they find.
 * Former CAs stay in `ca.crt` until they expire, also when the Secret is lost: a replica that can't
 * reach the API server goes on serving under the CA it knows, however long that takes. That nobody serves under a CA before callers trust
 * it is for ServingCertificate to see to, so nothing here has to wait for anything.
 */
export class SelfSigned implements CertificateSource {
  readonly #options: SelfSignedOptions;
  readonly #newKey: () => Promise<RsaKeyPair>;
  readonly #store: Complaint;
  #authority: Authority | undefined;
  /** The CAs in the Secret when it was last read and nothing was left to write. */
  #known: readonly X509Certificate[] = [];
  #leaf: Leaf | undefined;

  constructor(options: SelfSignedOptions) {
    this.#options = options;
    this.#newKey = options.newKey ?? newRsaKeyPair;
    this.#store = new Complaint(options.log, 'the Secret of the CA can be used again');
  }

  async newest(now: Date): Promise<Offer | undefined> {
    let isCurrent = false;
    try {
      this.#authority = await this.#agree(now);
      this.#known = this.#authority.trusted;
      this.#store.settle();
      isCurrent = true;
    } catch (error) {
      // What is in memory lasts for days; an API server should be back by then.
      this.#store.raise(`the Secret of the CA can't be used: ${(error as Error).message}`);
    }
    const authority = this.#authority;
    if (!authority) return undefined;
    const { certificate, key } = await this.#leafOf(authority, now);
    return { pair: { certificate, key }, caBundle: bundleOf(authority.trusted), isCurrent };
  }

  /** The CA that all replicas share, mended or replaced where that is due. */
  async #agree(now: Date): Promise<Authority> {
    const { store, log } = this.#options;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const secret = await store.read();
      const data = secret?.data ?? {};
      const found = readAuthority(data, this.#known, now);
      // Should it be due and the write fail, it is still good for now.
      if ('authority' in found) this.#authority = found.authority;
      const wanted = await this.#successor(found, data, now);
      const encoded = encodeAuthority(wanted.authority);
      if (wanted.reason === undefined && isSubset(encoded, data)) return wanted.authority;
      if (!(await store.write(encoded, secret))) continue;
      if (wanted.reason !== undefined) log.info({ reason: wanted.reason }, 'made a new CA');
      return wanted.authority;
    }
    throw new Error('other replicas keep changing it');
  }

  /** What should stand in the Secret; with a reason where that is a new CA. */
  async #successor(
    found: ReadAuthority,
    data: Readonly<Record<string, string>>,
    now: Date,
  ): Promise<{ readonly authority: Authority; readonly reason?: string }> {
    const { caLifeMs } = this.#options;
    const isDue = (end: Date) => end.getTime() - now.getTime() <= caLifeMs / 3;
    if ('authority' in found && !isDue(found.authority.notAfter)) return found;
    const notAfter = new Date(now.getTime() + caLifeMs);
    const former =
      'authority' in found ? found.authority.trusted : formerIn(data, this.#known, now);
    const authority = await newAuthority(await this.#newKey(), former, notAfter);
    return {
      authority,
      reason: 'problem' in found ? found.problem : 'two thirds of its life are over',
    };
  }

  /** The certificate in memory; a new one when two thirds of its life are over by the wall clock. */
  async #leafOf(authority: Authority, now: Date): Promise<Leaf> {
    const time = now.getTime();
    const end = Math.min(time + this.#options.leafLifeMs, authority.notAfter.getTime());
    const leaf = this.#leaf;
    const isOfThisCa = leaf?.signedBy === authority.signing.certificate;
    if (leaf && isOfThisCa && (time < leaf.renewAt || end <= leaf.notAfter)) return leaf;
    const pair = await issueLeaf(
      authority,
      await this.#newKey(),
      this.#options.names,
      new Date(end),
    );
    const renewAt = time + ((end - time) * 2) / 3;
    this.#leaf = { ...pair, signedBy: authority.signing.certificate, renewAt, notAfter: end };
    return this.#leaf;
  }
}

function isSubset(
  part: Readonly<Record<string, string>>,
  whole: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(part).every(([key, value]) => whole[key] === value);
}
