import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { REPOSITORY } from '../program.ts';
import { buildah, command } from './builder.ts';

/** What a container runtime learns from an image. Source: OCI image specification, config. */
export interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/**
 * Builds the Dockerfile of the repository, or of a copy of it, in `store`, as anyone would; what npm's
 * registry is goes in as a secret.
 */
export async function buildImage(
  store: string,
  name: string,
  base: string,
  sources = REPOSITORY,
): Promise<void> {
  const npmrc = join(store, 'npmrc');
  await writeFile(npmrc, `registry=${await command('npm', ['config', 'get', 'registry'])}\n`);
  const options = ['--build-arg', `NODE_IMAGE=${base}`, '--secret', `id=npmrc,src=${npmrc}`];
  const build = ['build', '--layers=false', ...options, '--tag', name, '.'];
  await buildah(store, build, sources);
}

/** Puts the image of an archive, as `docker save` writes it, into `store` under this name. */
export async function loadImage(
  store: string,
  archive: string,
  name: string,
): Promise<ImageConfig> {
  const id = await buildah(store, ['pull', '--quiet', `docker-archive:${archive}`]);
  await buildah(store, ['tag', id, name]);
  const inspected = JSON.parse(await buildah(store, ['inspect', '--type', 'image', name])) as {
    OCIv1: { config: ImageConfig };
  };
  return inspected.OCIv1.config;
}

/** Bytes that a node downloads: the image's layers and manifests, compressed as a registry's. */
export async function compressedBytes(store: string, name: string): Promise<number> {
  const folder = join(store, 'pushed');
  await buildah(store, ['push', name, `oci:${folder}:image`]);
  const blobs = join(folder, 'blobs/sha256');
  const files = await readdir(blobs);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(blobs, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
