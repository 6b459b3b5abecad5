import type { Facts } from '../engine/core/facts.ts';
import type { Policy } from '../engine/core/policy.ts';
import type { DefaultsPolicy } from '../engine/defaults/policy.ts';

/** What the configuration file decides, ready for use. */
export interface Config {
  readonly policy: Policy;
  readonly facts: FactsConfig;
  readonly defaults: DefaultsPolicy;
  readonly server: ServerConfig;
  readonly tls: TlsConfig;
  readonly audit: AuditConfig;
  readonly breakGlass: BreakGlassConfig;
  /** `warn` unless said: it fails open and costs nothing. */
  readonly restartGate: 'off' | 'warn' | 'deny';
  /** Whether a ValidatingAdmissionPolicy holds some rules too; see WebhookOptions. */
  readonly floor: boolean;
}

export interface FactsConfig {
  /** `static`: only what the file says; `cluster`: learnt from the API server, the file overrides. */
  readonly source: 'static' | 'cluster';
  /** What the file says of the cluster. */
  readonly known: Facts;
  /** How often nodes and probe pods are listed in full, in seconds. */
  readonly refreshSeconds: number;
  /** A learnt fact that is older counts as unknown, in seconds. */
  readonly staleAfterSeconds: number;
}

export interface ServerConfig {
  /** How long the server keeps answering after SIGTERM, in seconds. */
  readonly drainSeconds: number;
  /** Port of plain-HTTP `/metrics`; 0 takes any free one. */
  readonly metricsPort: number;
  /**
   * Port of plain-HTTP `/livez` and `/readyz`, out of reach of who takes all connections of the
   * webhook's port, which answers them otherwise; 0 takes any free one.
   */
  readonly probePort?: number | undefined;
  /** Address for that port; that of the webhook unless given. */
  readonly probeHost?: string | undefined;
  /**
   * A file with the words that webhook paths end in, one a line: `/validate/<word>`. Without it, or
   * with none in it, the paths are plain.
   */
  readonly pathTokensFile?: string | undefined;
}

export interface TlsConfig {
  /**
   * `local`: made in `directory`, for one machine; `self-signed`: made by `eni-config-guard trust`,
   * in Secrets; `cert-manager` and `files`: read from `directory`, where they are renewed.
   */
  readonly source: 'local' | 'self-signed' | 'cert-manager' | 'files';
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Directory of ca.crt, tls.crt and tls.key; from the working directory. */
  readonly directory: string;
  /** Name of the Secret that keeps the self-signed CA, in the guard's own namespace. */
  readonly secret: string;
  /** Name of the Secret with the certificate under it, which the guards serve. */
  readonly servingSecret: string;
  /** DNS names of a self-signed certificate. */
  readonly names: readonly string[];
  /** Life of a self-signed CA and of the certificates it signs, in hours. */
  readonly caHours: number;
  readonly certificateHours: number;
}

export interface AuditConfig {
  /** `auto`: pretty on a terminal, JSON otherwise. */
  readonly logFormat: 'auto' | 'json' | 'pretty';
  /** Whether to write Kubernetes Events; unless said, when facts come from the cluster. */
  readonly events: boolean;
  /** Whether to judge the stored object; unless said, when facts come from the cluster. */
  readonly background: boolean;
  /**
   * Whether the same is done with what nodes name with the label terway-config; needs the right to get
   * any ConfigMap of kube-system.
   */
  readonly overlays: boolean;
}

export interface BreakGlassConfig {
  readonly enabled: boolean;
  /** How far in the future `bypass-until` may be, in minutes. */
  readonly maxMinutes: number;
}

/** 5 min between full lists; a fact that was not confirmed for an hour counts as unknown. */
export const DEFAULT_FACTS = { refreshSeconds: 300, staleAfterSeconds: 3600 };

/**
 * 10 s: longer than the API server's 3 s webhook timeout plus the few seconds until endpoints are
 * withdrawn everywhere, and far below the kubelet's 30 s grace period.
 */
export const DEFAULT_SERVER: ServerConfig = { drainSeconds: 10, metricsPort: 8444 };

/**
 * 90 days for a certificate, which is renewed at two thirds of that: what renews it may be away for 30
 * days. The CA lives a year.
 */
export const DEFAULT_TLS: TlsConfig = {
  source: 'local',
  minVersion: 'TLSv1.3',
  directory: 'certs',
  secret: 'eni-config-guard-ca',
  servingSecret: 'eni-config-guard-tls',
  names: ['eni-config-guard.kube-system.svc'],
  caHours: 365 * 24,
  certificateHours: 90 * 24,
};

/** Four hours: enough for one incident. */
export const DEFAULT_BREAK_GLASS: BreakGlassConfig = { enabled: true, maxMinutes: 240 };
