/**
 * Runs the test files that these globs name, each in a process of its own, or with --together those of a
 * folder in one process after the other: `node scripts/test.ts [--together] GLOB...`. Prints one TAP
 * stream with tap's own closing line, and exits 0 when all have passed.
 *
 * What the command `tap` does beyond that is kept from these files: it hooks itself into the loading of
 * every module, to know which files a coverage report or a watcher needs. That takes a third of the time
 * of a test file that loads the engine.
 */
import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { t } from 'tap';

/** One more than the two cores of CI's machine: some files wait for a server most of their time. */
const JOBS = 3;

/** Longer than a test file takes with all its cases on a machine that is busy with other things. */
const TIMEOUT_SECONDS = 120;

const TOGETHER = fileURLToPath(new URL('test-together.ts', import.meta.url));

const { values, positionals: globs } = parseArgs({
  options: { together: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const files = globSync(globs).toSorted();
if (files.length === 0) throw new Error(`no test file at ${globs.join(' ')}`);

t.jobs = JOBS;
t.setTimeout(0);
const env = {
  // A part of the cases of properties and sweeps; `npm run test:coverage` tries them all.
  FC_SHARE: '0.2',
  SWEEP_STEP: '7',
  ...process.env,
  // tap's own counting of coverage costs time, and takes from c8 what c8 is there to count.
  _TAPJS_PROCESSINFO_COVERAGE_: '0',
  // A file gives up by itself after this.
  TAP_TIMEOUT: String(TIMEOUT_SECONDS),
};

/** Runs a script that is one test file, or that runs all of these. */
function run(name: string, script: string, all: readonly string[]) {
  // The options are not shared: tap writes the name and the output of the script into them.
  const options = {
    buffered: true,
    timeout: TIMEOUT_SECONDS * 1000 * all.length,
    env: { ...env, TEST_FILES: all.join('\n') },
  };
  void t.spawn(process.execPath, [script], options, name);
}

if (values.together) {
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    const inFolder = files.filter((file) => dirname(file) === folder);
    run(folder, TOGETHER, inFolder);
  }
} else {
  for (const file of files) run(file, file, [file]);
}
