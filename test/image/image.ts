import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { REPOSITORY } from '../support/program.ts';
import { buildah, command, imageCache, remove } from './builder.ts';

/** What a container runtime learns from an image. Source: OCI image specification, config. */
export interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Builds the repository's Dockerfile on `base`, as anyone would; npm's registry goes in as a secret. */
export async function buildImage(name: string, base: string): Promise<ImageConfig> {
  const workshop = await mkdtemp(join(imageCache(), 'build-'));
  try {
    const npmrc = join(workshop, 'npmrc');
    await writeFile(npmrc, `registry=${await command('npm', ['config', 'get', 'registry'])}\n`);
    const options = ['--build-arg', `NODE_IMAGE=${base}`, '--secret', `id=npmrc,src=${npmrc}`];
    await buildah(
      ['build', '--layers=false', '--force-rm', ...options, '--tag', name, '.'],
      REPOSITORY,
    );
  } finally {
    await remove(workshop);
  }
  const inspected = JSON.parse(await buildah(['inspect', '--type', 'image', name])) as {
    OCIv1: { config: ImageConfig };
  };
  return inspected.OCIv1.config;
}

/** Bytes that a node downloads: the image's layers and manifests, compressed as a registry's. */
export async function compressedBytes(name: string): Promise<number> {
  const folder = await mkdtemp(join(imageCache(), 'pushed-'));
  try {
    await buildah(['push', name, `oci:${folder}:image`]);
    const blobs = join(folder, 'blobs/sha256');
    const files = await readdir(blobs);
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(blobs, file))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } finally {
    await remove(folder);
  }
}
