import { t } from 'tap';

import { lastRelease } from '../../support/image/last-release.ts';
import { certificateFilesChange } from './certificate-files.ts';
import { lastReleaseIsUpgraded } from './last-release.ts';
import { nodeIsLost } from './power-cut.ts';
import { hangingGuardIsRestarted } from './probes.ts';
import { podsAreReplaced } from './rolling-restarts.ts';
import { tell } from './story.ts';

/** What takes too long for every change: kubelets look at their pods as seldom as on real nodes. */

t.setTimeout(60 * 60_000);

// What takes the internet comes before the lab, which has none.
await lastRelease();

await tell(
  {
    'twenty rolling restarts under load': podsAreReplaced(20),
    'certificates from a Secret of your own, as kubelets refresh it': certificateFilesChange,
    'a guard that hangs for long': hangingGuardIsRestarted,
    'the last release is upgraded': lastReleaseIsUpgraded,
    'a node that is lost': nodeIsLost,
  },
  { syncFrequency: '1m' },
);
