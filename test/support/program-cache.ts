import { createHash } from 'node:crypto';
import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

import { withBuildLock } from './build-lock.ts';
import { type GoPrograms, buildPrograms } from './go-module.ts';

/** Where programs and images that took time to make are kept between runs, below the user's cache. */
export function cacheFolder(...names: readonly string[]): string {
  const cacheHome = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cacheHome, 'eni-config-guard', ...names);
}

/** A kind of programs for each state of files of ours that they are built with. */
export async function kindOf(name: string, files: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const file of files) digest.update(await readFile(file));
  return join(name, digest.digest('hex').slice(0, 12));
}

/**
 * The folder of the cache, called `kind` and the release, that holds these programs, after building
 * what is missing, told on stderr. Rejects, with a remedy, when that fails.
 */
export async function findOrBuildPrograms(kind: string, programs: GoPrograms): Promise<string> {
  const folder = cacheFolder(kind, programs.version);
  const files = programs.packages.map((path) => join(folder, basename(path)));
  if (await areExecutable(files)) return folder;

  await mkdir(folder, { recursive: true });
  const onWait = () => tell(`waiting for another process that builds ${kind} in ${folder}`);
  await withBuildLock(join(folder, '.lock'), onWait, async () => {
    if (await areExecutable(files)) return;
    tell(`building ${kind} ${programs.version} from source, once, into ${folder}`);
    const start = performance.now();
    await buildPrograms(programs, folder);
    const seconds = Math.round((performance.now() - start) / 1000);
    tell(`built ${kind} ${programs.version} in ${String(seconds)} s`);
  });
  return folder;
}

async function areExecutable(files: readonly string[]): Promise<boolean> {
  const checks = await Promise.allSettled(files.map((file) => access(file, constants.X_OK)));
  return checks.every((check) => check.status === 'fulfilled');
}

// stderr: tap owns stdout.
function tell(line: string): void {
  process.stderr.write(`programs: ${line}\n`);
}
