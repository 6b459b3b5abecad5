import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../../support/output.ts';

/** What a container of an image starts, where nothing else is said. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly env?: readonly string[];
}

/**
 * Packs a folder as an image of one layer, of these names, in the format that `docker save` writes;
 * returns the archive's path, below `workshop`. Only root owns what is inside.
 */
export async function packImage(
  workshop: string,
  root: string,
  names: readonly string[],
  { entrypoint, env = [] }: ImageConfig,
): Promise<string> {
  const folder = await mkdtemp(join(workshop, 'image-'));
  await mkdir(join(folder, 'archive'));
  await tar(root, join(folder, 'layer.tar'));
  const layer = await sha256(join(folder, 'layer.tar'));
  await rename(join(folder, 'layer.tar'), join(folder, 'archive', `${layer}.tar`));
  const config = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: entrypoint, Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...env] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
  });
  const configFile = `${createHash('sha256').update(config).digest('hex')}.json`;
  await writeFile(join(folder, 'archive', configFile), config);
  const manifest = [{ Config: configFile, RepoTags: names, Layers: [`${layer}.tar`] }];
  await writeFile(join(folder, 'archive', 'manifest.json'), JSON.stringify(manifest));
  const archive = join(folder, 'image.tar');
  await tar(join(folder, 'archive'), archive);
  return archive;
}

async function tar(folder: string, file: string): Promise<void> {
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  const args = ['--create', ...owner, '--directory', folder, '--file', file, '.'];
  const { code, stderr } = await run('tar', args);
  if (code !== 0) throw new Error(`tar failed: ${stderr.trim()}`);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
