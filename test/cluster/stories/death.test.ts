import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { t } from 'tap';

import { waitFor } from '../../support/wait.ts';
import { processesNaming } from '../controlplane/processes.ts';
import { cgroupOf } from '../lab/cgroups.ts';
import { PLACES } from '../lab/network.ts';

t.setTimeout(5 * 60_000);

const SHELL = fileURLToPath(new URL('../lab/shell.ts', import.meta.url));
const DEATH_TIMEOUT_MS = 60_000;

t.test('a lab whose process is killed leaves nothing', async (t) => {
  const command = ['/bin/sh', '-c', 'echo $KUBECONFIG; exec sleep 300'];
  const lab = spawn(process.execPath, [SHELL, ...command], {
    // Node test runners put settings of their own into the environment.
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => lab.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: lab.stdout }), 'line')) as [string];
  const folder = dirname(line);
  const cgroups = PLACES.map(({ name }) => cgroupOf(folder, name));

  t.ok((await processesNaming(folder)).length > 0);
  t.ok(existsSync(folder));
  t.strictSame((await existing(cgroups)).length > cgroups.length, true, 'in several hierarchies');

  lab.kill('SIGKILL');
  const left = await waitFor('everything to be gone', DEATH_TIMEOUT_MS, async () => {
    const isThere = existsSync(folder) ? [folder] : [];
    const found = [...isThere, ...(await processesNaming(folder)), ...(await existing(cgroups))];
    return found.length === 0 ? found : undefined;
  });
  t.strictSame(left, []);
});

/** A cgroup can't be removed while a process is in it: with it goes the last container. */
async function existing(names: readonly string[]): Promise<string[]> {
  const hierarchies = await readdir('/sys/fs/cgroup');
  return hierarchies
    .flatMap((hierarchy) => names.map((name) => `/sys/fs/cgroup/${hierarchy}/${name}`))
    .filter((path) => existsSync(path));
}
