import { chmod, copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { buildah, command, imageCache, remove } from './builder.ts';

/**
 * The base image of these tests. No registry need be reachable: what `node:24-slim` would be is
 * assembled here from Debian's packages (debootstrap) and npm's (`node`, which this process runs
 * on, and `npm`), with the same things at the same places.
 */

const NPM_MAJOR = 11;

/** Name of the base image in the store of these tests, after assembling it if need be. */
export async function baseImage(): Promise<string> {
  const name = `localhost/node-for-tests:${process.versions.node}`;
  if ((await buildah(['images', '--quiet', '--filter', `reference=${name}`])) !== '') return name;

  const workshop = await mkdtemp(join(imageCache(), 'base-'));
  try {
    const root = join(workshop, 'root');
    process.stderr.write('image: assembling the base image from Debian and npm packages, once\n');
    await command('debootstrap', ['--variant=minbase', await debianRelease(), root]);
    await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
    await chmod(join(root, 'usr/local/bin/node'), 0o755);
    const prefix = join(root, 'usr/local');
    await command('npm', ['install', '--global', '--prefix', prefix, `npm@${NPM_MAJOR}`]);
    const lines = ['FROM scratch', 'COPY root/ /', ...(await extraCertificates(root))];
    await writeFile(join(workshop, 'Dockerfile'), `${lines.join('\n')}\n`);
    await buildah(['build', '--tag', name, '.'], workshop);
  } finally {
    await remove(workshop);
  }
  return name;
}

/** The release that this machine runs, whose archive it can reach: `bookworm`. */
async function debianRelease(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  const name = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
  if (name === undefined || !/^ID=debian$/m.test(release)) {
    throw new Error('The base image is assembled with debootstrap on Debian, and this is none.');
  }
  return name;
}

/** Where npm needs certificates of its own to reach its registry, it needs them in there, too. */
async function extraCertificates(root: string): Promise<string[]> {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  if (file === undefined) return [];
  await copyFile(file, join(root, 'etc/extra-ca.pem'));
  return ['ENV NODE_EXTRA_CA_CERTS=/etc/extra-ca.pem'];
}
