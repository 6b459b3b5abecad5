import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { withBuildLock } from '../build-lock.ts';
import { release, removeAtEnd } from '../leash.ts';
import { run } from '../output.ts';
import { REPOSITORY } from '../program.ts';
import { cacheFolder } from '../program-cache.ts';
import { buildArchive } from './archive.ts';
import { prepareBuilder } from './builder.ts';

/**
 * The commit that users upgrade from: what was handed out last. No release has a tag yet; the first that
 * gets one takes this place.
 */
const LAST_RELEASE = '4cdf796a65fe8843e6a2686b15aedfcd36b7df91';

/** The name of its image, unlike that of the present one. */
export const LAST_IMAGE = 'eni-config-guard-last:0.1.0';

/** Paths of what the last release consists of. */
export interface Release {
  readonly chart: string;
  /** Of {@link LAST_IMAGE}, for container runtimes to import. */
  readonly archive: string;
}

/**
 * The last release, from the cache or built of the history of this repository, which takes some minutes and
 * npm's registry. Rejects, with a remedy, when the clone is without that history.
 */
export async function lastRelease(): Promise<Release> {
  await prepareBuilder();
  const folder = cacheFolder('last-release', LAST_RELEASE.slice(0, 12));
  await mkdir(folder, { recursive: true });
  const sources = join(folder, 'sources');
  await withBuildLock(
    join(folder, '.lock'),
    () => undefined,
    async () => {
      if (!existsSync(sources)) await checkOut(folder, sources);
    },
  );
  const archive = join(folder, 'image.tar');
  await buildArchive(archive, LAST_IMAGE, sources);
  return { chart: join(sources, 'charts/eni-config-guard'), archive };
}

/** Makes the folder `sources`, which appears only when complete. */
async function checkOut(folder: string, sources: string): Promise<void> {
  const workshop = await mkdtemp(join(folder, 'check-out-'));
  const janitor = removeAtEnd(workshop);
  try {
    const packed = join(workshop, 'packed.tar');
    const unpacked = join(workshop, 'unpacked');
    await mkdir(unpacked);
    await succeed('git', ['archive', '--output', packed, LAST_RELEASE]);
    await succeed('tar', ['--extract', '--file', packed, '--directory', unpacked]);
    await rename(unpacked, sources);
  } finally {
    await release(janitor);
  }
}

async function succeed(program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(program, args, { cwd: REPOSITORY });
  if (code === 0) return;
  throw new Error(
    `${program} failed: ${stderr.trim()}\nThe last release is built of the history of this repository: ` +
      'in a clone without it, git fetch --unshallow.',
  );
}
