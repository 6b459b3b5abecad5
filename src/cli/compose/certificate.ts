import type { Logger } from '../../log.ts';
import type { ApiServer } from '../../kube/api.ts';
import { secretStore } from '../../certificates/secret-store.ts';
import { webhookConfigurations } from '../../certificates/webhook-configurations.ts';
import type { TlsConfig } from '../../config/config.ts';
import { printable } from '../../engine/text/text.ts';
import { provisionalPair } from '../../certificates/authority.ts';
import { ClusterCertificate } from '../../certificates/cluster-certificate.ts';
import { PairFiles } from '../../certificates/files.ts';
import { newRsaKeyPair } from '../../certificates/key.ts';
import { CertificateError, localCertificate } from '../../certificates/local.ts';
import { ServingSecret } from '../../certificates/serving-secret.ts';
import { type ServingCertificate, fixedCertificate } from '../../certificates/serving.ts';
import type { PairSource } from '../../certificates/source.ts';
import { ownNamespace } from './facts.ts';
import { lookInterval } from './look-interval.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The certificate to serve, by the configuration; `answers` tells whether a path is answered. In a cluster the first one is not trusted yet and is
 * replaced as soon as possible: the server must answer `/livez` while the API server is away.
 */
export async function openCertificate(
  tls: TlsConfig,
  api: ApiServer,
  answers: (path: string) => boolean,
  log: Logger,
): Promise<ServingCertificate> {
  if (tls.source === 'local') return fixedCertificate(await localPair(tls.directory));
  const certificate = new ClusterCertificate({
    source: sourceOf(tls, api, log),
    configurations: webhookConfigurations(api),
    answers,
    provisional: await provisionalPair(await newRsaKeyPair()),
    log,
  });
  void certificate.keepLooking(lookInterval(tls));
  return certificate;
}

function sourceOf(
  { source, directory, servingSecret }: TlsConfig,
  api: ApiServer,
  log: Logger,
): PairSource {
  if (source !== 'self-signed') return new PairFiles(directory, log);
  return new ServingSecret(secretStore(api, ownNamespace(), servingSecret), log);
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
