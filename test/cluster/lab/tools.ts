import { access } from 'node:fs/promises';

import { run } from '../../support/output.ts';
import { installMissing } from '../../support/debian-packages.ts';

/** Commands that the lab and its nodes call, and the Debian package of each. */
const TOOLS = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
  iptables: 'iptables',
  conntrack: 'conntrack',
  runc: 'runc',
  busybox: 'busybox-static',
  jq: 'jq',
  faketime: 'faketime',
  wget: 'wget',
};

/**
 * Makes sure that nodes can be run here and that the commands for them are installed, with apt-get where
 * it exists. Rejects with a remedy; there is no lab without them.
 */
export async function installLabTools(): Promise<void> {
  const remedy =
    'Run these tests as root on Linux with cgroup v1, for example in a container with --privileged ' +
    `and the packages ${[...new Set(Object.values(TOOLS))].join(', ')}.`;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`Nodes take namespaces, mounts and cgroups, so root. ${remedy}`);
  }
  await access('/sys/fs/cgroup/cpuset/cpuset.cpus').catch(() => {
    throw new Error(`There is no cgroup v1 at /sys/fs/cgroup. ${remedy}`);
  });
  await installMissing(TOOLS, remedy);
  const { code, stderr } = await run('unshare', ['--net', '--mount', '--pid', '--fork', 'true']);
  if (code !== 0) throw new Error(`No namespace can be made: ${stderr.trim()}. ${remedy}`);
}
