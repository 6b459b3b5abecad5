import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withBuildLock } from './build-lock.ts';
import { run } from './output.ts';
import { cacheFolder } from './program-cache.ts';

/** The folder of the cache in whose node_modules this package is, after installing it if need be. */
export async function npmPackage(name: string, version: string): Promise<string> {
  return installOnce(cacheFolder('npm', name, version), async (folder) => {
    const project = { private: true, allowScripts: { [name]: true } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(project));
    await succeed('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], folder);
  });
}

/** A folder that `install` fills, told on stderr; it appears only when that is done. */
export async function installOnce(
  folder: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  const tell = (what: string) => process.stderr.write(`programs: ${what} ${folder}\n`);
  await withBuildLock(
    `${folder}.lock`,
    () => tell('waiting for another process that fills'),
    async () => {
      if (existsSync(folder)) return;
      tell('filling');
      const made = await mkdtemp(`${folder}-`);
      try {
        await install(made);
        await rename(made, folder);
      } finally {
        await rm(made, { recursive: true, force: true });
      }
    },
  );
  return folder;
}

/** Runs a program to its end in `cwd`; rejects with the end of what it wrote when it fails. */
export async function succeed(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<void> {
  const { code, stdout, stderr } = await run(program, args, { cwd });
  if (code === 0) return;
  throw new Error(`${program} ${args.join(' ')} failed:\n${(stdout + stderr).slice(-2000)}`);
}
