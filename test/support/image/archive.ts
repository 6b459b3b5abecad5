import { createHash } from 'node:crypto';
import { readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { withBuildLock } from '../build-lock.ts';
import { REPOSITORY } from '../program.ts';
import { addBaseImage } from './base.ts';
import { buildah, imageCache, prepareBuilder, temporaryFolder } from './builder.ts';
import { buildImage } from './image.ts';

/** The name of the image in the archive; the chart's own, so that a release needs no value. */
export const GUARD_IMAGE = 'eni-config-guard:0.1.0';

/** What a build reads besides the Dockerfile, as .dockerignore has it. */
const INPUTS = [
  'package.json',
  'package-lock.json',
  'LICENSE',
  'tsconfig.json',
  'scripts',
  'src',
  'docs/rules',
];
/** How many archives are kept besides those that another run may be about to read. */
const KEPT = 4;
const IN_USE_MS = 60 * 60 * 1000;

/**
 * The guard's image as an archive that container runtimes import: from the cache when one of the same
 * sources is there, else built from the Dockerfile, which takes a minute or two. Rejects with a remedy.
 */
export async function guardArchive(): Promise<string> {
  await prepareBuilder();
  const file = join(imageCache(), `guard-${await fingerprint()}.tar`);
  await buildArchive(file, GUARD_IMAGE, REPOSITORY, removeOldest);
  const now = new Date();
  await utimes(file, now, now);
  return file;
}

/** Writes the archive `file` unless it is there: an image of this name, built from these sources. */
export async function buildArchive(
  file: string,
  image: string,
  sources: string,
  tidy: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await withBuildLock(
    join(imageCache(), '.guard-lock'),
    () => undefined,
    async () => {
      if (await isFile(file)) return;
      process.stderr.write(`image: building ${image} from its Dockerfile\n`);
      const store = await temporaryFolder();
      try {
        const name = `localhost/${image}`;
        await buildImage(store.path, name, await addBaseImage(store.path), sources);
        const pushed = join(store.path, 'image.tar');
        await buildah(store.path, ['push', name, `docker-archive:${pushed}:${image}`]);
        await rename(pushed, file);
      } finally {
        await store.remove();
      }
      await tidy();
    },
  );
}

/** A hash of all that the image is made of. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of ['Dockerfile', '.dockerignore', ...(await filesOf(INPUTS))]) {
    hash.update(`${file}\0`).update(await readFile(join(REPOSITORY, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if ((await stat(join(REPOSITORY, path))).isFile()) found.push(path);
    else if (path !== 'src/generated') {
      const names = await readdir(join(REPOSITORY, path));
      found.push(...(await filesOf(names.map((name) => `${path}/${name}`))));
    }
  }
  return found.sort();
}

async function removeOldest(): Promise<void> {
  const names = (await readdir(imageCache())).filter((name) => /^guard-\w+\.tar$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(imageCache(), name);
      return { path, used: (await stat(path)).mtimeMs };
    }),
  );
  files.sort((a, b) => b.used - a.used);
  const unused = files.slice(KEPT).filter(({ used }) => used < Date.now() - IN_USE_MS);
  await Promise.all(unused.map(async ({ path }) => rm(path, { force: true })));
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
