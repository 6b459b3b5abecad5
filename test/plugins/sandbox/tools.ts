import { run } from '../../support/output.ts';
import { installMissing } from '../../support/debian-packages.ts';

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
  await installMissing(TOOLS, REMEDY);
  const { code, stderr } = await run('unshare', ['--net', '--mount', '--pid', '--fork', 'true']);
  if (code !== 0) throw new Error(`No namespace can be made: ${stderr.trim()}. ${REMEDY}`);
}
