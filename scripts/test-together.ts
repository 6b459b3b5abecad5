/**
 * Runs the test files that TEST_FILES names, one a line, one after the other in this process. Each is a
 * subtest of its own name, and what it imports as tap is that subtest.
 *
 * This saves the start of Node.js, tap's library and the first slow runs of the engine for all files but
 * one. It suits tests of code that keeps nothing from one call to the next. TAP_TIMEOUT, in seconds,
 * holds for each file.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Test, t } from 'tap';

/** The subtests, by the URLs of their files. */
const subtests = new Map<string, Test>();

/** What a stand-in for tap calls. */
export const subtestOf = (file: string) => subtests.get(file);

const STAND_IN = 'tap-of:';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'tap' && context.parentURL !== undefined && subtests.has(context.parentURL)
      ? { url: STAND_IN + context.parentURL, shortCircuit: true }
      : next(specifier, context),
  load(url, context, next) {
    if (!url.startsWith(STAND_IN)) return next(url, context);
    const file = JSON.stringify(url.slice(STAND_IN.length));
    const source = `
      import { subtestOf } from ${JSON.stringify(import.meta.url)};
      export const t = subtestOf(${file});
      export default t;`;
    return { format: 'module', source, shortCircuit: true };
  },
});

const files = process.env.TEST_FILES?.split('\n') ?? [];
const timeout = Number(process.env.TAP_TIMEOUT ?? 30) * 1000;
t.setTimeout(0);
// One that does not get its turn, as another has ended the process, fails the run.
t.plan(files.length);
for (const file of files) {
  void t.test(file, { at: null, timeout }, async (t) => {
    const { href } = pathToFileURL(file);
    subtests.set(href, t);
    // eslint-disable-next-line architecture/imports -- test files, which are found by their names
    await import(href);
    if (t.idle && t.count === 0) t.fail('no test in this file');
  });
}
