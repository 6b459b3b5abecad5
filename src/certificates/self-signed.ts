import type { X509Certificate } from 'node:crypto';
import type { Logger } from '../log.ts';
import {
  type Authority,
  type Circumstances,
  type ReadAuthority,
  encodeAuthority,
  formerIn,
  newAuthority,
  readAuthority,
} from './authority.ts';
import { LogOnChange } from './log-on-change.ts';
import { type RsaKeyPair, newRsaKeyPair } from './key.ts';
import { bundleOf } from './pem.ts';
import { type SecretStore, missing } from './ports.ts';
import type { CaSource, WantedTrust } from './source.ts';

export interface SelfSignedCaOptions {
  readonly store: SecretStore;
  readonly log: Logger;
  /** Life of a CA, in milliseconds. */
  readonly caLifeMs: number;
  /** For tests, which can't wait for hundreds of keys. */
  readonly newKey?: () => Promise<RsaKeyPair>;
}

/** Lost races against another writer until it is left to the next look, seconds later. */
const MAX_ATTEMPTS = 5;

/**
 * A CA of the guard's own, which stands in a Secret.
 *
 * A process that finds the Secret without a usable CA, or with one that has a third of its life left, puts
 * a new one there; the API server lets only one writer win, and the other takes what it finds.
 * Former CAs stay in `ca.crt` until they expire, also when the Secret was lost: a guard that can't
 * reach the API server goes on serving under the CA it knows, however long that takes.
 */
export class SelfSignedCa implements CaSource {
  readonly #options: SelfSignedCaOptions;
  readonly #newKey: () => Promise<RsaKeyPair>;
  readonly #problem: LogOnChange;
  #authority: Authority | undefined;
  /** The CAs in the Secret when it was last read and nothing was left to write. */
  #known: readonly X509Certificate[] = [];

  constructor(options: SelfSignedCaOptions) {
    this.#options = options;
    this.#newKey = options.newKey ?? newRsaKeyPair;
    this.#problem = new LogOnChange(options.log, 'the Secret of the CA can be used again');
  }

  async newest(now: Date, standing: readonly X509Certificate[]): Promise<WantedTrust | undefined> {
    let isCurrent = false;
    try {
      this.#authority = await this.#agree(now, standing);
      this.#known = this.#authority.trusted;
      this.#problem.settle();
      isCurrent = true;
    } catch (error) {
      // What is trusted already stays so; there are weeks left to renew.
      this.#problem.raise(`the Secret of the CA can't be used: ${(error as Error).message}`);
    }
    const authority = this.#authority;
    return authority && { caBundle: bundleOf(authority.trusted), isCurrent, authority };
  }

  /** The CA in the Secret, mended or replaced where that is due. */
  async #agree(now: Date, standing: readonly X509Certificate[]): Promise<Authority> {
    const { store, log, caLifeMs } = this.#options;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const secret = await store.read();
      if (!secret) throw new Error(missing(store));
      const { data } = secret;
      const circumstances = { now, known: this.#known, standing, caLifeMs };
      const found = readAuthority(data, circumstances);
      // Should it be due and the write fail, it is still good for now.
      if ('authority' in found) this.#authority = found.authority;
      const wanted = await this.#successor(found, data, circumstances);
      const encoded = encodeAuthority(wanted.authority);
      if (wanted.reason === undefined && isSubset(encoded, data)) return wanted.authority;
      if (!(await store.write(encoded, secret))) continue;
      if (wanted.reason !== undefined) log.info({ reason: wanted.reason }, 'made a new CA');
      return wanted.authority;
    }
    throw new Error('another writer keeps changing it');
  }

  /** What should stand in the Secret; with a reason where that is a new CA. */
  async #successor(
    found: ReadAuthority,
    data: Readonly<Record<string, string>>,
    circumstances: Circumstances,
  ): Promise<{ readonly authority: Authority; readonly reason?: string }> {
    const { now, caLifeMs } = circumstances;
    const isDue = (end: Date) => end.getTime() - now.getTime() <= caLifeMs / 3;
    if ('authority' in found && !isDue(found.authority.notAfter)) return found;
    const notAfter = new Date(now.getTime() + caLifeMs);
    const former = 'authority' in found ? found.authority.trusted : formerIn(data, circumstances);
    return {
      authority: await newAuthority(await this.#newKey(), former, notAfter),
      reason: 'problem' in found ? found.problem : 'two thirds of its life are over',
    };
  }
}

function isSubset(
  part: Readonly<Record<string, string>>,
  whole: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(part).every(([key, value]) => whole[key] === value);
}
