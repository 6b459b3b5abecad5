import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { run } from '../cluster/controlplane/output.ts';

/** Commands that tests call, and the Debian package of each. */
export type Tools = Readonly<Record<string, string>>;

/**
 * Makes sure that namespaces can be made here and that the commands are installed, with apt-get where
 * it exists. Rejects with a remedy. `purpose` begins the complaint: what needs namespaces.
 */
export async function installTools(purpose: string, tools: Tools): Promise<void> {
  const remedy =
    'Run these tests as root on Linux, for example in a container with --privileged and the ' +
    `packages ${packagesOf(Object.values(tools)).join(', ')}.`;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`${purpose}, so root is needed. ${remedy}`);
  }
  const missing = await missingPackages(tools);
  if (missing.length > 0) await install(missing, remedy);
  const { code, stderr } = await run('unshare', ['--net', '--mount', '--pid', '--fork', 'true']);
  if (code !== 0) throw new Error(`No namespace can be made: ${stderr.trim()}. ${remedy}`);
}

async function missingPackages(tools: Tools): Promise<string[]> {
  const missing: string[] = [];
  for (const [command, debianPackage] of Object.entries(tools)) {
    if (!(await isOnPath(command))) missing.push(debianPackage);
  }
  return packagesOf(missing);
}

const packagesOf = (names: readonly string[]) => [...new Set(names)];

async function isOnPath(command: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const checks = await Promise.allSettled(
    folders.map((folder) => access(join(folder, command), constants.X_OK)),
  );
  return checks.some((check) => check.status === 'fulfilled');
}

async function install(packages: readonly string[], remedy: string): Promise<void> {
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
