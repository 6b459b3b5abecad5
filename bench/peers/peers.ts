import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGE_FLAGS } from '../../test/support/image-flags.ts';
import { npmPackage } from '../../test/support/npm-package.ts';
import { findOrBuildPrograms } from '../../test/support/program-cache.ts';
import { CONFIGURATION } from '../samples.ts';

const PEPR = '1.1.4';
const CONTROLLER_RUNTIME = '0.25.2';

/** A webhook to be measured. */
export interface Peer {
  /** As its webhook configurations are called. */
  readonly key: string;
  /** Where the eni-config is that it judges. */
  readonly namespace: string;
  /** As the table names it. */
  readonly name: string;
  /** What the table says of its check. */
  readonly judges: string;
  /** The program with its arguments, listening at this port. */
  readonly command: (port: number) => readonly string[];
  readonly paths: { readonly validate: string; readonly mutate: string };
}

/** The key of the peer that all are compared with. */
export const GO = 'controller-runtime';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PATHS = { validate: '/validate', mutate: '/mutate' };

const JUDGES = 'two texts, first entry';

/**
 * All peers, with the certificate in `directory` and what they are made of in the cache; rejects, with a
 * remedy, where that can't be had.
 */
export async function findOrBuildPeers(directory: string): Promise<readonly Peer[]> {
  const [go, pepr] = [await goPeer(), await npmPackage('pepr', PEPR)];
  const node =
    (file: string, ...more: readonly string[]) =>
    (port: number) => [process.execPath, here(file), directory, String(port), ...more];
  return [
    {
      key: 'bare',
      name: `node:https, Node.js ${process.versions.node}`,
      namespace: 'peer-bare',
      judges: JUDGES,
      command: node('bare/server.ts'),
      paths: PATHS,
    },
    {
      key: 'fastify',
      name: `fastify ${versionOf('../../node_modules/fastify')}`,
      namespace: 'peer-fastify',
      judges: JUDGES,
      command: node('fastify/server.ts'),
      paths: PATHS,
    },
    {
      key: 'pepr',
      name: `Pepr ${PEPR}`,
      namespace: 'peer-pepr',
      judges: JUDGES,
      command: node('pepr/server.ts', pepr),
      paths: { validate: '/validate/peer', mutate: '/mutate/peer' },
    },
    {
      key: GO,
      name: `controller-runtime ${CONTROLLER_RUNTIME}, Go`,
      namespace: 'peer-go',
      judges: JUDGES,
      command: (port) => [go, directory, String(port)],
      paths: PATHS,
    },
    builtGuard(directory),
  ];
}

/** The built guard, started as its image starts it, with facts from its configuration. */
export function builtGuard(directory: string): Peer {
  const config = join(directory, 'config.yaml');
  writeFileSync(config, `${CONFIGURATION}tls: { directory: ${directory} }\n`);
  const serve = [...IMAGE_FLAGS, here('../../dist/main.js'), 'serve', '--config', config];
  return {
    key: 'guard',
    name: 'eni-config-guard',
    namespace: 'kube-system',
    judges: 'all rules',
    command: (port) => [process.execPath, ...serve, '--port', String(port)],
    paths: PATHS,
  };
}

function versionOf(folder: string): string {
  const text = readFileSync(join(here(folder), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Built in the module of controller-runtime, and so with the dependencies of its release. */
async function goPeer(): Promise<string> {
  const source = here('controller-runtime/main.go');
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const folder = await findOrBuildPrograms(join('peers', 'controller-runtime', digest), {
    module: 'sigs.k8s.io/controller-runtime',
    version: CONTROLLER_RUNTIME,
    packages: ['./webhook-peer'],
    variables: {},
    additions: { 'webhook-peer/main.go': source },
  });
  return join(folder, 'webhook-peer');
}
