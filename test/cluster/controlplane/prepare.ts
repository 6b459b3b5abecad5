// Finds or builds what tests of a control plane run before they do: they have a time limit.
import { findOrBuildCertManager } from '../certmanager/binary.ts';
import { findOrBuild, findOrBuildControllerManager, findOrBuildHelm4 } from './binaries.ts';

try {
  const { version } = await findOrBuild();
  await findOrBuildHelm4(version);
  await findOrBuildControllerManager(version);
  await findOrBuildCertManager();
  process.stderr.write(`control plane: Kubernetes ${version} is at hand\n`);
} catch (error) {
  process.stderr.write(`control plane: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
