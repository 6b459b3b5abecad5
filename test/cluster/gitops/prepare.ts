// Builds the engines of Argo CD and Flux before tests run that have a time limit.
import { findOrBuildArgocdEngine, findOrBuildFluxEngine } from './binaries.ts';

try {
  await findOrBuildArgocdEngine();
  await findOrBuildFluxEngine();
  process.stderr.write('gitops: the engines of Argo CD and Flux are at hand\n');
} catch (error) {
  process.stderr.write(`gitops: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
