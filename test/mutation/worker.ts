// A process in which tests of the engine run with one mutant after the other switched on. Its parent
// sends it tasks and ends it; it answers each.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';

import { ROOT } from './instrument.ts';
import { gathered, runTest } from '../support/tap-stand-in.ts';

/** `cover` loads all files and runs each test once; `try` runs some of these with a mutant. */
export type Task =
  | { readonly kind: 'cover'; readonly files: readonly string[] }
  | { readonly kind: 'load'; readonly files: readonly string[] }
  | { readonly kind: 'try'; readonly mutant: string; readonly tests: readonly Planned[] }
  /** With a mutant that is on since this process began: file by file, but for tests of these names. */
  | { readonly kind: 'whole'; readonly files: readonly string[]; readonly slow: readonly string[] };

/** A test to run, and how often it reaches the mutant when all is well: far more is an endless loop. */
export interface Planned {
  readonly index: number;
  readonly hits: number;
}

/** What a run of all tests without a mutant shows. */
export interface Covered {
  readonly tests: readonly {
    readonly file: string;
    readonly name: string;
    /** CPU time. */
    readonly milliseconds: number;
    /** What went wrong; then mutation testing has nothing to stand on. */
    readonly error?: string;
    /** Mutants that it reaches, and how often. */
    readonly hits: Readonly<Record<string, number>>;
  }[];
  /** Mutants that are reached when the files are loaded. */
  readonly atLoad: readonly string[];
}

/** What became of a mutant. */
export interface Tried {
  /** The test that failed, or the file that could not be loaded. */
  readonly killer?: string;
  /** No test reached the mutant. */
  readonly isUnreached?: true;
  /** The test fails without the mutant as well by now: what an earlier mutant left behind stays. */
  readonly isSpoilt?: true;
}

/** What Stryker's switches look at, and our counters. */
interface Switch {
  activeMutant?: string | undefined;
  hitCount?: number;
  hitLimit?: number;
}
const shared = globalThis as { __stryker__?: Switch; __reached__?: Float64Array };
const mutantSwitch = (shared.__stryker__ ??= {});
const reached = shared.__reached__!;

/** Names of tests that are not run. */
const leftOut = JSON.parse(process.env.LEFT_OUT!) as string[];

const HITS_ALWAYS_ALLOWED = 1_000_000;

// A property that fails has done its work: no smaller counterexample is looked for.
fc.configureGlobal({ endOnFailure: true });

const tests: { readonly file: string; readonly name: string; readonly body: Body }[] = [];
type Body = (typeof gathered)[number]['body'];

process.on('disconnect', () => process.exit());
process.on('message', (task: Task) => {
  void answer(task).then((result) => process.send?.(result));
});

function answer(task: Task): Promise<Covered | Tried> {
  if (task.kind === 'cover') return cover(task.files);
  if (task.kind === 'whole') return tryWhole(task.files, new Set(task.slow));
  return task.kind === 'try' ? tryMutant(task.mutant, task.tests) : load(task.files);
}

async function load(files: readonly string[]): Promise<Tried> {
  for (const file of files) await gather(file);
  return {};
}

async function gather(file: string): Promise<void> {
  // eslint-disable-next-line architecture/imports -- test files, which are found by their names
  await import(pathToFileURL(join(ROOT, file)).href);
  for (const { name, body } of gathered.splice(0)) {
    if (!leftOut.includes(name)) tests.push({ file, name, body });
  }
}

async function cover(files: readonly string[]): Promise<Covered> {
  await load(files);
  const atLoad = Object.keys(reachedNow());
  const run = [];
  for (const { file, name, body } of tests) {
    reached.fill(0);
    const start = process.cpuUsage();
    const error = await failureOf(body);
    const { user, system } = process.cpuUsage(start);
    const milliseconds = (user + system) / 1000;
    const hits = reachedNow();
    run.push({ file, name, milliseconds, hits, ...(error !== undefined && { error }) });
  }
  return { tests: run, atLoad };
}

function reachedNow(): Record<string, number> {
  const hits: Record<string, number> = {};
  for (const [id, times] of reached.entries()) if (times > 0) hits[id] = times;
  return hits;
}

async function tryMutant(mutant: string, planned: readonly Planned[]): Promise<Tried> {
  let hits = 0;
  for (const { index, hits: usual } of planned) {
    const { body, file, name } = tests[index]!;
    mutantSwitch.activeMutant = mutant;
    mutantSwitch.hitCount = 0;
    mutantSwitch.hitLimit = HITS_ALWAYS_ALLOWED + 100 * usual;
    const error = await failureOf(body);
    hits += mutantSwitch.hitCount;
    mutantSwitch.activeMutant = undefined;
    if (error === undefined) continue;
    const isSpoilt = (await failureOf(body)) !== undefined;
    return { killer: `${file}: ${name}`, ...(isSpoilt && { isSpoilt }) };
  }
  return hits === 0 ? { isUnreached: true } : {};
}

async function tryWhole(files: readonly string[], slow: ReadonlySet<string>): Promise<Tried> {
  mutantSwitch.hitCount = 0;
  mutantSwitch.hitLimit = 100 * HITS_ALWAYS_ALLOWED;
  for (const file of files) {
    const first = tests.length;
    try {
      await gather(file);
    } catch {
      return { killer: file };
    }
    for (const { name, body } of tests.slice(first)) {
      if (slow.has(`${file}: ${name}`)) continue;
      if ((await failureOf(body)) !== undefined) return { killer: `${file}: ${name}` };
    }
  }
  return {};
}

async function failureOf(body: Body): Promise<string | undefined> {
  try {
    await runTest(body);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
