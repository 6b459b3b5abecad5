// Mutation testing of the engine: small changes are made to its sources, one at a time, and the unit
// tests must notice.
//
//   npm run test:mutation -- [--sample N] [--minutes N] [--seed S] [PATH...]
//
// Without --sample all mutants are tried, in an order drawn with --seed, until --minutes have passed
// since the tests ran without one: what was tried is a random sample either way. PATH: only those of files whose path begins so.
// SIGINT ends it earlier. Prints every survivor, every mutant that had to be stopped, and the score with the interval in which that of all mutants lies (95 %).
// Exit status 1 below 85 %, 2 when the call is unusable.
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';

import { type Mutant, ROOT, instrument } from './instrument.ts';
import { Pool } from './pool.ts';
import { intervalOf } from '../support/sample-interval.ts';

const SCORE_TO_REACH = 85;

/** Counts work on texts of a megabyte, which the counters of mutants make ten times as much. */
const BOUNDED_WORK = 'work/bounded-work.test.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
  },
});
const sample = Number(values.sample ?? Infinity);
const minutes = Number(values.minutes ?? Infinity);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if ([sample, minutes].some((given) => !(given > 0)) || !Number.isInteger(seed)) {
  process.stderr.write('usage: run.ts [--sample N] [--minutes N] [--seed S] [PATH...]\n');
  process.exit(2);
}

await mkdir(join(ROOT, '.tap'), { recursive: true });
const folder = await mkdtemp(join(ROOT, '.tap/mutation-'));
const pool = new Pool(folder, availableParallelism());
try {
  const all = (await instrument(folder)).filter(
    ({ file }) => positionals.length === 0 || positionals.some((path) => file.startsWith(path)),
  );
  const drawn = shuffled(all).slice(0, sample);
  print(`${all.length} mutants, ${drawn.length} drawn with --seed ${seed}`);
  await pool.cover(await testFiles());
  const end = new AbortController();
  process.once('SIGINT', () => end.abort());
  const timer = Number.isFinite(minutes)
    ? setTimeout(() => end.abort(), minutes * 60_000)
    : undefined;
  const fates = await pool.tryAll(drawn, end.signal, (mutant, fate) => {
    if (fate !== 'killed') print(describe(mutant, fate));
  });
  clearTimeout(timer);
  const tried = fates.length;
  const killed = fates.filter((fate) => fate === 'killed' || fate === 'timed out').length;
  const [low, high] = intervalOf(killed, tried, all.length).map((share) => percent(share));
  for (const fate of ['killed', 'timed out', 'survived', 'unreached'] as const) {
    print(`${fates.filter((one) => one === fate).length} ${fate}`);
  }
  print(
    `${killed} of ${tried} mutants were noticed: ${percent(killed / tried)} % ` +
      `(of all ${all.length}: ${low} to ${high} %)`,
  );
  process.exitCode = (100 * killed) / tried < SCORE_TO_REACH ? 1 : 0;
} finally {
  pool.end();
  await rm(folder, { recursive: true, force: true });
}

function shuffled(mutants: readonly Mutant[]): Mutant[] {
  const order = fc.shuffledSubarray([...mutants], { minLength: mutants.length });
  return fc.sample(order, { seed, numRuns: 1 })[0]!;
}

/** Those of the engine, but for one that replaces modules, which needs tap itself. */
async function testFiles(): Promise<string[]> {
  const names = (await readdir(join(ROOT, 'test/unit/engine'), { recursive: true }))
    .filter((name) => name.endsWith('.test.ts') && name !== BOUNDED_WORK)
    .map((name) => `test/unit/engine/${name}`)
    .sort();
  const texts = await Promise.all(names.map((name) => readFile(join(ROOT, name), 'utf8')));
  return names.filter((_, index) => !texts[index]!.includes('mockImport'));
}

function describe({ file, line, column, mutator, original, replacement }: Mutant, fate: string) {
  const [before, after] = [original, replacement].map((text) =>
    text.replace(/\s+/g, ' ').slice(0, 120),
  );
  return `${file}:${line}:${column} ${fate} ${mutator}: ${before} -> ${after}`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
