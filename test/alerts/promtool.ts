import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { withBuildLock } from '../support/build-lock.ts';
import { collect, type Output } from '../support/output.ts';
import { leash } from '../support/leash.ts';
import { buildPrograms } from '../support/go-module.ts';

const MODULE = 'github.com/prometheus/prometheus';
/** Prometheus 3.16.0 as a Go module. */
const VERSION = '0.316.0';

/**
 * The real promtool: from the user's cache, or built from its Go module, which takes one or two
 * minutes once. Rejects, with a remedy, when that fails.
 */
export async function findOrBuildPromtool(): Promise<string> {
  const cacheHome = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cacheHome, 'eni-config-guard', 'prometheus', VERSION);
  const promtool = join(folder, 'promtool');
  if (await isExecutable(promtool)) return promtool;

  await mkdir(folder, { recursive: true });
  const onWait = () => tell(`waiting for another process that builds promtool in ${folder}`);
  await withBuildLock(join(folder, '.lock'), onWait, async () => {
    if (await isExecutable(promtool)) return;
    tell(`building promtool ${VERSION} from source, once, into ${folder} (minutes)`);
    await buildPrograms(
      {
        module: MODULE,
        version: VERSION,
        packages: [`${MODULE}/cmd/promtool`],
        variables: {},
        // Rules are checked without the clients of every cloud's service discovery.
        tags: ['remove_all_sd'],
      },
      folder,
    );
  });
  return promtool;
}

/** Runs promtool to its end. */
export async function promtool(args: readonly string[], cwd: string): Promise<Output> {
  return collect(
    leash(await findOrBuildPromtool(), args, { cwd, env: { PATH: process.env.PATH } }),
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

// stderr: tap owns stdout.
function tell(line: string): void {
  process.stderr.write(`alerts: ${line}\n`);
}
