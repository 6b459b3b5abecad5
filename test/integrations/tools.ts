import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { installOnce, npmPackage, succeed } from '../support/npm-package.ts';
import { cacheFolder, findOrBuildPrograms } from '../support/program-cache.ts';

/** The programs that the guard is tried with; each is fetched once into the user's cache. */

const PRE_COMMIT_VERSION = '4.7.0';
const LANGUAGE_SERVER_VERSION = '2.0.0';
const KREW_VERSION = '0.4.3';

/** The oldest Node.js that package.json says the program runs on. */
export const OLDEST_NODE = `${manifest.engines.node.replace('>=', '')}.0`;

/** The last release before those. */
export const UNFIT_NODE = '18.20.8';

/** krew, built from its Go module. */
export async function krew(): Promise<string> {
  const folder = await findOrBuildPrograms('krew', {
    module: 'sigs.k8s.io/krew',
    version: KREW_VERSION,
    packages: ['sigs.k8s.io/krew/cmd/krew'],
    variables: {},
  });
  return join(folder, 'krew');
}

/** The `node` of {@link OLDEST_NODE}, as npm has it. */
export async function oldestNode(): Promise<string> {
  return join(await npmPackage('node', OLDEST_NODE), 'node_modules/node/bin/node');
}

/** A `node` that is too old, as npm has it. */
export async function unfitNode(): Promise<string> {
  return join(await npmPackage('node', UNFIT_NODE), 'node_modules/node/bin/node');
}

/** The main file of yaml-language-server. */
export async function languageServer(): Promise<string> {
  const name = 'yaml-language-server';
  const folder = await npmPackage(name, LANGUAGE_SERVER_VERSION);
  return join(folder, 'node_modules', name, 'bin', name);
}

/** pre-commit, as pip has it. */
export async function preCommit(): Promise<string> {
  const folder = await installOnce(cacheFolder('pre-commit', PRE_COMMIT_VERSION), async (made) => {
    await succeed('python3', ['-m', 'venv', 'venv'], made);
    const wanted = `pre-commit==${PRE_COMMIT_VERSION}`;
    await succeed('venv/bin/pip', ['install', '--quiet', wanted], made);
  });
  // Its own script holds the path that the folder had while it was made.
  return join(folder, 'venv/bin/python');
}
