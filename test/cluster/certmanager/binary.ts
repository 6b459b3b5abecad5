import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findOrBuildPrograms, kindOf } from '../../support/program-cache.ts';

/** The release of cert-manager that the chart is tested with. */
export const CERT_MANAGER = { module: 'github.com/cert-manager/cert-manager', version: '1.21.2' };

const MAIN = fileURLToPath(new URL('main.go', import.meta.url));

/**
 * Finds cert-manager's controllers and injector, one program of ours over its packages, in the cache or
 * builds them: some minutes on two cores, once for each state of main.go. Rejects, with a remedy, when
 * that fails.
 */
export async function findOrBuildCertManager(): Promise<string> {
  const folder = await findOrBuildPrograms(await kindOf('cert-manager', [MAIN]), {
    ...CERT_MANAGER,
    packages: ['./cmd/cert-manager'],
    variables: {},
    additions: { 'cmd/cert-manager/main.go': MAIN },
  });
  return join(folder, 'cert-manager');
}
