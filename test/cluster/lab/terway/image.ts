import { chmod, copyFile, cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findOrBuildTerwayCli, findTerwayInit } from '../../../support/plugin-binaries.ts';
import { TERWAY_RELEASE } from '../../../support/plugin-releases.ts';
import { run } from '../../../support/output.ts';
import { addBusybox } from '../busybox-image.ts';
import { packImage } from '../image-archive.ts';

/** The image that the DaemonSet names, as Terway's own is called. */
export const TERWAY_IMAGE = `acs/terway:v${TERWAY_RELEASE}`;

const PLUGIN_SOURCE = fileURLToPath(new URL('stand-in.go', import.meta.url));

/** Terway's plugin is copied to the nodes by its init script; this one stands in for it. */
const PLUGIN = 'usr/bin/terway-stand-in-on-ptp';

/** terway-cli asks bpftool what the kernel can do; no more than the veth datapath is needed here. */
const BPFTOOL = '#!/bin/sh\necho "{}"\n';

/** No chain of the veth datapath calls it. */
const CILIUM_CNI = '#!/bin/sh\necho "stand-in for cilium-cni: nothing may call it" >&2\nexit 1\n';

/**
 * Stands in for Terway's daemon, of which only the last step of a start is needed: to put the chain
 * that the init container has made where the container runtime reads it.
 * Source: ensureCNIConfig in daemon/server.go of Terway 1.17.5.
 */
const DAEMON = `#!/bin/sh
set -eu
echo "stand-in for terwayd"
cp /etc/cni/net.d/10-terway.conflist /host-etc-net.d/10-terway.conflist
rm -f /host-etc-net.d/10-terway.conf
echo "write cni conf success"
trap 'exit 0' TERM
while :; do sleep 3600 & wait $!; done
`;

/**
 * Packs an image like Terway's: its own terway-cli and init script, and stand-ins for what works only in
 * Alibaba Cloud; returns its archive.
 */
export async function packTerway(workshop: string): Promise<string> {
  const root = join(workshop, 'terway');
  await addBusybox(root);
  for (const folder of ['etc', 'proc', 'tmp', 'usr/bin', 'usr/sbin', 'var/run', 'run']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await addProgram(root, 'jq', 'usr/bin/jq');
  await addIptables(root);
  await copyFile(await findOrBuildTerwayCli(), join(root, 'usr/bin/terway-cli'));
  await copyFile(await findTerwayInit(), join(root, 'usr/bin/init.sh'));
  await buildPlugin(join(root, PLUGIN));
  await symlink(PLUGIN.slice('usr/bin/'.length), join(root, 'usr/bin/terway'));
  const scripts = { bpftool: BPFTOOL, 'cilium-cni': CILIUM_CNI, 'terwayd-stand-in': DAEMON };
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(root, 'usr/bin', name), text);
  }
  for (const name of ['init.sh', ...Object.keys(scripts)]) {
    await chmod(join(root, 'usr/bin', name), 0o755);
  }
  return packImage(workshop, root, [TERWAY_IMAGE], { entrypoint: ['/usr/bin/terwayd-stand-in'] });
}

async function buildPlugin(file: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
  const args = ['build', '-trimpath', '-o', file, PLUGIN_SOURCE];
  const { code, stderr } = await run('go', args, { env });
  if (code !== 0) throw new Error(`the stand-in for Terway's plugin can't be built: ${stderr}`);
}

/** iptables as this machine has it, with its extensions. */
async function addIptables(root: string): Promise<void> {
  for (const name of ['iptables', 'ip6tables']) await addProgram(root, name, `usr/sbin/${name}`);
  const libraries = await librariesOf(await pathOf('iptables'));
  const [libxtables = ''] = libraries.filter((path) => path.includes('libxtables'));
  const extensions = join(
    '/usr',
    dirname(await realpath(libxtables)).replace(/^\/usr/, ''),
    'xtables',
  );
  await cp(extensions, join(root, extensions), { recursive: true });
}

async function addProgram(root: string, name: string, target: string): Promise<void> {
  const path = await pathOf(name);
  await copyFile(path, join(root, target));
  for (const library of await librariesOf(path)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await copyFile(library, join(root, library));
  }
}

async function pathOf(name: string): Promise<string> {
  const { code, stdout } = await run('busybox', ['which', name]);
  if (code !== 0) throw new Error(`${name} is not on PATH`);
  return realpath(stdout.trim());
}

/** The libraries that a program is linked to, as ldd finds them. */
async function librariesOf(path: string): Promise<string[]> {
  const { stdout } = await run('ldd', [path]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, library]) => library ?? '');
}
