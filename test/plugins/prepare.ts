// Builds the binaries and installs the tools before tests run that have a time limit.
import { findOrBuild } from '../support/plugin-binaries.ts';
import { installNetworkTools } from './sandbox/tools.ts';

try {
  await installNetworkTools();
  await findOrBuild();
  process.stderr.write('plugins: binaries and network tools are at hand\n');
} catch (error) {
  process.stderr.write(`plugins: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
