import { chmod, copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../../support/output.ts';
import { packImage } from './image-archive.ts';

/** The image of the lab's own pods: busybox, which rests when it is told nothing else. */
export const BUSYBOX_IMAGE = 'busybox:lab';

/** As this image pods' sandboxes rest, too. */
const PAUSE_IMAGE = 'pause:lab';

const REST = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done";

/** Debian's busybox, linked statically, with a name for each of its commands. */
export async function addBusybox(root: string): Promise<void> {
  const folder = join(root, 'bin');
  await mkdir(folder, { recursive: true });
  const { stdout } = await run('busybox', ['which', 'busybox']);
  await copyFile(stdout.trim(), join(folder, 'busybox'));
  await chmod(join(folder, 'busybox'), 0o755);
  const { stdout: names } = await run('busybox', ['--list']);
  for (const name of names.trim().split('\n')) {
    if (name !== 'busybox') await symlink('busybox', join(folder, name));
  }
}

/** Packs the image; returns its archive. */
export async function packBusybox(workshop: string): Promise<string> {
  const root = join(workshop, 'busybox');
  await addBusybox(root);
  for (const folder of ['etc', 'proc', 'tmp', 'www']) await mkdir(join(root, folder));
  return packImage(workshop, root, [BUSYBOX_IMAGE, PAUSE_IMAGE], {
    entrypoint: ['sh', '-c', REST],
  });
}
