import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { withBuildLock } from '../../test/support/build-lock.ts';
import { run } from '../../test/support/output.ts';
import { cacheFolder, findOrBuildPrograms } from '../../test/support/program-cache.ts';
import { ROOT } from './data.ts';
import { workflowFiles } from './fill.ts';

const ACTIONLINT = 'github.com/rhysd/actionlint';
const ACTIONLINT_VERSION = '1.7.12';
const ZIZMOR_VERSION = '1.32.0';

/**
 * What actionlint (errors) and zizmor (ways to be attacked) say of the workflows, a line for each.
 * actionlint is built from its Go module, zizmor comes from PyPI; both are kept in the cache.
 */
export async function workflowComplaints(): Promise<string[]> {
  const cwd = fileURLToPath(ROOT);
  const actionlint = await run(await findOrBuildActionlint(), workflowFiles(), { cwd });
  const args = ['--offline', '--no-progress', '--quiet', '.github'];
  const zizmor = await run(await findOrInstallZizmor(), args, { cwd });
  return [actionlint, zizmor].flatMap(({ code, stdout, stderr }) =>
    code === 0 ? [] : `${stdout}${stderr}`.trim().split('\n'),
  );
}

async function findOrBuildActionlint(): Promise<string> {
  const folder = await findOrBuildPrograms('actionlint', {
    module: ACTIONLINT,
    version: ACTIONLINT_VERSION,
    packages: [`${ACTIONLINT}/cmd/actionlint`],
    variables: {},
  });
  return join(folder, 'actionlint');
}

async function findOrInstallZizmor(): Promise<string> {
  const folder = cacheFolder('zizmor', ZIZMOR_VERSION);
  const program = join(folder, 'bin/zizmor');
  if (existsSync(program)) return program;
  await must('python3', ['-m', 'venv', folder]);
  await withBuildLock(
    join(folder, '.lock'),
    () => undefined,
    async () => must(join(folder, 'bin/pip'), ['install', '--quiet', `zizmor==${ZIZMOR_VERSION}`]),
  );
  return program;
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr.trim()}`);
}
