import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { run } from '../support/output.ts';
import { cacheFolder } from '../support/program-cache.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Stryker makes the mutants; its own runners, which start a process a mutant, are not needed. */
const VERSION = '10.0.0';
const STRYKER = cacheFolder('stryker', VERSION);
const INSTRUMENTER = join(STRYKER, 'node_modules/@stryker-mutator/instrumenter/dist/src/index.js');

/** A small change in a source; `id` is what switches it on. */
export interface Mutant {
  readonly id: string;
  readonly file: string;
  readonly mutator: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly original: string;
  readonly replacement: string;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** As far as it is needed: what Stryker's instrumenter takes and gives, positions from 0. */
interface Instrumenter {
  instrument(
    files: readonly { name: string; content: string; mutate: boolean }[],
    options: { plugins: null; excludedMutations: readonly []; ignorers: readonly [] },
  ): Promise<{
    files: readonly { name: string; content: string }[];
    mutants: readonly {
      id: string;
      fileName: string;
      mutatorName: string;
      replacement: string;
      location: { start: Position; end: Position };
    }[];
  }>;
}

/** The sources of the engine, by their paths in the project, in order. */
async function engineFiles(): Promise<string[]> {
  return (await readdir(join(ROOT, 'src/engine'), { recursive: true }))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/engine/${name}`)
    .sort();
}

/**
 * Writes the engine's sources with all mutants in them, each behind a switch, as JavaScript below
 * `folder`. Whenever the original of a mutant is reached, `__reached__[id]` grows by one.
 */
export async function instrument(folder: string): Promise<Mutant[]> {
  if (!existsSync(INSTRUMENTER)) await install();
  // eslint-disable-next-line architecture/imports -- a program of the cache, none of the project's
  const { Instrumenter } = (await import(pathToFileURL(INSTRUMENTER).href)) as {
    Instrumenter: new (logger: object) => Instrumenter;
  };
  const quiet = { debug: ignore, info: ignore, warn: ignore, isDebugEnabled: () => false };
  const texts = new Map<string, string>();
  for (const name of await engineFiles()) {
    texts.set(name, await readFile(join(ROOT, name), 'utf8'));
  }
  const files = [...texts].map(([name, content]) => ({ name, content, mutate: true }));
  const options = { plugins: null, excludedMutations: [], ignorers: [] } as const;
  const result = await new Instrumenter(quiet).instrument(files, options);
  for (const { name, content } of result.files) {
    const script = stripTypeScriptTypes(content)
      .replace(COUNTER, `function $1() {\n${COUNT}\n}\n$2`)
      .replace(COUNTED, (call) => call.replaceAll('"', ''));
    await write(join(folder, name), script);
  }
  return result.mutants.map(({ id, fileName, mutatorName, replacement, location }) => ({
    id,
    file: fileName,
    mutator: mutatorName,
    line: location.start.line + 1,
    column: location.start.column + 1,
    original: between(texts.get(fileName)!, location.start, location.end),
    replacement,
  }));
}

/** The function with which Stryker counts what is reached, up to the next one; ours is faster. */
const COUNTER = /function (stryCov_\w+)\(\) \{.*?\n\}\n(function )/s;
const COUNT = 'for (let i = 0; i < arguments.length; i++) __reached__[arguments[i]]++;';
const COUNTED = /stryCov_\w+\("[\d", ]*"\)/g;

const ignore = () => undefined;

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function between(text: string, start: Position, end: Position): string {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column);
  lines[0] = lines[0]!.slice(start.column);
  return lines.join('\n');
}

/** Into the cache: nothing of the project depends on it. */
async function install(): Promise<void> {
  await mkdir(STRYKER, { recursive: true });
  await writeFile(join(STRYKER, 'package.json'), '{"private": true}\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const name = `@stryker-mutator/instrumenter@${VERSION}`;
  const { code, stderr } = await run('npm', ['install', ...flags, name], { cwd: STRYKER });
  if (code !== 0) throw new Error(`npm can't install Stryker: ${stderr.trim()}`);
}
