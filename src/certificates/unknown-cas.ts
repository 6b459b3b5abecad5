import type { X509Certificate } from 'node:crypto';
import { bundleOf, certificatesIn, identityOf } from './pem.ts';
import type { WebhookConfiguration } from './ports.ts';
import type { WantedTrust } from './source.ts';

/**
 * What becomes of CAs that stand in a caBundle and are not asked for. Another writer may have seen a
 * change earlier, or guards may still serve under them after the source of certificates was changed;
 * but they may as well be a mistake. They are left alone for some readings and then removed.
 */
export class UnknownCas {
  readonly #patience: number;
  #wanted = '';
  /** Readings since it was first seen, by certificate. */
  #seen = new Map<string, number>();

  /** `patience` is a number of readings. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** To be called once a reading, before {@link bundleFor}. */
  count(
    configurations: readonly WebhookConfiguration[],
    { caBundle: wanted, isCurrent }: WantedTrust,
  ): void {
    // A change of one's own is what others are about to see or have just seen. And a keeper that
    // can't read what is wanted by now does not know whose CAs these are.
    if (wanted !== this.#wanted || !isCurrent) this.#seen.clear();
    this.#wanted = wanted;
    if (!isCurrent) return;
    const own = new Set(certificatesIn(wanted).map(identityOf));
    const unknown = new Set(
      standingIn(configurations)
        .map(identityOf)
        .filter((id) => !own.has(id)),
    );
    this.#seen = new Map([...unknown].map((id) => [id, (this.#seen.get(id) ?? 0) + 1]));
  }

  /** The bundle that should stand in a configuration; undefined when what stands there will do. */
  bundleFor(configuration: WebhookConfiguration): string | undefined {
    const own = certificatesIn(this.#wanted);
    const isOverdue = (ca: X509Certificate) =>
      (this.#seen.get(identityOf(ca)) ?? 0) > this.#patience;
    const isRight = configuration.webhooks.every(({ caBundle }) => {
      const standing = certificatesIn(caBundle);
      const ids = new Set(standing.map(identityOf));
      return own.every((ca) => ids.has(identityOf(ca))) && !standing.some(isOverdue);
    });
    if (isRight) return undefined;
    const tolerated = standingIn([configuration]).filter((ca) => !isOverdue(ca));
    return bundleOf([...own, ...tolerated]);
  }
}

/** The CAs in the caBundles of these configurations. */
export function standingIn(configurations: readonly WebhookConfiguration[]): X509Certificate[] {
  return configurations.flatMap(({ webhooks }) =>
    webhooks.flatMap(({ caBundle }) => certificatesIn(caBundle)),
  );
}
