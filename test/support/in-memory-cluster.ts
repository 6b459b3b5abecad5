import type {
  SecretStore,
  StoredSecret,
  WebhookConfiguration,
  WebhookConfigurations,
} from '../../src/certificates/ports.ts';

const RESOURCES = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'] as const;
type Resource = (typeof RESOURCES)[number];

/** One replica's way to the cluster. */
export interface Link {
  /** What the replica can't reach at present. */
  lacks: 'nothing' | 'the Secret' | 'everything';
}

/**
 * A Secret and two webhook configurations in memory, with versions as an API server keeps them: for
 * tests of what replicas do, in orders that a real one can't be made to produce.
 */
export class InMemoryCluster {
  secret: StoredSecret | undefined;
  readonly bundles = new Map<Resource, string>();
  host = 'guard.kube-system.svc';
  /** Calls that change something, in order. */
  readonly writes: string[] = [];
  /** What every call fails with while it is set. */
  outage: Error | undefined;
  /** Awaited before every call is carried out; replicas overtake each other there. */
  turn: () => Promise<unknown> = async () => undefined;
  /** Called after every call that changes something. */
  onWrite: () => void = () => undefined;
  readonly #versions = new Map<Resource, number>();
  #version = 0;

  /** Makes both configurations, without a caBundle. */
  register(): void {
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

  setSecret(data: Readonly<Record<string, string>> | undefined): void {
    this.secret = data && { data, version: String(++this.#version) };
  }

  readonly store: SecretStore = {
    read: async () => this.#call(() => this.secret),
    write: async (data, known) =>
      this.#call(() => {
        if (known?.version !== this.secret?.version) return false;
        this.setSecret({ ...this.secret?.data, ...data });
        this.#wrote('secret');
        return true;
      }),
  };

  readonly configurations: WebhookConfigurations = {
    read: async () =>
      this.#call(() =>
        [...this.bundles].map(([resource, caBundle]): WebhookConfiguration => ({
          resource,
          uid: resource,
          version: String(this.#versions.get(resource)),
          webhooks: [{ name: 'the.only.webhook', host: this.host, caBundle }],
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

  /** The same cluster as one replica reaches it. */
  reachedBy(link: Link): Pick<InMemoryCluster, 'store' | 'configurations'> {
    const { store, configurations } = this;
    const cutOff = new Error('connect EHOSTUNREACH');
    const ifLinked = async <T>(isSecret: boolean, call: () => Promise<T>) => {
      if (link.lacks === 'everything' || (isSecret && link.lacks === 'the Secret')) throw cutOff;
      return call();
    };
    return {
      store: {
        read: async () => ifLinked(true, async () => store.read()),
        write: async (data, known) => ifLinked(true, async () => store.write(data, known)),
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
