/**
 * Runs the test files that these globs name, each in a process of its own, and prints one TAP stream with
 * tap's own closing line: `node scripts/test.ts GLOB...`. Exits 0 when all have passed.
 *
 * What the command `tap` does beyond that is kept from these files: it hooks itself into the loading of
 * every module, to know which files a coverage report or a watcher needs. That takes a third of the time
 * of a test file that loads the engine.
 */
import { globSync } from 'node:fs';
import { t } from 'tap';

/** One more than the two cores of CI's machine: some files wait for a server most of their time. */
const JOBS = 3;

/** Longer than a test file takes on a machine that is busy with other things. */
const TIMEOUT_SECONDS = 120;

const files = globSync(process.argv.slice(2)).toSorted();
if (files.length === 0) throw new Error(`no test file at ${process.argv.slice(2).join(' ')}`);

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
for (const file of files) {
  // The options are not shared: tap writes the name and the output of the file into them.
  const options = { buffered: true, timeout: TIMEOUT_SECONDS * 1000, env };
  void t.spawn(process.execPath, [file], options, file);
}
