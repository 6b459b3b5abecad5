import { mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { leash, release, removeAtEnd } from './leash.ts';
import { collect, run } from './output.ts';
import type { Output } from './output.ts';
import type { Program } from './programs.ts';

const REMEDY =
  'Or set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver, kubectl and helm.';

/**
 * Builds a program from its Go module into the file `destination`, which appears only when complete.
 * Rejects, with what to do about it, when Go is missing or refuses.
 */
export async function buildProgram(program: Program, destination: string): Promise<void> {
  // A neighbour of the destination: renaming is atomic only within one file system.
  const folder = await mkdtemp(join(dirname(destination), `.${program.name}-`));
  const janitor = removeAtEnd(folder);
  try {
    const goMod = await moduleFile(program, folder);
    await writeFile(join(folder, 'go.mod'), buildModule(program, goMod));
    const built = join(folder, program.name);
    const flags = ['-mod=mod', '-trimpath', '-ldflags', linkerFlags(program, goMod)];
    const args = ['build', ...flags, '-o', built, program.package];
    const go = leash('go', args, { cwd: folder, env: goEnvironment(folder) });
    expectSuccess(program, await collect(go));
    await rename(built, destination);
  } finally {
    await release(janitor);
  }
}

/**
 * A main module that requires the program's module. Replacements inside a required module do not
 * count, so those that point into its own source tree are restated with the published modules.
 */
export function buildModule(program: Program, goMod: string): string {
  const goVersion = /^go \S+$/m.exec(goMod)?.[0] ?? '';
  return [
    'module controlplane',
    goVersion,
    `require ${program.module} ${program.version}`,
    ...stagingReplacements(program, goMod),
    '',
  ].join('\n');
}

// Kubernetes 1.x.y publishes the modules of its staging folder as v0.x.y.
function stagingReplacements(program: Program, goMod: string): string[] {
  const published = program.version.replace(/^v1\./, 'v0.');
  const staged = goMod.matchAll(/^(?:replace)?\s*(\S+) => \.\/staging\/\S+$/gm);
  return [...staged].map(([, path]) => `replace ${String(path)} => ${String(path)} ${published}`);
}

async function moduleFile(program: Program, folder: string): Promise<string> {
  const args = ['mod', 'download', '-json', `${program.module}@${program.version}`];
  const output = await run('go', args, { cwd: folder, env: goEnvironment(folder) }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error(
        `${program.name} must be built from source, and there is no "go" on PATH. Install Go. ${REMEDY}`,
      );
    },
  );
  expectSuccess(program, { ...output, stderr: output.stderr + output.stdout });
  const { GoMod } = JSON.parse(output.stdout) as { GoMod: string };
  return readFile(GoMod, 'utf8');
}

function goEnvironment(temporaryFolder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CGO_ENABLED: '0',
    // A workspace or a cross-compiling shell around the checkout must not decide what is built here.
    GOWORK: 'off',
    GOOS: '',
    GOARCH: '',
    GOTMPDIR: temporaryFolder,
  };
}

function linkerFlags(program: Program, goMod: string): string {
  const variables = Object.entries(program.variables(goMod));
  return ['-s', '-w', ...variables.map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}

function expectSuccess(program: Program, { code, stderr }: Output): void {
  if (code === 0) return;
  const lastLines = stderr.trimEnd().split('\n').slice(-15).join('\n');
  throw new Error(
    `building ${program.name} ${program.version} failed (go exited with ${String(code)}):\n${lastLines}\n` +
      `Check that Go is new enough, its module proxy is reachable and the disk has room. ${REMEDY}`,
  );
}
