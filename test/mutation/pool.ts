import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Mutant } from './instrument.ts';
import type { Covered, Task, Tried } from './worker.ts';

export type Fate = 'killed' | 'timed out' | 'survived' | 'unreached';

const WORKER = join(import.meta.dirname, 'worker.ts');
const PRELOAD = join(import.meta.dirname, 'preload.ts');

/** Too slow for a mutant, and what needs their results: they are not run. */
const LEFT_OUT: readonly string[] = [
  'the fixes for every field, name, value and shape',
  'the fixes of minified texts',
  'every rule was met, and carries edits where it can',
];

/** Of the cases of a property so many are tried. */
const FC_SHARE = '0.03';

/** Properties draw the same cases each time, so that what a mutant changes is all that changes. */
const FC_SEED = '1';

/** A worker that has used so much CPU for one mutant, beyond what its tests need, loops for ever. */
const CPU_SECONDS = 20;
/** And one that is idle for so long waits for ever. */
const IDLE_SECONDS = 60;
const LOOK_EVERY_MS = 500;

/**
 * For one mutant tests are run as long as these together take no more CPU time than this. What only
 * others would have noticed counts as a survivor.
 */
const TESTS_SECONDS = 5;

/** Of /proc/PID/stat: a second of CPU time. */
const TICKS_PER_SECOND = 100;

/** Processes that try mutants. */
export class Pool {
  private readonly folder: string;
  private readonly size: number;
  private files: readonly string[] = [];
  private covered: Covered = { tests: [], atLoad: [] };
  private atLoad: ReadonlySet<string> = new Set();
  /** How many mutants each test reaches: one that reaches few was written for these. */
  private reach: readonly number[] = [];
  private readonly children = new Set<ChildProcess>();
  /** How many mutants each file killed when all were tried: those with the most are tried first. */
  private readonly kills = new Map<string, number>();

  constructor(folder: string, size: number) {
    this.folder = folder;
    this.size = size;
  }

  /** Runs every test without a mutant. One that fails, for want of cases, is not run again. */
  async cover(files: readonly string[]): Promise<void> {
    const child = this.start();
    const answer = await this.ask(child, { kind: 'cover', files }, Infinity);
    this.stop(child);
    if (answer === 'timed out' || !('tests' in answer)) {
      throw new Error('the tests can not be loaded without a mutant');
    }
    this.covered = answer;
    for (const { file, name, error } of this.covered.tests) {
      if (error === undefined) continue;
      process.stderr.write(`left out, as it fails with few cases: ${file}: ${name}: ${error}\n`);
    }
    this.atLoad = new Set(this.covered.atLoad);
    this.reach = this.covered.tests.map(({ hits }) => Object.keys(hits).length);
    const cost = new Map(files.map((file) => [file, 0]));
    for (const { file, milliseconds } of this.covered.tests) {
      cost.set(file, cost.get(file)! + milliseconds);
    }
    this.files = [...files].sort((a, b) => cost.get(a)! - cost.get(b)!);
    const seconds = this.covered.tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    process.stderr.write(
      `${this.covered.tests.length} tests in ${Math.round(seconds / 1000)} s, ` +
        `${this.atLoad.size} mutants are reached at load\n`,
    );
  }

  /** Tries mutants in this order until `end`, and gives the fates of those that were tried. */
  async tryAll(
    mutants: readonly Mutant[],
    end: AbortSignal,
    onFate: (mutant: Mutant, fate: Fate) => void,
  ): Promise<Fate[]> {
    const fates: Fate[] = [];
    const queue = mutants[Symbol.iterator]();
    const work = async () => {
      let child: ChildProcess | undefined;
      for (const mutant of queue) {
        child ??= await this.startLoaded();
        const tried = await this.tryWarm(child, mutant);
        if (tried === 'timed out' || tried === 'spoilt') {
          this.stop(child);
          child = undefined;
        }
        const fate = this.isOpen(mutant, tried) ? await this.tryFresh(mutant) : (tried as Fate);
        fates.push(fate);
        onFate(mutant, fate);
        if (fates.length % 100 === 0) process.stderr.write(`${fates.length} tried\n`);
        if (end.aborted) break;
      }
      if (child) this.stop(child);
    };
    await Promise.all(Array.from({ length: this.size }, work));
    return fates;
  }

  end(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }

  /** Whether only a process says more in which the mutant is on from the beginning. */
  private isOpen({ id }: Mutant, tried: Fate | 'spoilt'): boolean {
    if (tried === 'spoilt') return true;
    if (tried === 'survived') return this.atLoad.has(id);
    const isReached = this.atLoad.has(id) || this.covered.tests.some(({ hits }) => id in hits);
    return tried === 'unreached' && isReached;
  }

  /** In a process that has tried other mutants: the tests that reach it, of each file in turn. */
  private async tryWarm(child: ChildProcess, mutant: Mutant): Promise<Fate | 'spoilt'> {
    const { id } = mutant;
    let seconds = 0;
    const planned = this.inTurn(mutant).filter((index) => {
      const { milliseconds } = this.covered.tests[index]!;
      const fits = seconds + milliseconds / 1000 <= TESTS_SECONDS;
      if (fits) seconds += milliseconds / 1000;
      return fits;
    });
    if (planned.length === 0) return 'unreached';
    const tests = planned.map((index) => ({ index, hits: this.covered.tests[index]!.hits[id]! }));
    const answer = await this.ask(child, { kind: 'try', mutant: id, tests }, seconds);
    // A worker that has crashed is no longer there for others.
    if (answer === 'timed out' || child.exitCode !== null) return 'timed out';
    const { killer, isUnreached, isSpoilt } = answer as Tried;
    if (isSpoilt) return 'spoilt';
    if (killer !== undefined) return 'killed';
    return isUnreached ? 'unreached' : 'survived';
  }

  /**
   * The tests that reach a mutant: of each file the one that reaches fewest mutants, then of each the
   * next one. Else a table of a thousand writes would come before the few tests of one subject. Those
   * of the folder that is called as the source's come before all others.
   */
  private inTurn({ id, file: source }: Mutant): number[] {
    const byFile = new Map<string, number[]>();
    for (const [index, { file, hits, error }] of this.covered.tests.entries()) {
      if (!(id in hits) || error !== undefined) continue;
      const indices = byFile.get(file);
      if (indices) indices.push(index);
      else byFile.set(file, [index]);
    }
    const rounds: number[][] = [];
    for (const indices of byFile.values()) {
      indices.sort((a, b) => this.reach[a]! - this.reach[b]!);
      for (const [round, index] of indices.entries()) (rounds[round] ??= []).push(index);
    }
    const cost = (index: number) => this.covered.tests[index]!.milliseconds;
    const turns = rounds.flatMap((round) => round.sort((a, b) => cost(a) - cost(b)));
    const [, , part = ''] = source.split('/');
    const isBeside = (index: number) =>
      this.covered.tests[index]!.file.startsWith(`test/unit/engine/${part}/`);
    return [...turns.filter(isBeside), ...turns.filter((index) => !isBeside(index))];
  }

  /** In a process of its own, in which it is on from the beginning: all tests. */
  private async tryFresh({ id }: Mutant): Promise<Fate> {
    const child = this.start(id);
    let seconds = 0;
    const slow = [...this.covered.tests]
      .sort((a, b) => a.milliseconds - b.milliseconds)
      .filter(
        ({ milliseconds, error }) =>
          (seconds += milliseconds / 1000) > TESTS_SECONDS || error !== undefined,
      )
      .map(({ file, name }) => `${file}: ${name}`);
    const rank = (file: string) => -(this.kills.get(file) ?? 0);
    const files = [...this.files].sort((a, b) => rank(a) - rank(b));
    const answer = await this.ask(child, { kind: 'whole', files, slow }, TESTS_SECONDS);
    this.stop(child);
    if (answer === 'timed out') return answer;
    const { killer } = answer as Tried;
    if (killer === undefined) return 'survived';
    const [file] = killer.split(': ') as [string];
    this.kills.set(file, (this.kills.get(file) ?? 0) + 1);
    return 'killed';
  }

  private async startLoaded(): Promise<ChildProcess> {
    const child = this.start();
    // Tests have the same numbers in every process that loads the files in the same order.
    const files = new Set(this.covered.tests.map(({ file }) => file));
    await this.ask(child, { kind: 'load', files: [...files] }, Infinity);
    return child;
  }

  private start(mutant?: string): ChildProcess {
    const child = fork(WORKER, {
      // Ctrl-C is for this process only.
      detached: true,
      execArgv: ['--import', PRELOAD],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        FC_SEED,
        FC_SHARE,
        LEFT_OUT: JSON.stringify(LEFT_OUT),
        MUTANTS: this.folder,
        ...(mutant !== undefined && { __STRYKER_ACTIVE_MUTANT__: mutant }),
      },
    });
    this.children.add(child);
    return child;
  }

  private stop(child: ChildProcess): void {
    this.children.delete(child);
    child.kill('SIGKILL');
  }

  /** `seconds`: what the task takes without a mutant. A worker that crashes has noticed something. */
  private async ask(
    child: ChildProcess,
    task: Task,
    seconds: number,
  ): Promise<Covered | Tried | 'timed out'> {
    const ended = new AbortController();
    child.send(task);
    const answer = once(child, 'message', ended).then(([message]) => message as Covered | Tried);
    const crash = once(child, 'exit', ended).then((): Tried => ({ killer: 'crash' }));
    const limit = this.limit(child, CPU_SECONDS + 5 * seconds, ended.signal);
    try {
      return await Promise.race([answer, crash, limit]);
    } finally {
      ended.abort();
      for (const one of [answer, crash]) one.catch(() => undefined);
    }
  }

  /** Resolves when the worker has used too much CPU time, or has stood still for too long. */
  private limit(child: ChildProcess, seconds: number, signal: AbortSignal): Promise<'timed out'> {
    return new Promise((resolve) => {
      const begin = lookAt(child).seconds;
      let last = begin;
      let busyAt = performance.now();
      const timer = setInterval(() => {
        const { seconds: now, isRunnable } = lookAt(child);
        if (now > last || isRunnable) busyAt = performance.now();
        last = now;
        const isIdle = performance.now() - busyAt > IDLE_SECONDS * 1000;
        if (now - begin > seconds || isIdle) resolve('timed out');
      }, LOOK_EVERY_MS);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
      });
    });
  }
}

/**
 * How much CPU time a process has used, and whether it wants more; wall-clock time says nothing on a
 * busy machine.
 */
function lookAt({ pid }: ChildProcess): { seconds: number; isRunnable: boolean } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    return { seconds, isRunnable: fields[0] === 'R' };
  } catch {
    return { seconds: 0, isRunnable: false };
  }
}
