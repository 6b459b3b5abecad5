import { access, chmod, copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { buildah, command, imageCache, temporaryFolder } from './builder.ts';

/**
 * The base image of these tests. No registry need be reachable: what `node:24-slim` would be is
 * assembled here from Debian's packages (debootstrap) and npm's (`node`, which this process runs
 * on, and `npm`), with the same things at the same places.
 */

const NPM_MAJOR = 11;

/**
 * Puts the base image into `store` and returns its name. Between runs it is kept as an archive:
 * buildah 1.28, told to keep no layers, takes a base that is the whole of a stage for one of them,
 * and removes it after the build.
 */
export async function addBaseImage(store: string): Promise<string> {
  const archive = await baseArchive();
  const name = `localhost/node-for-tests:${process.versions.node}`;
  await buildah(store, ['tag', await buildah(store, ['pull', '--quiet', archive]), name]);
  return name;
}

/** Where the base image is kept, as containers' tools name it, after assembling it if need be. */
async function baseArchive(): Promise<string> {
  const file = join(imageCache(), `node-${process.versions.node}.tar`);
  const archive = `oci-archive:${file}`;
  if (await isFile(file)) return archive;

  const workshop = await temporaryFolder();
  try {
    const root = join(workshop.path, 'root');
    process.stderr.write('image: assembling the base image from Debian and npm packages, once\n');
    await command('debootstrap', ['--variant=minbase', await debianRelease(), root]);
    await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
    await chmod(join(root, 'usr/local/bin/node'), 0o755);
    const prefix = join(root, 'usr/local');
    await command('npm', ['install', '--global', '--prefix', prefix, `npm@${NPM_MAJOR}`]);
    const lines = ['FROM scratch', 'COPY root/ /', ...(await extraCertificates(root))];
    await writeFile(join(workshop.path, 'Dockerfile'), `${lines.join('\n')}\n`);
    await writeFile(join(workshop.path, '.dockerignore'), 'store\n');
    const store = join(workshop.path, 'store');
    await buildah(store, ['build', '--tag', 'base', '.'], workshop.path);
    const pushed = join(workshop.path, 'base.tar');
    await buildah(store, ['push', 'base', `oci-archive:${pushed}`]);
    await rename(pushed, file);
  } finally {
    await workshop.remove();
  }
  return archive;
}

const isFile = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The release that this machine runs, whose archive it can reach: `bookworm`. */
async function debianRelease(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  const name = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
  if (name === undefined || !/^ID=debian$/m.test(release)) {
    throw new Error(
      'The base image is assembled with debootstrap on Debian, and this is another system.',
    );
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
