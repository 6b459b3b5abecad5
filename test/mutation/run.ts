// Mutation testing of the engine: small changes are made to its sources, one at a time, and the unit
// tests must notice. A whole run takes many hours, so a sample of files is drawn.
//
//   npm run test:mutation -- [FILES | PATH...]
//
// FILES is how many files of src/engine are drawn (3 without it; FC_SEED repeats a draw); or their
// paths are given. Prints the score of what was run and every survivor. Exit status 1 below 85 %.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

import { run } from '../support/output.ts';
import { cacheFolder } from '../support/program-cache.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The tap runner asks for exactly this release of Stryker; neither is needed for anything else. */
const STRYKER_VERSION = '10.0.0';
const STRYKER = cacheFolder('stryker', STRYKER_VERSION);
const MODULES = join(STRYKER, 'node_modules/@stryker-mutator');

const DEFAULT_FILES = 3;
const SCORE_TO_REACH = 85;

/** What Stryker's JSON report says, as far as it is needed. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}
interface Mutant {
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

const args = process.argv.slice(2);
const engine = (await readdir(join(ROOT, 'src/engine'), { recursive: true }))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/engine/${name}`)
  .sort();
const files = args.some((arg) => arg.includes('/'))
  ? args
  : drawn(Number(args[0] ?? DEFAULT_FILES));
print(`${files.length} of ${engine.length} files: ${files.join(', ')}`);
if (!existsSync(join(MODULES, 'core'))) await install();
const { killed, all, survivors } = await mutate();
for (const survivor of survivors) print(survivor);
const score = (100 * killed) / Math.max(all, 1);
print(`${killed} of ${all} mutants were noticed: ${score.toFixed(1)} %`);
process.exitCode = score < SCORE_TO_REACH ? 1 : 0;

function drawn(count: number): string[] {
  const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
  print(`drawn with FC_SEED=${seed}`);
  const subarray = fc.shuffledSubarray(engine, { minLength: count, maxLength: count });
  return fc.sample(subarray, { seed, numRuns: 1 }).flat();
}

/** Into the cache: nothing of the project depends on it. */
async function install(): Promise<void> {
  await mkdir(STRYKER, { recursive: true });
  await writeFile(join(STRYKER, 'package.json'), '{"private": true}\n');
  const packages = ['core', 'tap-runner'].map(
    (name) => `@stryker-mutator/${name}@${STRYKER_VERSION}`,
  );
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, stderr } = await run('npm', ['install', ...flags, ...packages], { cwd: STRYKER });
  if (code !== 0) throw new Error(`npm can't install Stryker: ${stderr.trim()}`);
}

async function mutate(): Promise<{ killed: number; all: number; survivors: readonly string[] }> {
  await mkdir(join(ROOT, '.tap'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.tap/mutation-'));
  try {
    const report = join(folder, 'report.json');
    const config = join(folder, 'stryker.json');
    await writeFile(config, JSON.stringify(settings(folder, report)));
    const stryker = join(MODULES, 'core/bin/stryker.js');
    // The runner starts the tests with the Node that it finds first.
    const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
    const { code, stdout, stderr } = await run(process.execPath, [stryker, 'run', config], {
      cwd: ROOT,
      env: { ...process.env, PATH },
    });
    if (!existsSync(report)) {
      throw new Error(`Stryker ended with ${code} and no report:\n${stdout}${stderr}`);
    }
    return counted(JSON.parse(await readFile(report, 'utf8')) as Report);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function settings(folder: string, report: string): object {
  return {
    testRunner: 'tap',
    plugins: [join(MODULES, 'tap-runner/dist/src/index.js')],
    mutate: files,
    tap: {
      testFiles: ['test/unit/engine/**/*.test.ts'],
      forceBail: true,
      nodeArgs: ['-r', '{{hookFile}}', '{{testFile}}'],
    },
    coverageAnalysis: 'perTest',
    concurrency: availableParallelism(),
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 20,
    disableTypeChecks: false,
    reporters: ['json'],
    jsonReporter: { fileName: report },
    tempDirName: join(folder, 'sandbox'),
    // Node strips types by itself; without a file of this name no configuration is rewritten.
    tsconfigFile: 'none.json',
    ignorePatterns: ['dist', 'certs'],
    allowConsoleColors: false,
  };
}

/** An endless loop is noticed as well; what can't run (a mutant that is no program) does not count. */
function counted({ files: mutated }: Report) {
  const survivors: string[] = [];
  let killed = 0;
  for (const [file, { mutants }] of Object.entries(mutated)) {
    for (const { status, mutatorName, replacement, location } of mutants) {
      if (status === 'Killed' || status === 'Timeout') killed += 1;
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      const { line, column } = location.start;
      survivors.push(`${file}:${line}:${column} ${status} ${mutatorName}: ${replacement}`);
    }
  }
  return { killed, all: killed + survivors.length, survivors };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
