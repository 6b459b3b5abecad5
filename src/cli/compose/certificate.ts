import type { Logger } from '../../log.ts';
import type { ApiServer } from '../../kube/api.ts';
import { secretStore } from '../../certificates/secret-store.ts';
import { webhookConfigurations } from '../../certificates/webhook-configurations.ts';
import type { TlsConfig } from '../../config/config.ts';
import { printable } from '../../engine/text/text.ts';
import { provisionalPair } from '../../certificates/authority.ts';
import { ClusterCertificate } from '../../certificates/cluster-certificate.ts';
import { CertificateFiles } from '../../certificates/files.ts';
import { newRsaKeyPair } from '../../certificates/key.ts';
import { CertificateError, localCertificate } from '../../certificates/local.ts';
import { SelfSigned } from '../../certificates/self-signed.ts';
import { type ServingCertificate, fixedCertificate } from '../../certificates/serving.ts';
import type { CertificateSource } from '../../certificates/source.ts';
import { ownNamespace } from './facts.ts';
import { UsageError } from '../usage-error.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Time between two looks at the Secret and the webhook configurations, two or three small reads. */
const LOOK_MS = 5_000;

/** A short life (minutes, seconds) is divided into that many looks, down to this interval. */
const LOOKS_IN_A_LIFE = 60;
const MIN_LOOK_MS = 200;

/**
 * For how many looks a caBundle may hold a CA that this replica does not know of. Replicas that
 * share a Secret see a change within one look. Files reach them by way of kubelets, which update a
 * mounted Secret within some 90 s of each other.
 */
const PATIENCE = { secret: 8, files: 36 };

/**
 * The certificate to serve, by the configuration. In a cluster the first one is not trusted yet and is
 * replaced as soon as possible: the server must answer `/livez` while the API server is away.
 */
export async function openCertificate(
  tls: TlsConfig,
  api: ApiServer,
  log: Logger,
): Promise<ServingCertificate> {
  if (tls.source === 'local') return fixedCertificate(await localPair(tls.directory));
  const certificate = new ClusterCertificate({
    source: sourceOf(tls, api, log),
    configurations: webhookConfigurations(api),
    provisional: await provisionalPair(await newRsaKeyPair()),
    patience: tls.source === 'self-signed' ? PATIENCE.secret : PATIENCE.files,
    log,
  });
  void certificate.keepLooking(lookInterval(tls));
  return certificate;
}

function lookInterval({ source, caHours, certificateHours }: TlsConfig): number {
  if (source !== 'self-signed') return LOOK_MS;
  const lifeMs = Math.min(caHours, certificateHours) * HOUR_MS;
  return Math.max(MIN_LOOK_MS, Math.min(LOOK_MS, lifeMs / LOOKS_IN_A_LIFE));
}

function sourceOf(tls: TlsConfig, api: ApiServer, log: Logger): CertificateSource {
  const { directory, secret, names, caHours, certificateHours } = tls;
  if (tls.source !== 'self-signed') {
    return new CertificateFiles({ directory, log, withCa: tls.source === 'files' });
  }
  const namespace = ownNamespace();
  return new SelfSigned({
    store: secretStore(api, namespace, secret),
    log,
    names,
    caLifeMs: caHours * HOUR_MS,
    leafLifeMs: certificateHours * HOUR_MS,
  });
}

async function localPair(directory: string) {
  try {
    return await localCertificate(directory);
  } catch (error) {
    if (error instanceof CertificateError) throw new UsageError(printable(error.message));
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `can't keep certificates in ${printable(directory)} (${code ?? 'error'}); ` +
        'name a directory that can be written with tls.directory',
    );
  }
}
