import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Extras } from './pod.ts';

/** Command that the clock needs, and its Debian package. */
export const CLOCK_TOOLS = { faketime: 'faketime' };

/** A wall clock for the containers of pods, and nobody else: it can be set, and runs on from there. */
export interface Clock {
  /** What makes a container look at this clock. */
  readonly extras: Extras;
  /** Sets it forward from the real time; containers see it within a second. */
  set(seconds: number): Promise<void>;
}

/** A clock that is right at first. Timers follow another clock, which is left alone. */
export async function createClock(plane: ControlPlane): Promise<Clock> {
  const folder = join(plane.dir, 'clock');
  const file = join(folder, 'offset');
  await mkdir(folder);
  const set = async (seconds: number) => {
    await writeFile(file, `+${String(seconds)}`);
    await chmod(file, 0o644);
  };
  await set(0);
  return {
    extras: {
      mounts: [[folder, '/clock', 'ro']],
      env: {
        LD_PRELOAD: await library(),
        FAKETIME_TIMESTAMP_FILE: '/clock/offset',
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    },
    set,
  };
}

async function library(): Promise<string> {
  for (const name of await readdir('/usr/lib')) {
    const folder = join('/usr/lib', name, 'faketime');
    const files = await readdir(folder).catch((): string[] => []);
    if (files.includes('libfaketimeMT.so.1')) return join(folder, 'libfaketimeMT.so.1');
  }
  throw new Error('libfaketime is not installed: apt-get install faketime');
}
