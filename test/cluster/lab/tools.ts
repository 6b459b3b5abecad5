import { run } from '../../support/output.ts';
import { installMissing } from '../../support/debian-packages.ts';

/** Commands that the lab calls, and the Debian package of each. */
const TOOLS = { unshare: 'util-linux', setpriv: 'util-linux', mount: 'mount', ip: 'iproute2' };

/**
 * Makes sure that namespaces can be made here and that the commands for them are installed, with
 * apt-get where it exists. Rejects with a remedy; there is no lab without them.
 */
export async function installLabTools(further: Readonly<Record<string, string>>): Promise<void> {
  const tools = { ...TOOLS, ...further };
  const remedy =
    'Run these tests as root on Linux, for example in a container with --privileged and the ' +
    `packages ${[...new Set(Object.values(tools))].join(', ')}.`;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`The installed chart is tested in a network of its own, so root. ${remedy}`);
  }
  await installMissing(tools, remedy);
  const { code, stderr } = await run('unshare', ['--net', '--mount', 'true']);
  if (code !== 0) throw new Error(`No namespace can be made: ${stderr.trim()}. ${remedy}`);
}
