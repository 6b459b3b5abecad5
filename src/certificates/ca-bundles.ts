import type { X509Certificate } from 'node:crypto';
import type { Logger } from '../log.ts';
import { Complaint } from './complaint.ts';
import { ForeignCas } from './foreign.ts';
import { certificatesIn, isSame } from './pem.ts';
import type { WebhookConfiguration, WebhookConfigurations } from './ports.ts';
import type { Offer } from './source.ts';

/** Keeps the caBundles of the webhook configurations as they should be. */
export class CaBundles {
  readonly #configurations: WebhookConfigurations;
  readonly #foreign: ForeignCas;
  readonly #log: Logger;
  readonly #writing: Complaint;

  /** `patience` is for how many looks a CA may stand there that this replica does not know of. */
  constructor(configurations: WebhookConfigurations, patience: number, log: Logger) {
    this.#configurations = configurations;
    this.#foreign = new ForeignCas(patience);
    this.#log = log;
    this.#writing = new Complaint(log, 'the caBundle can be written again');
  }

  /**
   * Writes those that are not as they should be; resolves with whether there were any. `trusted` is
   * the CA in use, as long as it has stood in all of them: where it is missing, somebody was there.
   */
  async mend(
    live: readonly WebhookConfiguration[],
    offer: Offer,
    trusted: X509Certificate | undefined,
  ): Promise<boolean> {
    this.#foreign.count(live, offer);
    let isAsItShouldBe = true;
    try {
      for (const configuration of live) {
        const bundle = this.#foreign.bundleFor(configuration);
        if (bundle === undefined) continue;
        isAsItShouldBe = false;
        if (await this.#configurations.writeBundle(configuration, bundle)) {
          this.#report(configuration, trusted);
        }
      }
      this.#writing.settle();
    } catch (error) {
      this.#writing.raise(`the caBundle can't be written: ${(error as Error).message}`);
    }
    return !isAsItShouldBe;
  }

  #report({ resource, webhooks }: WebhookConfiguration, trusted?: X509Certificate): void {
    const isLost = (ca: X509Certificate) =>
      webhooks.some(({ caBundle }) => !certificatesIn(caBundle).some((other) => isSame(other, ca)));
    if (trusted && isLost(trusted)) {
      this.#log.warn({ resource }, 'mended the caBundle, which somebody had changed');
    } else {
      this.#log.info({ resource }, 'wrote the caBundle');
    }
  }
}
