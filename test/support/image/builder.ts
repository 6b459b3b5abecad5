import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

import { leash, release, removeAtEnd } from '../leash.ts';
import { collect } from '../output.ts';
import { installMissing } from '../debian-packages.ts';
import { cacheFolder } from '../program-cache.ts';

/**
 * The builder: buildah as Debian packages it, which needs no daemon, no user namespace (chroot
 * isolation) and no overlay file system (vfs storage), so it works inside a plain container.
 */

const TOOLS = { buildah: 'buildah', debootstrap: 'debootstrap' };
const REMEDY =
  `Run the image's tests as root on Debian, or install ${Object.values(TOOLS).join(' and ')} ` +
  'yourself.';

/** Where the base image is kept between runs, and whatever one run needs. */
export const imageCache = () => cacheFolder('image');

/** Makes sure that images can be built here. Rejects with a remedy; nothing is tested without. */
export async function prepareBuilder(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`Building an image takes chroot and mounts, so root on Linux. ${REMEDY}`);
  }
  await installMissing(TOOLS, REMEDY);
  await mkdir(imageCache(), { recursive: true });
}

/** A folder that goes with this process, or when the returned function is called. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(imageCache(), 'run-'));
  const janitor = removeAtEnd(path);
  return { path, remove: () => release(janitor) };
}

/** The command line of buildah on a store of images and containers in `store`, a folder. */
export function buildahArguments(store: string, args: readonly string[]): string[] {
  const folders = ['--root', join(store, 'root'), '--runroot', join(store, 'run')];
  return [...folders, '--storage-driver', 'vfs', ...args];
}

/** Runs buildah to its end and returns what it printed; rejects with its last lines. */
export async function buildah(store: string, args: readonly string[], cwd?: string) {
  return command('buildah', buildahArguments(store, args), cwd);
}

/** Runs a program to its end and returns what it printed; rejects with its last lines. */
export async function command(
  program: string,
  args: readonly string[],
  cwd?: string,
): Promise<string> {
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' };
  const child = leash(program, args, { env, ...(cwd !== undefined && { cwd }) });
  const { code, stdout, stderr } = await collect(child);
  if (code === 0) return stdout.trim();
  const lastLines = (stdout + stderr).trimEnd().split('\n').slice(-20).join('\n');
  throw new Error(`${program} ${args.join(' ')} failed (exit ${code}):\n${lastLines}`);
}
