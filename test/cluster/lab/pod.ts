import { closeSync, openSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { leash, release } from '../../support/leash.ts';
import { processOf } from './container.ts';
import { mountVolume } from './volumes.ts';
import type { MountedVolume, Owner } from './volumes.ts';
import type { Container, Pod } from './objects.ts';

const SCRIPT = fileURLToPath(new URL('container.sh', import.meta.url));
const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../../package.json', import.meta.url));

/** A source and a target of a mount, and whether the container may write there. */
export type Mount = readonly [source: string, target: string, mode: 'ro' | 'rw'];

/** What a test adds to every container: a faked clock, for example. */
export interface Extras {
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
}

/** A container's process and how it ends. */
export interface RunningContainer {
  /** Exit status, 128 plus the signal's number when a signal ended it. */
  readonly exited: Promise<number>;
  /** Sends SIGTERM. */
  terminate(): void;
  /** Sends SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** The text the container has left at its termination message path. */
  terminationMessage(): Promise<string>;
}

/** The folder of a pod on this machine, with its volumes mounted. */
export class PodFolder {
  readonly #plane: ControlPlane;
  readonly #pod: Pod;
  readonly #folder: string;
  readonly #nodeFolder: string;

  constructor(plane: ControlPlane, pod: Pod) {
    this.#plane = plane;
    this.#pod = pod;
    this.#folder = join(plane.dir, 'pods', pod.metadata?.uid ?? '');
    this.#nodeFolder = nodeFolder(plane, pod.spec?.nodeName ?? '');
  }

  /** Everything the pod's containers print. */
  get logFile(): string {
    return join(this.#folder, 'log');
  }

  /** Makes the volumes, or brings them up to date. */
  async mountVolumes(): Promise<ReadonlyMap<string, MountedVolume>> {
    const mounted = new Map<string, MountedVolume>();
    for (const volume of this.#pod.spec?.volumes ?? []) {
      const folder = join(this.#folder, 'volumes', volume.name);
      const where = { folder, nodeFolder: this.#nodeFolder, owner: this.#ownerOfFiles() };
      mounted.set(volume.name, await mountVolume(this.#plane, this.#pod, volume, where));
    }
    return mounted;
  }

  /** Starts a container of the pod. */
  async start(container: Container, { mounts, env }: Extras): Promise<RunningContainer> {
    const volumes = await this.mountVolumes();
    const folder = join(this.#folder, container.name);
    const root = join(folder, 'root');
    await mkdir(root, { recursive: true });
    const message = join(folder, 'termination-message');
    await writeFile(message, '');
    await chmod(message, 0o666);
    const all: Mount[] = [
      [process.execPath, '/usr/local/bin/node', 'ro'],
      [DIST, '/app/dist', 'ro'],
      [PACKAGE, '/app/package.json', 'ro'],
      [message, container.terminationMessagePath ?? '/dev/termination-log', 'rw'],
      ...(container.volumeMounts ?? []).map(
        ({ name, mountPath, subPath = '', readOnly }): Mount => {
          const volume = volumes.get(name);
          if (volume === undefined)
            throw new Error(`container ${container.name} mounts no volume ${name}`);
          return [
            join(volume.folder, subPath),
            mountPath,
            volume.writable && readOnly !== true ? 'rw' : 'ro',
          ];
        },
      ),
      ...mounts,
    ];
    const { user, group } = this.#userOf(container);
    const described = processOf(container, this.#pod, this.#clusterVariables());
    const variables = Object.entries({ ...described.env, ...env }).map(([key, v]) => `${key}=${v}`);
    // Node test runners put variables of their own into the environment of whatever is started.
    const command = ['env', '-i', ...variables, ...described.command];
    const args = [root, String(user), String(group), ...all.flat(), '--', ...command];
    const log = openSync(this.logFile, 'a');
    try {
      const child = leash('unshare', ['--mount', 'sh', SCRIPT, ...args], {
        cwd: folder,
        log,
      });
      return running(child, message);
    } finally {
      closeSync(log);
    }
  }

  #clusterVariables() {
    const { hostname, port } = new URL(this.#plane.url);
    return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  }

  #userOf({ name, securityContext }: Container): Owner {
    const user = securityContext?.runAsUser ?? this.#pod.spec?.securityContext?.runAsUser;
    const group =
      securityContext?.runAsGroup ?? this.#pod.spec?.securityContext?.runAsGroup ?? user;
    if (user === undefined || group === undefined)
      throw new Error(`${name} names no user to run as`);
    if (securityContext?.readOnlyRootFilesystem !== true)
      throw new Error(`${name} may write to its image`);
    return { user, group };
  }

  // Of a token: readable by the user that all containers run as. Other files are as strict here.
  #ownerOfFiles(): Owner {
    const [first] = this.#pod.spec?.containers ?? [];
    if (first === undefined) throw new Error('a pod without containers');
    return this.#userOf(first);
  }
}

/** Where the file system of a node is kept; a hostPath volume is a folder of it. */
export function nodeFolder(plane: ControlPlane, nodeName: string): string {
  return join(plane.dir, 'nodes', nodeName);
}

function running(child: ChildProcess, message: string): RunningContainer {
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 0 : 137)));
  });
  return {
    exited,
    terminate: () => void child.kill('SIGTERM'),
    kill: async () => release(child),
    terminationMessage: async () => readFile(message, 'utf8'),
  };
}
