import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { GUARD_IMAGE } from '../../support/image/archive.ts';
import { run } from '../../support/output.ts';
import { findOrBuildPrograms } from '../../support/program-cache.ts';
import { waitFor } from '../../support/wait.ts';
import { Daemon } from '../controlplane/daemon.ts';
import { freePorts } from '../controlplane/ports.ts';
import type { Lab } from './lab.ts';
import { CONTROL_PLANE_ADDRESS } from './network.ts';
import { REGISTRIES_FOLDER } from './node-configs.ts';
import type { Worker } from './worker.ts';

const MODULE = 'github.com/google/go-containerregistry';
const VERSION = '0.22.1';

/** The name by which nodes know the registry; no such host exists. */
export const REGISTRY = 'registry.example.com';
const [REPOSITORY_NAME = '', TAG = ''] = GUARD_IMAGE.split(':');

/** Path of crane, which is a registry and pushes to one; found or built. */
export const findOrBuildCrane = async (): Promise<string> =>
  join(
    await findOrBuildPrograms('crane', {
      module: MODULE,
      version: VERSION,
      packages: [`${MODULE}/cmd/crane`],
      variables: {},
    }),
    'crane',
  );

/** A registry of images in the lab's network, from which nodes pull by the name {@link REGISTRY}. */
export class ImageRegistry {
  readonly #crane: string;
  readonly #address: string;
  readonly #daemon: Daemon;
  readonly #log: string;

  private constructor(crane: string, address: string, dir: string) {
    this.#crane = crane;
    this.#address = address;
    this.#log = join(dir, 'registry.log');
    const args = ['registry', 'serve', '--address', address, '--disk', join(dir, 'registry')];
    this.#daemon = new Daemon('registry', crane, args, this.#log);
  }

  /** Resolves when it serves and every node knows where. */
  static async start({ plane, workers }: Lab): Promise<ImageRegistry> {
    const [port = 0] = await freePorts(CONTROL_PLANE_ADDRESS, 1);
    const address = `${CONTROL_PLANE_ADDRESS}:${String(port)}`;
    await mkdir(join(plane.dir, 'registry'));
    const registry = new ImageRegistry(await findOrBuildCrane(), address, plane.dir);
    registry.#daemon.start();
    await waitFor('the registry to serve', 20_000, async () => {
      registry.#daemon.assertRunning();
      return fetch(`http://${address}/v2/`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      );
    });
    for (const worker of workers) await tellNode(worker, address);
    return registry;
  }

  /** Pushes the guard's image out of its archive. */
  async push(archive: string): Promise<void> {
    const name = `${this.#address}/${GUARD_IMAGE}`;
    const { code, stderr } = await run(this.#crane, ['push', '--insecure', archive, name]);
    if (code !== 0) throw new Error(`the image can't be pushed: ${stderr}`);
  }

  /** How often each part of the guard's image was fetched: configuration and layers, by digest. */
  async fetched(): Promise<ReadonlyMap<string, number>> {
    const url = `http://${this.#address}/v2/${REPOSITORY_NAME}/manifests/${TAG}`;
    const manifest = (await (await fetch(url)).json()) as Manifest;
    const lines = (await readFile(this.#log, 'utf8')).split('\n');
    return new Map(
      [manifest.config, ...manifest.layers].map(({ digest }) => {
        const request = `GET /v2/${REPOSITORY_NAME}/blobs/${digest}`;
        return [digest, lines.filter((line) => line.includes(request)).length];
      }),
    );
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
  }
}

/** An image's manifest, as far as it is read. */
interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

/** containerd reads the file at each pull. */
async function tellNode({ node }: Worker, address: string): Promise<void> {
  const file = node.file(join(REGISTRIES_FOLDER, REGISTRY, 'hosts.toml'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `server = 'http://${address}'\n`);
}
