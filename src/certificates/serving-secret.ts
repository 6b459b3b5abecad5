import type { Logger } from '../log.ts';
import { LogOnChange } from './log-on-change.ts';
import { type KeyCertificatePair, belongTogether } from './pair.ts';
import { type SecretStore, missing } from './ports.ts';
import type { PairSource } from './source.ts';

/** The pair in the Secret that `eni-config-guard trust` fills. */
export class ServingSecret implements PairSource {
  readonly #store: Pick<SecretStore, 'name' | 'read'>;
  readonly #problem: LogOnChange;
  #pair: KeyCertificatePair | undefined;

  constructor(store: Pick<SecretStore, 'name' | 'read'>, log: Logger) {
    this.#store = store;
    this.#problem = new LogOnChange(log, 'the Secret of the serving certificate can be used again');
  }

  async newest(): Promise<KeyCertificatePair | undefined> {
    const found = await this.#read();
    if (typeof found !== 'string') {
      this.#pair = found;
      this.#problem.settle();
    } else {
      this.#problem.raise(this.#pair ? `${found}; the former certificate is still used` : found);
    }
    return this.#pair;
  }

  /** The pair, or what is in its way. */
  async #read(): Promise<KeyCertificatePair | string> {
    const store = this.#store;
    try {
      const secret = await store.read();
      if (!secret) return missing(store);
      const { 'tls.crt': certificate = '', 'tls.key': key = '' } = secret.data;
      if (certificate === '' && key === '') {
        return `the Secret ${store.name} holds no certificate yet; eni-config-guard trust makes it`;
      }
      const pair = { certificate, key };
      if (belongTogether(pair)) return pair;
      return `tls.crt and tls.key in the Secret ${store.name} do not belong together`;
    } catch (error) {
      return `the Secret ${store.name} can't be read: ${(error as Error).message}`;
    }
  }
}
