import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log.ts';
import { quoted } from '../engine/text/text.ts';
import { LogOnChange } from './log-on-change.ts';
import { CaBundleView } from './ca-bundle-view.ts';
import type { KeyCertificatePair } from './pair.ts';
import type { WebhookConfiguration, WebhookConfigurations } from './ports.ts';
import type { CertificateStatus, ServingCertificate } from './serving.ts';
import type { PairSource } from './source.ts';

/**
 * For how many looks a guard stays ready that was accepted and is no more: its caBundle was emptied, or a
 * clock that was set ahead ended its certificate. All replicas serve the same, so to be unready would
 * help no call; `trust` has mended it after two looks, and calls must succeed from then on.
 */
const GRACE_LOOKS = 6;

export interface ClusterCertificateOptions {
  readonly source: PairSource;
  readonly configurations: Pick<WebhookConfigurations, 'read'>;
  /** Whether a path that the API server may call is answered. */
  readonly answers: (path: string) => boolean;
  /** What is served until the source has something. */
  readonly provisional: KeyCertificatePair;
  readonly log: Logger;
  /** The wall clock; for tests. */
  readonly now?: () => Date;
}

/**
 * A certificate that an API server must trust. Every look brings three things together: what the
 * source has, what the caBundles of the webhook configurations say, and what is served. Nothing is
 * written here.
 *
 * One rule makes a change of the CA safe, also where others are at work: a pair that is trusted is only
 * given up for one whose CA has stood in every caBundle for a while. A loss of the API server changes
 * nothing: the last answer stands.
 */
export class ClusterCertificate implements ServingCertificate {
  readonly #options: ClusterCertificateOptions;
  readonly #listeners: ((pair: KeyCertificatePair) => void)[] = [];
  readonly #trust = new CaBundleView();
  readonly #reading: LogOnChange;
  readonly #agreement: LogOnChange;
  readonly #paths: LogOnChange;
  readonly #stopped = new AbortController();
  #newest: KeyCertificatePair | undefined;
  #served: KeyCertificatePair;
  #isReady = false;
  /** Whether what is served was ever accepted, and how many looks ago it was last. */
  #wasAccepted = false;
  #looksSince = 0;
  /** The webhook whose path is not answered here. */
  #unanswered: string | undefined;

  constructor(options: ClusterCertificateOptions) {
    const { log, provisional } = options;
    this.#options = options;
    this.#served = provisional;
    this.#reading = new LogOnChange(log, 'the webhook configurations can be read again');
    this.#agreement = new LogOnChange(log, 'the API server trusts the certificate served');
    this.#paths = new LogOnChange(log, 'the webhooks have paths that are answered here');
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
        // A defect of the guard's own; its text may hold anything.
        this.#options.log.error({ kind: (error as Error).name }, 'certificates');
      });
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Looks once and does what is due. Never rejects for what the cluster says or does. */
  async look(): Promise<void> {
    const now = this.#now();
    const live = await this.#read();
    this.#newest = await this.#options.source.newest();
    if (live) {
      this.#trust.observe(live);
      this.#unanswered = live
        .flatMap(({ webhooks }) => webhooks)
        .find(({ path }) => !this.#options.answers(path))?.name;
    }
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

  #choose(now: Date): void {
    const newest = this.#newest;
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
    // Without a configuration no call comes, so there is nothing to be ready or unready for: the last
    // answer stands.
    if (!this.#trust.isCalled) return;
    const refusal = this.#refusal(this.#served, now);
    if (refusal === undefined) {
      this.#wasAccepted = true;
      this.#looksSince = 0;
      this.#agreement.settle();
    } else {
      this.#looksSince += 1;
      this.#agreement.raise(refusal);
    }
    if (this.#unanswered === undefined) this.#paths.settle();
    else {
      // The path itself may be what keeps strangers out.
      const webhook = quoted(this.#unanswered);
      this.#paths.raise(`the webhook ${webhook} has a path that this guard does not answer at`);
    }
    const isAccepted =
      refusal === undefined || (this.#wasAccepted && this.#looksSince <= GRACE_LOOKS);
    this.#isReady = isAccepted && this.#unanswered === undefined;
  }

  #refusal(pair: KeyCertificatePair, now: Date): string | undefined {
    return this.#trust.refusal(pair, now);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}
