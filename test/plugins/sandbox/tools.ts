import { installTools } from '../../support/tools.ts';

/** Commands that the sandbox and the plugins call, and the Debian package of each. */
const TOOLS = {
  unshare: 'util-linux',
  ip: 'iproute2',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  nft: 'nftables',
};

/** See {@link installTools}; there is no test of real plugins without them. */
export async function installNetworkTools(): Promise<void> {
  await installTools('Real CNI plugins need network namespaces of their own', TOOLS);
}
