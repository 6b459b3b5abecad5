// Finds or builds the programs of the control plane before tests run that have a time limit.
import { findOrBuild, findOrBuildHelm4 } from './binaries.ts';

try {
  const { version } = await findOrBuild();
  await findOrBuildHelm4(version);
  process.stderr.write(`control plane: Kubernetes ${version} is at hand\n`);
} catch (error) {
  process.stderr.write(`control plane: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
