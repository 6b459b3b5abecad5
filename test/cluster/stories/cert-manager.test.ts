import { t } from 'tap';

import { certManagerKeepsCertificates } from './cert-manager.ts';
import { certificateSourceChanges } from './certificate-source.ts';
import { tell } from './story.ts';

/** The chart with a cert-manager of the cluster's own. */

t.setTimeout(30 * 60_000);

await tell({
  'certificates from cert-manager': certManagerKeepsCertificates,
  'the source of certificates is changed as docs/operate.md tells': certificateSourceChanges,
});
