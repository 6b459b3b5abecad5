import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { CaBundles } from './ca-bundles.ts';
import { LogOnChange } from './log-on-change.ts';
import { standingIn } from './unknown-cas.ts';
import { CaBundleView } from './ca-bundle-view.ts';
import type { WebhookConfigurations } from './ports.ts';
import type { ServingLeaf } from './serving-leaf.ts';
import type { CaSource } from './source.ts';

export interface TrustKeeperOptions {
  readonly source: CaSource;
  /** Where the certificates are made here. */
  readonly leaf: ServingLeaf | undefined;
  readonly configurations: WebhookConfigurations;
  readonly log: Logger;
  /** For how many looks a CA in a caBundle may be one that is not asked for. */
  readonly patience: number;
  /** The wall clock; for tests. */
  readonly now?: () => Date;
}

/**
 * Sees to it that API servers trust what guards serve. Every look brings the CAs into the caBundles
 * first and only then a certificate into the Secret that the guards serve from.
 *
 * Two may be at work at once. Each write carries the version of what was read, and configurations are
 * read before the Secret of the CA: who writes a caBundle knows every CA that stood there before.
 */
export class TrustKeeper {
  readonly #options: TrustKeeperOptions;
  readonly #trust = new CaBundleView();
  readonly #bundles: CaBundles;
  readonly #problem: LogOnChange;
  readonly #stopped = new AbortController();

  constructor(options: TrustKeeperOptions) {
    const { configurations, log, patience } = options;
    this.#options = options;
    this.#bundles = new CaBundles(configurations, patience, log);
    this.#problem = new LogOnChange(log, 'all that is due can be done again');
  }

  /** Ends {@link keepLooking} after the look under way. */
  stop(): void {
    this.#stopped.abort();
  }

  /**
   * Looks every `intervalMs` until {@link stop}, or until all have failed for `patienceMs`; tells
   * which of the two it was. Time is that of a clock which can't be set.
   */
  async keepLooking(intervalMs: number, patienceMs: number): Promise<'stopped' | 'stuck'> {
    const { signal } = this.#stopped;
    let lastSuccess = performance.now();
    while (!signal.aborted) {
      if (await this.look()) lastSuccess = performance.now();
      if (performance.now() - lastSuccess > patienceMs) return 'stuck';
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
    return 'stopped';
  }

  /** Looks once and does what is due; resolves with whether it could. Never rejects. */
  async look(): Promise<boolean> {
    try {
      const isDone = await this.#look();
      this.#problem.settle();
      return isDone;
    } catch (error) {
      this.#problem.raise((error as Error).message);
      return false;
    }
  }

  async #look(): Promise<boolean> {
    const { configurations, leaf, source } = this.#options;
    const now = this.#options.now?.() ?? new Date();
    const before = await configurations.read();
    // The guard is being installed or removed, or was disarmed: nothing is made then that would have
    // to be cleaned up.
    if (before.length === 0) return true;
    const wanted = await source.newest(now, standingIn(before));
    if (!wanted) return false;
    const hasStood = (ca: Parameters<CaBundleView['standingOf']>[0]) =>
      this.#trust.standingOf(ca) !== 'missing';
    const isMended = await this.#bundles.mend(before, wanted, hasStood);
    this.#trust.observe(isMended ? await configurations.read() : before, before);
    // Who can't read the Secret of the CA does not know whether this is still the one to sign with.
    if (!wanted.isCurrent) return false;
    if (leaf && wanted.authority) await leaf.renew(wanted.authority, this.#trust, now);
    return true;
  }
}
