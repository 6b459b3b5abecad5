// Builds the binaries and installs the tools before tests run that have a time limit.
import { findOrBuild, findOrBuildPluginJudges } from '../support/plugin-binaries.ts';
import { PLUGIN_RELEASES } from '../support/plugin-releases.ts';
import { installNetworkTools } from './sandbox/tools.ts';

try {
  await installNetworkTools();
  await findOrBuild();
  for (const release of PLUGIN_RELEASES) await findOrBuildPluginJudges(release);
  process.stderr.write('plugins: binaries and network tools are at hand\n');
} catch (error) {
  process.stderr.write(`plugins: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
