// Gets what the tests of the installed chart need before they run side by side and have a time limit.
// Without root these tests fail and say so themselves; the other cluster tests do not need it.
import { findOrBuildPlugins } from '../../support/plugin-binaries.ts';
import { CLOCK_TOOLS } from './clock.ts';
import { installLabTools } from './tools.ts';

try {
  await installLabTools(CLOCK_TOOLS);
  for (const version of ['1.5.1', '1.9.1'] as const) await findOrBuildPlugins(version);
  process.stderr.write('lab: network tools and plugins are at hand\n');
} catch (error) {
  process.stderr.write(`lab: ${(error as Error).message}\n`);
}
