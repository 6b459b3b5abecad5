import type {
  SecretStore,
  StoredSecret,
  WebhookConfiguration,
  WebhookConfigurations,
} from '../../src/certificates/ports.ts';

const RESOURCES = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'] as const;
type Resource = (typeof RESOURCES)[number];

/** The Secret of the CA, and that of the certificate which guards serve. */
export type SecretName = 'ca' | 'tls';

/** One process's way to the cluster. */
export interface Link {
  /** What it can't reach at present. */
  lacks: 'nothing' | 'the Secrets' | 'everything';
}

/**
 * Two Secrets and two webhook configurations in memory, with versions as an API server keeps them: for
 * tests of what processes do, in orders that a real one can't be made to produce.
 */
export class InMemoryCluster {
  readonly secrets = new Map<SecretName, StoredSecret>();
  readonly bundles = new Map<Resource, string>();
  host = 'guard.kube-system.svc';
  path = '/validate';
  /** Calls that change something, in order. */
  readonly writes: string[] = [];
  /** What every call fails with while it is set. */
  outage: Error | undefined;
  /** Awaited before every call is carried out; processes overtake each other there. */
  turn: () => Promise<unknown> = async () => undefined;
  /** Called after every call that changes something. */
  onWrite: () => void = () => undefined;
  readonly #versions = new Map<Resource, number>();
  #version = 0;

  /** Makes what the chart renders: both configurations, without a caBundle, and empty Secrets. */
  register(): void {
    for (const name of ['ca', 'tls'] as const) {
      if (!this.secrets.has(name)) this.setSecret({}, name);
    }
    for (const resource of RESOURCES) this.setBundle(resource, '');
  }

  unregister(): void {
    this.bundles.clear();
  }

  setBundle(resource: Resource, caBundle: string): void {
    this.bundles.set(resource, caBundle);
    this.#versions.set(resource, ++this.#version);
  }

  setBundles(caBundle: string): void {
    for (const resource of this.bundles.keys()) this.setBundle(resource, caBundle);
  }

  /** The data of the CA's Secret, or of the other. */
  secret(name: SecretName = 'ca'): Readonly<Record<string, string>> | undefined {
    return this.secrets.get(name)?.data;
  }

  setSecret(data: Readonly<Record<string, string>> | undefined, name: SecretName = 'ca'): void {
    if (data) this.secrets.set(name, { data, version: String(++this.#version) });
    else this.secrets.delete(name);
  }

  store(name: SecretName): SecretStore {
    return {
      name: `kube-system/${name}`,
      read: async () => this.#call(() => this.secrets.get(name)),
      write: async (data, known) =>
        this.#call(() => {
          if (known.version !== this.secrets.get(name)?.version) return false;
          this.setSecret({ ...this.secret(name), ...data }, name);
          this.#wrote(name);
          return true;
        }),
    };
  }

  readonly configurations: WebhookConfigurations = {
    read: async () =>
      this.#call(() =>
        [...this.bundles].map(([resource, caBundle]): WebhookConfiguration => ({
          resource,
          uid: resource,
          version: String(this.#versions.get(resource)),
          webhooks: [{ name: 'the.only.webhook', host: this.host, path: this.path, caBundle }],
        })),
      ),
    writeBundle: async ({ resource, version }, caBundle) =>
      this.#call(() => {
        if (!this.bundles.has(resource)) return false;
        if (version !== String(this.#versions.get(resource))) return false;
        this.setBundle(resource, caBundle);
        this.#wrote(resource);
        return true;
      }),
  };

  /** The same cluster as one process reaches it. */
  reachedBy(link: Link): Pick<InMemoryCluster, 'store' | 'configurations'> {
    const { configurations } = this;
    const cutOff = new Error('connect EHOSTUNREACH');
    const ifLinked = async <T>(isSecret: boolean, call: () => Promise<T>) => {
      if (link.lacks === 'everything' || (isSecret && link.lacks === 'the Secrets')) throw cutOff;
      return call();
    };
    return {
      store: (which) => {
        const store = this.store(which);
        return {
          name: store.name,
          read: async () => ifLinked(true, async () => store.read()),
          write: async (data, known) => ifLinked(true, async () => store.write(data, known)),
        };
      },
      configurations: {
        read: async () => ifLinked(false, async () => configurations.read()),
        writeBundle: async (configuration, caBundle) =>
          ifLinked(false, async () => configurations.writeBundle(configuration, caBundle)),
      },
    };
  }

  async #call<T>(action: () => T): Promise<T> {
    await this.turn();
    if (this.outage) throw this.outage;
    return action();
  }

  #wrote(what: string): void {
    this.writes.push(what);
    this.onWrite();
  }
}
