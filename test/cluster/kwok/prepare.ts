// Gets what a crowd of nodes is made of before tests run that have a time limit.
import { findOrBuild, findOrBuildCluster } from '../controlplane/binaries.ts';
import { findOrBuildKwok } from './binary.ts';

try {
  const { version } = await findOrBuild();
  await findOrBuildCluster(version);
  await findOrBuildKwok();
  process.stderr.write('crowd: control plane, controllers and kwok are at hand\n');
} catch (error) {
  process.stderr.write(`crowd: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
