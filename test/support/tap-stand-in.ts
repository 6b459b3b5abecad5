// What the tests of the engine need of tap, to be run again and again in one process: the tests of a
// file are gathered when it is loaded, and one ends with its first failure.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** How tap compares; found as tap finds it. */
type Compare = (found: unknown, wanted: unknown) => { readonly match: boolean };
const { same, strict, match } = createRequire(import.meta.resolve('tap'))('tcompare') as Record<
  'same' | 'strict' | 'match',
  Compare
>;

type Body = (t: Test) => unknown;

class Failure extends Error {}

/** tap's comparison writes out both sides, which takes its time; of most it is plain that they are equal. */
const isEqual = (found: unknown, wanted: unknown, compare: Compare) =>
  isDeepStrictEqual(found, wanted) || compare(found, wanted).match;

/** One run of a test. */
class Test {
  private failure: Failure | undefined;
  private readonly atEnd: (() => unknown)[] = [];

  /** Resolves when nothing failed; a failure counts even where the test caught it. */
  async run(body: Body): Promise<void> {
    try {
      await body(this);
      if (this.failure) throw this.failure;
    } finally {
      for (const tidy of this.atEnd.reverse()) await tidy();
    }
  }

  async test(_name: string, body: Body): Promise<void> {
    try {
      await new Test().run(body);
    } catch (error) {
      this.fail(String(error));
    }
  }

  end(): void {
    // A test ends when its function does.
  }

  comment(): void {
    // Printed for readers only.
  }

  setTimeout(): void {
    // The parent of the worker looks at the time.
  }

  teardown(tidy: () => unknown): void {
    this.atEnd.push(tidy);
  }

  testdir(files: Readonly<Record<string, string>> = {}): string {
    const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
    this.teardown(() => rmSync(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }

  fail(message: string): never {
    this.failure = new Failure(message);
    throw this.failure;
  }

  pass(): boolean {
    return true;
  }

  ok(value: unknown, message = 'ok'): boolean {
    return Boolean(value) || this.fail(message);
  }

  notOk(value: unknown, message = 'notOk'): boolean {
    return !value || this.fail(message);
  }

  equal(found: unknown, wanted: unknown, message = 'equal'): boolean {
    return found === wanted || this.fail(message);
  }

  not(found: unknown, wanted: unknown, message = 'not'): boolean {
    return found !== wanted || this.fail(message);
  }

  same(found: unknown, wanted: unknown, message = 'same'): boolean {
    return isEqual(found, wanted, same) || this.fail(message);
  }

  strictSame(found: unknown, wanted: unknown, message = 'strictSame'): boolean {
    return isEqual(found, wanted, strict) || this.fail(message);
  }

  match(found: unknown, wanted: unknown, message = 'match'): boolean {
    return match(found, wanted).match || this.fail(message);
  }

  notMatch(found: unknown, wanted: unknown, message = 'notMatch'): boolean {
    return !match(found, wanted).match || this.fail(message);
  }

  doesNotThrow(call: () => unknown): boolean {
    call();
    return true;
  }

  throws(call: () => unknown, expect?: unknown): boolean {
    try {
      call();
    } catch (error) {
      return this.isExpected(error, expect);
    }
    return this.fail('throws');
  }

  async rejects(call: Promise<unknown> | (() => Promise<unknown>), expect?: unknown) {
    try {
      await (typeof call === 'function' ? call() : call);
    } catch (error) {
      return this.isExpected(error, expect);
    }
    return this.fail('rejects');
  }

  private isExpected(error: unknown, expect: unknown): boolean {
    if (expect === undefined) return true;
    return expect instanceof RegExp
      ? this.match((error as Error).message, expect)
      : this.match(error, expect);
  }
}

/** The tests of the files that were loaded since this was last emptied. */
export const gathered: { readonly name: string; readonly body: Body }[] = [];

/** What stands for the file as a whole: it gathers tests, and checks at once what stands outside of them. */
class File extends Test {
  override async test(name: string, body: Body): Promise<void> {
    gathered.push({ name, body });
  }
}

export const runTest = (body: Body): Promise<void> => new Test().run(body);
export type { Test };
const t = new File();
export default t;
