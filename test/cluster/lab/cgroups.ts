import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { atEnd } from '../../support/leash.ts';

const SCRIPT = fileURLToPath(new URL('cgroups.sh', import.meta.url));
const HIERARCHIES = '/sys/fs/cgroup';
/** A cgroup of this hierarchy takes no process before these say where it may run. */
const PLACEMENT = ['cpuset.cpus', 'cpuset.mems'];

/**
 * Makes a cgroup of this name in every hierarchy (cgroup v1), below which a kubelet keeps its pods'.
 * They go with this process, with all below them, and when the returned janitor is released.
 */
export async function makeCgroups(name: string): Promise<ChildProcess> {
  const janitor = atEnd(SCRIPT, name);
  for (const hierarchy of await readdir(HIERARCHIES)) {
    const parent = join(HIERARCHIES, hierarchy);
    await mkdir(join(parent, name));
    for (const file of hierarchy === 'cpuset' ? PLACEMENT : []) {
      await writeFile(join(parent, name, file), await readFile(join(parent, file)));
    }
  }
  return janitor;
}
