import type { Logger } from '../../log.ts';
import type { ApiServer } from '../../kube/api.ts';
import type { TlsConfig } from '../../config/config.ts';
import { CaFile } from '../../certificates/files.ts';
import { secretStore } from '../../certificates/secret-store.ts';
import { SelfSignedCa } from '../../certificates/self-signed.ts';
import { ServingLeaf } from '../../certificates/serving-leaf.ts';
import { TrustKeeper } from '../../certificates/trust-keeper.ts';
import { webhookConfigurations } from '../../certificates/webhook-configurations.ts';
import { ownNamespace } from './facts.ts';
import { HOUR_MS } from './look-interval.ts';
import { UsageError } from '../usage-error.ts';

/**
 * For how many looks a caBundle may hold a CA that is not asked for. Guards follow a Secret within
 * one look. Files reach them by way of kubelets, which update a mounted Secret within some 90 s.
 */
const PATIENCE = { secret: 8, files: 36 };

/** What keeps the trust of API servers, by the configuration; UsageError where that is not for it. */
export function createTrustKeeper(tls: TlsConfig, api: ApiServer, log: Logger): TrustKeeper {
  const { source, directory, secret, servingSecret, names, caHours, certificateHours } = tls;
  const configurations = webhookConfigurations(api);
  switch (source) {
    case 'files':
      return new TrustKeeper({
        source: new CaFile(directory, log),
        leaf: undefined,
        configurations,
        patience: PATIENCE.files,
        log,
      });
    case 'self-signed': {
      const namespace = ownNamespace();
      const ca = secretStore(api, namespace, secret);
      const serving = secretStore(api, namespace, servingSecret);
      const leafLifeMs = certificateHours * HOUR_MS;
      return new TrustKeeper({
        source: new SelfSignedCa({ store: ca, log, caLifeMs: caHours * HOUR_MS }),
        leaf: new ServingLeaf({ store: serving, names, leafLifeMs, log }),
        configurations,
        patience: PATIENCE.secret,
        log,
      });
    }
    default:
      throw new UsageError(
        `trust has nothing to do where tls.source is ${source}; ` +
          'it is for self-signed and files',
      );
  }
}
