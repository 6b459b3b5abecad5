// Finds or builds promtool before tests run that have a time limit.
import { findOrBuildPromtool } from './promtool.ts';

try {
  await findOrBuildPromtool();
} catch (error) {
  process.stderr.write(`alerts: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
