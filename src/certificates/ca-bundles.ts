import type { X509Certificate } from 'node:crypto';
import type { Logger } from '../log.ts';
import { UnknownCas } from './unknown-cas.ts';
import { certificatesIn, isSame } from './pem.ts';
import type { Webhook, WebhookConfiguration, WebhookConfigurations } from './ports.ts';
import type { WantedTrust } from './source.ts';

/** Keeps the caBundles of the webhook configurations as they should be. */
export class CaBundles {
  readonly #configurations: WebhookConfigurations;
  readonly #unknown: UnknownCas;
  readonly #log: Logger;

  /** `patience` is for how many looks a CA may stand there that is not asked for. */
  constructor(configurations: WebhookConfigurations, patience: number, log: Logger) {
    this.#configurations = configurations;
    this.#unknown = new UnknownCas(patience);
    this.#log = log;
  }

  /**
   * Writes those that are not as they should be; resolves with whether there were any, rejects when
   * one can't be written. `hasStood` tells of a CA that stood in all of them at the last look: where
   * it is missing, the field was changed meanwhile.
   */
  async mend(
    live: readonly WebhookConfiguration[],
    wanted: WantedTrust,
    hasStood: (ca: X509Certificate) => boolean,
  ): Promise<boolean> {
    this.#unknown.count(live, wanted);
    let isAsItShouldBe = true;
    for (const configuration of live) {
      const bundle = this.#unknown.bundleFor(configuration);
      if (bundle === undefined) continue;
      isAsItShouldBe = false;
      if (!(await this.#configurations.writeBundle(configuration, bundle))) continue;
      const { resource, webhooks } = configuration;
      const isLost = (ca: X509Certificate) => webhooks.some((webhook) => !holds(webhook, ca));
      const wasThere = certificatesIn(wanted.caBundle).filter(hasStood);
      if (wasThere.some(isLost)) {
        this.#log.warn({ resource }, 'put the caBundle back, which another writer had changed');
      } else {
        this.#log.info({ resource }, 'wrote the caBundle');
      }
    }
    return !isAsItShouldBe;
  }
}

const holds = ({ caBundle }: Webhook, ca: X509Certificate): boolean =>
  certificatesIn(caBundle).some((other) => isSame(other, ca));
