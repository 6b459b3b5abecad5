import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import { printable } from '../engine/text/text.ts';
import { Complaint } from './complaint.ts';
import { belongTogether } from './pair.ts';
import { certificatesIn } from './pem.ts';
import type { CertificateSource, Offer } from './source.ts';

export interface CertificateFilesOptions {
  readonly directory: string;
  readonly log: Logger;
  /** Whether ca.crt is what callers must trust; otherwise somebody else writes the caBundle. */
  readonly withCa: boolean;
}

/**
 * tls.crt, tls.key and ca.crt in a directory that somebody else renews: the kubelet from a Secret,
 * a person with a script. The content is looked at, not the file system's events: the kubelet swaps
 * a symbolic link two directories up, which such events are known to miss.
 *
 * Key and certificate are taken over together or not at all; until they fit, the former ones stay.
 */
export class CertificateFiles implements CertificateSource {
  readonly #options: CertificateFilesOptions;
  readonly #complaint: Complaint;
  #offer: Offer | undefined;
  /** What was found wrong at the last look. */
  #lastProblem: string | undefined;

  constructor(options: CertificateFilesOptions) {
    this.#options = options;
    this.#complaint = new Complaint(options.log, 'the certificate files can be used again');
  }

  async newest(): Promise<Offer | undefined> {
    const files = await this.#read();
    const problem = typeof files === 'string' ? files : problemOf(files);
    if (problem === undefined) this.#offer = files as Offer;
    this.#report(problem);
    return this.#offer && { ...this.#offer, isCurrent: problem === undefined };
  }

  /** The files as they stand; which one can't be read, and why, where that is so. */
  async #read(): Promise<Offer | string> {
    const { directory, withCa } = this.#options;
    const read = async (name: string) => readFile(join(directory, name), 'utf8');
    try {
      const [certificate, key, caBundle] = await Promise.all([
        read('tls.crt'),
        read('tls.key'),
        withCa ? read('ca.crt') : undefined,
      ]);
      return { pair: { certificate, key }, caBundle, isCurrent: true };
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      return `${printable(path ?? directory)} can't be read (${code ?? 'error'})`;
    }
  }

  /** A swap in the middle of a look mends itself by the next: only what lasts is worth a line. */
  #report(problem: string | undefined): void {
    if (problem === undefined) this.#complaint.settle();
    else if (problem === this.#lastProblem) {
      this.#complaint.raise(this.#offer ? `${problem}; the former ones are still used` : problem);
    }
    this.#lastProblem = problem;
  }
}

function problemOf({ pair, caBundle }: Offer): string | undefined {
  if (!belongTogether(pair)) return 'tls.crt and tls.key do not belong together';
  if (caBundle === undefined || certificatesIn(caBundle).length > 0) return undefined;
  return 'ca.crt holds no certificate';
}
