import { Gauge, type Registry } from 'prom-client';

/** The certificate that is being served, as it stands now. */
export interface CertificateState {
  readonly notAfter: Date;
  /** Undefined when the CA is not at hand. */
  readonly caNotAfter?: Date | undefined;
  /** Whether the CA stands in the webhook configurations; undefined when that is not known. */
  readonly isTrusted?: boolean | undefined;
}

/** Shows when certificates expire and whether the API server trusts them, read at every scrape. */
export function watchCertificate(
  registry: Registry,
  read: () => CertificateState | undefined,
): void {
  new Gauge({
    name: 'eni_config_guard_certificate_expiry_timestamp_seconds',
    help: 'When a certificate expires, in seconds since 1970: the one served, and its CA.',
    labelNames: ['certificate'],
    registers: [registry],
    collect() {
      this.reset();
      const { notAfter, caNotAfter } = read() ?? {};
      if (notAfter) this.set({ certificate: 'serving' }, notAfter.getTime() / 1000);
      if (caNotAfter) this.set({ certificate: 'ca' }, caNotAfter.getTime() / 1000);
    },
  });
  new Gauge({
    name: 'eni_config_guard_ca_bundle_trusted',
    help: '1 when the caBundle of the webhook configurations holds the CA in use, 0 when not; absent while unknown.',
    registers: [registry],
    collect() {
      this.remove();
      const isTrusted = read()?.isTrusted;
      if (isTrusted !== undefined) this.set(isTrusted ? 1 : 0);
    },
  });
}
