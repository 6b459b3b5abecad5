import type { Facts } from '../core/facts.ts';
import type { Policy } from '../core/policy.ts';
import type { DefaultsPolicy } from '../defaults/policy.ts';

/** What the configuration file decides, ready for use. */
export interface Config {
  readonly policy: Policy;
  /** Static facts: what the file says of the cluster. */
  readonly facts: Facts;
  readonly defaults: DefaultsPolicy;
  readonly server: ServerConfig;
}

export interface ServerConfig {
  /** How long the server keeps answering after SIGTERM, in seconds. */
  readonly drainSeconds: number;
  /** Port of plain-HTTP `/metrics`; 0 takes any free one. */
  readonly metricsPort: number;
  /** Directory of ca.crt, tls.crt and tls.key, made when missing; from the working directory. */
  readonly certificateDirectory: string;
}

/**
 * 10 s: longer than the API server's 3 s webhook timeout plus the few seconds until endpoints are
 * withdrawn everywhere, and far below the kubelet's 30 s grace period.
 */
export const DEFAULT_SERVER: ServerConfig = {
  drainSeconds: 10,
  metricsPort: 8444,
  certificateDirectory: 'certs',
};
