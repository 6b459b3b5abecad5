import { join } from 'node:path';

import { leash } from '../support/leash.ts';
import { type Output, collect } from '../support/output.ts';
import { findOrBuildPrograms } from '../support/program-cache.ts';

const MODULE = 'github.com/prometheus/prometheus';
/** Prometheus 3.16.0 as a Go module. */
const VERSION = '0.316.0';

/**
 * The real promtool: from the user's cache, or built from its Go module, which takes one or two
 * minutes once. Rejects, with a remedy, when that fails.
 */
export async function findOrBuildPromtool(): Promise<string> {
  const folder = await findOrBuildPrograms('prometheus', {
    module: MODULE,
    version: VERSION,
    packages: [`${MODULE}/cmd/promtool`],
    variables: {},
    // Rules are checked without the clients of every cloud's service discovery.
    tags: ['remove_all_sd'],
  });
  return join(folder, 'promtool');
}

/** Runs promtool to its end. */
export async function promtool(args: readonly string[], cwd: string): Promise<Output> {
  return collect(
    leash(await findOrBuildPromtool(), args, { cwd, env: { PATH: process.env.PATH } }),
  );
}
