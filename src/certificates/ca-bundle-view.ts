import { X509Certificate } from 'node:crypto';
import { quoted } from '../engine/text/text.ts';
import type { KeyCertificatePair } from './pair.ts';
import { certificatesIn, identityOf } from './pem.ts';
import type { WebhookConfiguration } from './ports.ts';
import { type Caller, anchorOf, refusalOf } from './trust.ts';

/**
 * Readings in a row after which every API server of the cluster is taken to know of a CA: each has
 * a copy of the configurations that follows within a second or so, and readings are seconds apart.
 */
const SETTLED_READINGS = 3;

interface LiveCaller extends Caller {
  /** The webhook, for messages. */
  readonly name: string;
}

/** The CAs that the API server trusts, by the caBundles of the webhook configurations last read. */
export class CaBundleView {
  #callers: readonly LiveCaller[] | undefined;
  /** Readings in a row in which a CA stood in every caBundle. */
  #standing = new Map<string, number>();

  /** To be called once a look; `before` is what was read before the caBundles were written. */
  observe(
    configurations: readonly WebhookConfiguration[],
    before: readonly WebhookConfiguration[] = configurations,
  ): void {
    this.#callers = callersIn(configurations);
    const stoodBefore = new Set(everywhereIn(callersIn(before)));
    // A CA that was put back stands anew: some API servers may still know of its absence only.
    const readings = (id: string) => (stoodBefore.has(id) ? (this.#standing.get(id) ?? 0) : 0) + 1;
    this.#standing = new Map(everywhereIn(this.#callers).map((id) => [id, readings(id)]));
  }

  /** Whether an API server is told to call the guard; undefined while that is not known. */
  get isCalled(): boolean | undefined {
    return this.#callers && this.#callers.length > 0;
  }

  /** Why the API server would refuse the pair; undefined when it would accept it. */
  refusal({ certificate }: KeyCertificatePair, now: Date): string | undefined {
    if (!this.isCalled) return 'no webhook configuration is known that calls the guard';
    const chain = certificatesIn(certificate);
    for (const caller of this.#callers ?? []) {
      const refusal = refusalOf(chain, caller, now);
      if (refusal !== undefined) return `${caller.name}: the certificate served ${refusal}`;
    }
    return undefined;
  }

  /** Whether all API servers can be taken to trust the CA of the pair already. */
  isSettled(pair: KeyCertificatePair, now: Date): boolean {
    const anchor = this.anchor(pair, now);
    return anchor !== undefined && this.standingOf(anchor) === 'settled';
  }

  /** Whether a CA stands in every caBundle, and has for long enough to be known to all API servers. */
  standingOf(ca: X509Certificate): 'missing' | 'new' | 'settled' {
    const readings = this.#standing.get(identityOf(ca)) ?? 0;
    if (readings === 0) return 'missing';
    return readings < SETTLED_READINGS ? 'new' : 'settled';
  }

  /** The CA in the caBundles that the pair leads to. */
  anchor({ certificate }: KeyCertificatePair, now: Date): X509Certificate | undefined {
    const [leaf, ...intermediates] = certificatesIn(certificate);
    const everywhere = (this.#callers ?? [])
      .flatMap(({ trusted }) => trusted)
      .filter((ca) => this.#standing.has(identityOf(ca)));
    return leaf && anchorOf(leaf, intermediates, everywhere, now);
  }
}

function callersIn(configurations: readonly WebhookConfiguration[]): LiveCaller[] {
  return configurations.flatMap(({ resource, webhooks }) =>
    webhooks.map(({ name, host, caBundle }) => ({
      name: `${resource} ${quoted(name)}`,
      host,
      trusted: certificatesIn(caBundle),
    })),
  );
}

/** The CAs that all of them trust. */
function everywhereIn(callers: readonly LiveCaller[]): string[] {
  const [first, ...others] = callers.map(({ trusted }) => new Set(trusted.map(identityOf)));
  return [...(first ?? [])].filter((id) => others.every((ids) => ids.has(id)));
}
