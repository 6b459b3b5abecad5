import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { run } from './output.ts';

/**
 * Installs, with apt-get, the Debian packages of those commands that are not on PATH; `tools` names
 * the package of each command. Rejects with `remedy` where that can't be done.
 */
export async function installMissing(
  tools: Readonly<Record<string, string>>,
  remedy: string,
): Promise<void> {
  const missing: string[] = [];
  for (const [command, debianPackage] of Object.entries(tools)) {
    if (!(await isOnPath(command))) missing.push(debianPackage);
  }
  if (missing.length > 0) await install([...new Set(missing)], remedy);
}

async function isOnPath(command: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const checks = await Promise.allSettled(
    folders.map((folder) => access(join(folder, command), constants.X_OK)),
  );
  return checks.some((check) => check.status === 'fulfilled');
}

/** Installs Debian packages with apt-get; rejects with `remedy` where that can't be done. */
export async function install(packages: readonly string[], remedy: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [['update'], ['install', '--yes', '--no-install-recommends', ...packages]];
  for (const step of steps) {
    const output = await run('apt-get', step, { env }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error(`Missing: ${packages.join(', ')}, and there is no apt-get here. ${remedy}`);
    });
    if (output.code !== 0) {
      throw new Error(`apt-get ${step[0] ?? ''} failed: ${output.stderr.trim()}\n${remedy}`);
    }
  }
}
