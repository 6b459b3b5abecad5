import { t } from 'tap';

import { certificateFilesChange } from './certificate-files.ts';
import { certificatesAreRenewed } from './certificates.ts';
import { clockJumps } from './clock-jump.ts';
import { logDiskIsFull } from './full-disk.ts';
import { nodeServersRestart } from './node-restarts.ts';
import { guardIsOut } from './outages.ts';
import { badChainIsRolledOut } from './rollout.ts';
import { apiServerIsSlow } from './slow-api-server.ts';
import { tell } from './story.ts';

t.setTimeout(30 * 60_000);

await tell({
  'an installed guard': guardIsOut,
  'certificates of an installed guard': certificatesAreRenewed,
  'certificates from a Secret of your own': certificateFilesChange,
  'the clock of the nodes with the guard jumps': clockJumps,
  'a bad chain that got past the guard': badChainIsRolledOut,
  'servers of a node with the guard are restarted': nodeServersRestart,
  'the disk that nodes keep logs on is full': logDiskIsFull,
  'reviews do not wait for the API server': apiServerIsSlow,
});
