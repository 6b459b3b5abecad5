/** What certificates need of a cluster; secret-store.ts and webhook-configurations.ts provide it. */

/** One Secret, by the keys of its data. It is never made: the chart renders it. */
export interface SecretStore {
  /** As `namespace/name`, for messages. */
  readonly name: string;
  /** Undefined when there is none. Rejects when the API server can't say. */
  read(): Promise<StoredSecret | undefined>;
  /**
   * Writes these keys and leaves everything else of the Secret alone. False, with nothing written,
   * when it was changed or deleted since it was read.
   */
  write(data: Readonly<Record<string, string>>, known: StoredSecret): Promise<boolean>;
}

export interface StoredSecret {
  readonly data: Readonly<Record<string, string>>;
  /** Changes with every write. */
  readonly version: string;
}

/** The webhook configurations by which the API server finds the guard. */
export interface WebhookConfigurations {
  /** Those that exist. */
  read(): Promise<readonly WebhookConfiguration[]>;
  /**
   * Has every webhook of a configuration trust this bundle (PEM). False, with nothing written, when
   * another has changed or deleted the configuration since it was read.
   */
  writeBundle(configuration: WebhookConfiguration, caBundle: string): Promise<boolean>;
}

export interface WebhookConfiguration {
  /** As kubectl has it. */
  readonly resource: 'mutatingwebhookconfiguration' | 'validatingwebhookconfiguration';
  /** Of this very object: another of the same name has another. */
  readonly uid: string;
  /** Changes with every write. */
  readonly version: string;
  readonly webhooks: readonly Webhook[];
}

export interface Webhook {
  readonly name: string;
  /** The name or address that the API server calls. */
  readonly host: string;
  /** The path that it calls there. */
  readonly path: string;
  /** PEM; empty when there is none. */
  readonly caBundle: string;
}

/** What to do about a Secret of the chart that is not there. */
export const missing = ({ name }: Pick<SecretStore, 'name'>): string =>
  `the Secret ${name} is missing; helm upgrade --reset-then-reuse-values renders it anew`;
