import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Extras } from './dress.ts';
import type { Lab } from './lab.ts';

const FOLDER = '/var/lib/lab-clock';
const LIBRARY = 'libfaketimeMT.so.1';

/** A wall clock for the containers of pods, and nothing else: it can be set, and runs on from there. */
export interface Clock {
  /** What makes a container look at this clock. */
  readonly extras: Extras;
  /** Sets it forward from the real time; containers see it within a second. */
  set(seconds: number): Promise<void>;
}

/** A clock that is right at first. Timers follow another clock, which is left alone. */
export async function createClock(lab: Lab): Promise<Clock> {
  const folders = lab.workers.map(({ node }) => node.file(FOLDER));
  const library = await findLibrary();
  const set = async (seconds: number) => {
    for (const folder of folders) {
      await writeFile(join(folder, 'offset'), `+${String(seconds)}`);
      await chmod(join(folder, 'offset'), 0o644);
    }
  };
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    await copyFile(library, join(folder, LIBRARY));
  }
  await set(0);
  return {
    extras: {
      mounts: { '/clock': FOLDER },
      env: {
        LD_PRELOAD: `/clock/${LIBRARY}`,
        FAKETIME_TIMESTAMP_FILE: '/clock/offset',
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    },
    set,
  };
}

async function findLibrary(): Promise<string> {
  for (const name of await readdir('/usr/lib')) {
    const folder = join('/usr/lib', name, 'faketime');
    const files = await readdir(folder).catch((): string[] => []);
    if (files.includes(LIBRARY)) return join(folder, LIBRARY);
  }
  throw new Error('libfaketime is not installed: apt-get install faketime');
}
