import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { run } from '../../cluster/controlplane/output.ts';

/** Commands that the sandbox and the plugins call, and the Debian package of each. */
const TOOLS = {
  unshare: 'util-linux',
  ip: 'iproute2',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  nft: 'nftables',
};

const REMEDY =
  'Run the plugin tests as root on Linux, for example in a container with --privileged and the ' +
  `packages ${[...new Set(Object.values(TOOLS))].join(', ')}.`;

/**
 * Makes sure that network namespaces can be made here and that the commands for them are
 * installed, with apt-get where it exists. Rejects with a remedy; there is no test without them.
 */
export async function installNetworkTools(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`Real CNI plugins need network namespaces of their own, so root. ${REMEDY}`);
  }
  const missing = await missingPackages();
  if (missing.length > 0) await install(missing);
  const { code, stderr } = await run('unshare', ['--net', '--mount', '--pid', '--fork', 'true']);
  if (code !== 0) throw new Error(`No namespace can be made: ${stderr.trim()}. ${REMEDY}`);
}

async function missingPackages(): Promise<string[]> {
  const missing: string[] = [];
  for (const [command, debianPackage] of Object.entries(TOOLS)) {
    if (!(await isOnPath(command))) missing.push(debianPackage);
  }
  return [...new Set(missing)];
}

async function isOnPath(command: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const checks = await Promise.allSettled(
    folders.map((folder) => access(join(folder, command), constants.X_OK)),
  );
  return checks.some((check) => check.status === 'fulfilled');
}

async function install(packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [['update'], ['install', '--yes', '--no-install-recommends', ...packages]];
  for (const step of steps) {
    const output = await run('apt-get', step, { env }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error(`Missing: ${packages.join(', ')}, and there is no apt-get here. ${REMEDY}`);
    });
    if (output.code !== 0) {
      throw new Error(`apt-get ${step[0] ?? ''} failed: ${output.stderr.trim()}\n${REMEDY}`);
    }
  }
}
