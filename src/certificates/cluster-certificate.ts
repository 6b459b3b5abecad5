import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { CaBundles } from './ca-bundles.ts';
import { Complaint } from './complaint.ts';
import { LiveTrust } from './live-trust.ts';
import type { KeyCertificatePair } from './pair.ts';
import type { WebhookConfiguration, WebhookConfigurations } from './ports.ts';
import type { CertificateStatus, ServingCertificate } from './serving.ts';
import type { CertificateSource, Offer } from './source.ts';

export interface ClusterCertificateOptions {
  readonly source: CertificateSource;
  readonly configurations: WebhookConfigurations;
  /** What is served until the source has something. */
  readonly provisional: KeyCertificatePair;
  readonly log: Logger;
  /** For how many looks a CA in a caBundle may be one that this replica does not know of. */
  readonly patience: number;
  /** The wall clock; for tests. */
  readonly now?: () => Date;
}

/**
 * A certificate that an API server must trust. Every look brings three things together: what the
 * source offers, what the caBundles of the webhook configurations say, and what is served.
 *
 * One rule makes a change of the CA safe, whoever else is at work: a pair that is trusted is only
 * given up for one whose CA has stood in every caBundle for a while. The caBundle is written as
 * soon as there is an offer, so new CAs stand there beside the old ones before anything is served
 * under them. A loss of the API server changes nothing: the last answer stands.
 */
export class ClusterCertificate implements ServingCertificate {
  readonly #options: ClusterCertificateOptions;
  readonly #listeners: ((pair: KeyCertificatePair) => void)[] = [];
  readonly #trust = new LiveTrust();
  readonly #bundles: CaBundles;
  readonly #reading: Complaint;
  readonly #agreement: Complaint;
  readonly #stopped = new AbortController();
  #offer: Offer | undefined;
  #served: KeyCertificatePair;
  #isReady = false;

  constructor(options: ClusterCertificateOptions) {
    const { configurations, log, patience, provisional } = options;
    this.#options = options;
    this.#served = provisional;
    this.#bundles = new CaBundles(configurations, patience, log);
    this.#reading = new Complaint(log, 'the webhook configurations can be read again');
    this.#agreement = new Complaint(log, 'the API server trusts the certificate served');
  }

  get pair(): KeyCertificatePair {
    return this.#served;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get status(): CertificateStatus {
    const now = this.#now();
    return {
      notAfter: new X509Certificate(this.#served.certificate).validToDate,
      caNotAfter: this.#trust.anchor(this.#served, now)?.validToDate,
      isTrusted: this.#trust.isCalled ? this.#refusal(this.#served, now) === undefined : undefined,
    };
  }

  onChange(listener: (pair: KeyCertificatePair) => void): void {
    this.#listeners.push(listener);
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Looks every `intervalMs` until {@link stop}. */
  async keepLooking(intervalMs: number): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => {
        // Nobody's fault but the guard's; its text may hold anything.
        this.#options.log.error({ kind: (error as Error).name }, 'certificates');
      });
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Looks once and does what is due. Never rejects for what the cluster says or does. */
  async look(): Promise<void> {
    const now = this.#now();
    const before = await this.#read();
    // Without a configuration the guard is being installed or removed, or was disarmed: nothing is
    // made then that somebody would have to clean up.
    if (before?.length !== 0) this.#offer = (await this.#options.source.newest(now)) ?? this.#offer;
    const isMended = before !== undefined && (await this.#mend(before, now));
    const live = isMended ? await this.#read() : before;
    if (live) this.#trust.observe(live, before);
    this.#choose(now);
    this.#judge(now);
  }

  async #read(): Promise<readonly WebhookConfiguration[] | undefined> {
    try {
      const configurations = await this.#options.configurations.read();
      this.#reading.settle();
      return configurations;
    } catch (error) {
      this.#reading.raise(`the webhook configurations can't be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Sees to the caBundles, where that is not somebody else's business; whether any was wrong. */
  async #mend(live: readonly WebhookConfiguration[], now: Date): Promise<boolean> {
    if (this.#offer?.caBundle === undefined || this.#stopped.signal.aborted) return false;
    return this.#bundles.mend(live, this.#offer, this.#trust.anchor(this.#served, now));
  }

  #choose(now: Date): void {
    const newest = this.#offer?.pair;
    if (!newest || newest.certificate === this.#served.certificate) return;
    const isTrusted = this.#refusal(this.#served, now) === undefined;
    const isSafe = this.#refusal(newest, now) === undefined && this.#trust.isSettled(newest, now);
    if (isTrusted && !isSafe) return;
    this.#served = newest;
    for (const listener of this.#listeners) listener(newest);
    const { validToDate: notAfter } = new X509Certificate(newest.certificate);
    this.#options.log.info({ notAfter }, 'serving a new certificate');
  }

  #judge(now: Date): void {
    // Nobody calls, so there is nothing to be ready or unready for: the last answer stands.
    if (!this.#trust.isCalled) return;
    const refusal = this.#refusal(this.#served, now);
    this.#isReady = refusal === undefined;
    if (refusal === undefined) this.#agreement.settle();
    else this.#agreement.raise(refusal);
  }

  #refusal(pair: KeyCertificatePair, now: Date): string | undefined {
    return this.#trust.refusal(pair, now);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}
