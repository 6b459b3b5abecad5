import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import { printable } from '../engine/text/text.ts';
import { LogOnChange } from './log-on-change.ts';
import { type KeyCertificatePair, belongTogether } from './pair.ts';
import { certificatesIn } from './pem.ts';
import type { CaSource, PairSource, WantedTrust } from './source.ts';

/**
 * Files in a directory that another program renews: the kubelet from a Secret, a person with a script.
 * The content is looked at, not the file system's events: the kubelet swaps a symbolic link two
 * directories up, which such events are known to miss.
 */
class Files<T> {
  readonly #directory: string;
  readonly #problem: LogOnChange;
  #last: T | undefined;
  /** What was found wrong at the last look. */
  #lastProblem: string | undefined;

  constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#problem = new LogOnChange(log, 'the certificate files can be used again');
  }

  /**
   * What `toValue` makes of the files of these names, or what it finds wrong; with a problem the
   * former value stands and is not current.
   */
  async look(
    names: readonly string[],
    toValue: (...texts: readonly string[]) => T | string,
  ): Promise<{ readonly value: T | undefined; readonly isCurrent: boolean }> {
    const found = await this.#read(names, toValue);
    const problem = typeof found === 'string' ? found : undefined;
    if (typeof found !== 'string') this.#last = found;
    this.#report(problem);
    return { value: this.#last, isCurrent: problem === undefined };
  }

  async #read(
    names: readonly string[],
    toValue: (...texts: readonly string[]) => T | string,
  ): Promise<T | string> {
    const read = async (name: string) => readFile(join(this.#directory, name), 'utf8');
    try {
      return toValue(...(await Promise.all(names.map(read))));
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      return `${printable(path ?? this.#directory)} can't be read (${code ?? 'error'})`;
    }
  }

  /** A swap in the middle of a look mends itself by the next: only what lasts is worth a line. */
  #report(problem: string | undefined): void {
    if (problem === undefined) this.#problem.settle();
    else if (problem === this.#lastProblem) {
      this.#problem.raise(this.#last ? `${problem}; the former ones are still used` : problem);
    }
    this.#lastProblem = problem;
  }
}

/** tls.crt and tls.key: taken over together or not at all; until they fit, the former ones stay. */
export class PairFiles implements PairSource {
  readonly #files: Files<KeyCertificatePair>;

  constructor(directory: string, log: Logger) {
    this.#files = new Files(directory, log);
  }

  async newest(): Promise<KeyCertificatePair | undefined> {
    const toPair = (certificate = '', key = '') => {
      const pair = { certificate, key };
      return belongTogether(pair) ? pair : 'tls.crt and tls.key do not belong together';
    };
    return (await this.#files.look(['tls.crt', 'tls.key'], toPair)).value;
  }
}

/** ca.crt: what the API server must trust of a pair that is made elsewhere. */
export class CaFile implements CaSource {
  readonly #files: Files<{ readonly caBundle: string }>;

  constructor(directory: string, log: Logger) {
    this.#files = new Files(directory, log);
  }

  async newest(): Promise<WantedTrust | undefined> {
    const toBundle = (caBundle = '') =>
      certificatesIn(caBundle).length > 0 ? { caBundle } : 'ca.crt holds no certificate';
    const { value, isCurrent } = await this.#files.look(['ca.crt'], toBundle);
    return value && { ...value, isCurrent };
  }
}
