import { t } from 'tap';

import { chainsAreUsed } from './chains.ts';
import { nodesAreCrowded } from './crowded.ts';
import { nodesAreDrained } from './drains.ts';
import { guideIsFollowed } from './guide.ts';
import { helmTestTells } from './helm-test.ts';
import { chartIsInstalled } from './install.ts';
import { guardHangs } from './probes.ts';
import { chainIsHalfRolledOut } from './nodes.ts';
import { nodesAreProbed } from './probed.ts';
import { podsAreReplaced } from './rolling-restarts.ts';
import { tell } from './story.ts';

t.setTimeout(30 * 60_000);

await tell({
  'the chart': chartIsInstalled,
  'helm test': helmTestTells,
  "the vendor's chains": chainsAreUsed,
  'a chain that is half rolled out': chainIsHalfRolledOut,
  'what the node probe of the chart finds out decides': nodesAreProbed,
  'drained nodes': nodesAreDrained,
  'crowded nodes': nodesAreCrowded,
  'a guard that hangs': guardHangs,
  'three rolling restarts under load': podsAreReplaced(3),
  // Last: kubelets that have pulled an image ask the registry before they run it under another name.
  'the guide': guideIsFollowed,
});
