import { copyFile, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { leash, release, removeAtEnd } from './leash.ts';
import { collect, run } from './output.ts';

/** Programs to be built out of one published Go module. */
export interface GoPrograms {
  readonly module: string;
  /** Without its leading `v`. */
  readonly version: string;
  /** Main packages; each becomes an executable called like its last element. */
  readonly packages: readonly string[];
  /** String variables set at link time. */
  readonly variables: Readonly<Record<string, string>>;
  /** The Go release that the module needs where it is newer than what is installed, e.g. `go1.27.3`. */
  readonly toolchain?: string;
  /** Build tags. */
  readonly tags?: readonly string[];
  /** Files of ours that are built with the module's sources: by their path in it, where they are. */
  readonly additions?: Readonly<Record<string, string>>;
}

/**
 * Builds `programs` into `folder`; each file appears only when all are complete. The module's own
 * go.sum is what its dependencies are checked against, as in a release build. Rejects, with what
 * to do about it, when Go is missing or refuses.
 */
export async function buildPrograms(programs: GoPrograms, folder: string): Promise<void> {
  // Below the destination: renaming is atomic only within one file system.
  const workshop = await mkdtemp(join(folder, '.build-'));
  const janitor = removeAtEnd(workshop);
  try {
    const source = await downloadModule(programs, workshop);
    const main = programs.additions
      ? await copyWithAdditions(source, programs.additions, workshop)
      : await requireModule(programs, source, workshop);
    const variables = Object.entries(programs.variables).map(
      ([name, value]) => `-X ${name}=${value}`,
    );
    const linker = ['-s', '-w', ...variables].join(' ');
    const built = join(workshop, 'bin');
    const tags = `-tags=${(programs.tags ?? []).join(',')}`;
    const flags = ['-mod=mod', '-trimpath', tags, '-ldflags', linker, '-o', `${built}/`];
    await go(programs, ['build', ...flags, ...programs.packages], main);
    for (const name of programs.packages.map((path) => basename(path))) {
      await rename(join(built, name), join(folder, name));
    }
  } finally {
    await release(janitor);
  }
}

/** A published Go module; `version` without its leading `v`, or `latest`. */
interface PublishedModule {
  readonly module: string;
  readonly version: string;
  readonly toolchain?: string;
}

/** Where the sources of a module are, and which version they are, without its leading `v`. */
export async function sourcesOf(
  wanted: PublishedModule,
): Promise<{ folder: string; version: string }> {
  const version = wanted.version === 'latest' ? 'latest' : `v${wanted.version}`;
  const args = ['mod', 'download', '-json', `${wanted.module}@${version}`];
  const workshop = await mkdtemp(join(tmpdir(), 'eni-config-guard-'));
  const janitor = removeAtEnd(workshop);
  try {
    const { Dir, Version } = JSON.parse(await go(wanted, args, workshop)) as Source;
    return { folder: Dir, version: Version.replace(/^v/, '') };
  } finally {
    await release(janitor);
  }
}

/** Copies a file of the programs' module, below its root, to `destination`. */
export async function copyFromModule(
  programs: GoPrograms,
  path: string,
  destination: string,
): Promise<void> {
  const workshop = await mkdtemp(join(dirname(destination), '.copy-'));
  const janitor = removeAtEnd(workshop);
  try {
    const { Dir } = await downloadModule(programs, workshop);
    await copyFile(join(Dir, path), join(workshop, 'copy'));
    await rename(join(workshop, 'copy'), destination);
  } finally {
    await release(janitor);
  }
}

/** What `go mod download -json` says of a module in the module cache. */
interface Source {
  readonly Dir: string;
  readonly GoMod: string;
  readonly Version: string;
}

async function downloadModule(programs: GoPrograms, cwd: string): Promise<Source> {
  const args = ['mod', 'download', '-json', `${programs.module}@v${programs.version}`];
  return JSON.parse(await go(programs, args, cwd)) as Source;
}

/** What `go mod edit -json` prints, as far as it is needed. */
interface GoMod {
  readonly Go: string;
  readonly Replace: readonly { Old: ModulePath; New: ModulePath }[] | null;
}
interface ModulePath {
  readonly Path: string;
  readonly Version?: string;
}

/** A copy of the module's sources with files of ours beside them; returns its folder. */
async function copyWithAdditions(
  source: Source,
  additions: Readonly<Record<string, string>>,
  workshop: string,
): Promise<string> {
  const copy = join(workshop, 'module');
  // The module cache is read only, and so would be what is copied out of it with its modes.
  const args = ['-r', '--no-preserve=mode', source.Dir, copy];
  const { code, stderr } = await run('cp', args);
  if (code !== 0) throw new Error(`copying ${source.Dir} failed: ${stderr.trim()}`);
  for (const [path, file] of Object.entries(additions)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await copyFile(file, join(copy, path));
  }
  return copy;
}

/** Makes the workshop a main module that requires the programs' module; returns its folder. */
async function requireModule(
  programs: GoPrograms,
  source: Source,
  workshop: string,
): Promise<string> {
  await writeFile(join(workshop, 'go.mod'), await buildModule(programs, source, workshop));
  await copyFile(join(source.Dir, 'go.sum'), join(workshop, 'go.sum'));
  return workshop;
}

/** The text of that main module, with the replacements of the required one restated. */
async function buildModule(programs: GoPrograms, source: Source, cwd: string): Promise<string> {
  const text = await go(programs, ['mod', 'edit', '-json', source.GoMod], cwd);
  const goMod = JSON.parse(text) as GoMod;
  const words = ({ Path, Version }: ModulePath) => [Path, ...(Version ? [Version] : [])].join(' ');
  return [
    'module conformance',
    `go ${goMod.Go}`,
    `require ${programs.module} v${programs.version}`,
    ...(goMod.Replace ?? []).map(({ Old, New }) => `replace ${words(Old)} => ${words(New)}`),
    '',
  ].join('\n');
}

/** What a shell returns for a program that it can't find. */
const NOT_FOUND = 127;

async function go(
  programs: PublishedModule,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const name = `${basename(programs.module)} ${programs.version}`;
  const { code, stdout, stderr } = await collect(
    leash('go', args, { cwd, env: environment(cwd, programs.toolchain) }),
  );
  if (code === 0) return stdout;
  if (code === NOT_FOUND) {
    throw new Error(
      `${name} must be built from source, and there is no "go" on PATH. Install Go 1.26 or newer.`,
    );
  }
  const lastLines = (stderr + stdout).trimEnd().split('\n').slice(-15).join('\n');
  throw new Error(
    `building ${name} failed (go ${args[0] ?? ''} exited with ${code}):\n${lastLines}\n` +
      'Check that Go is new enough, its module proxy is reachable and the disk has room.',
  );
}

/** A workspace, flags or a cross-compiling shell around the checkout must not decide the build. */
function environment(temporaryFolder: string, toolchain: string | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...(toolchain === undefined ? {} : { GOTOOLCHAIN: toolchain }),
    CGO_ENABLED: '0',
    GOWORK: 'off',
    GOFLAGS: '-buildvcs=false',
    GOOS: '',
    GOARCH: '',
    GOTMPDIR: temporaryFolder,
  };
}
