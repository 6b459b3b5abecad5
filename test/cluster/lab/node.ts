import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { leash, release } from '../../support/leash.ts';
import { collect, run } from '../../support/output.ts';
import type { Output, RunOptions } from '../../support/output.ts';
import { Daemon } from '../controlplane/daemon.ts';
import { connectNode } from './network.ts';
import type { Place } from './network.ts';

const SCRIPT = fileURLToPath(new URL('node.sh', import.meta.url));

/** Where a node finds the programs it was given. */
const PROGRAMS = '/opt/cluster';

const ENVIRONMENT = { PATH: `${PROGRAMS}:/usr/sbin:/usr/bin:/sbin:/bin` };

/**
 * A machine of the cluster: network, processes, mounts, host name, /etc, /opt, /run and /var of its own
 * on this machine. All of it, containers too, ends with {@link stop} or with this process.
 */
export class Node {
  readonly place: Place;
  readonly #disk: string;
  readonly #first: ChildProcess;
  readonly #pid: number;

  private constructor(place: Place, disk: string, first: ChildProcess, pid: number) {
    this.place = place;
    this.#disk = disk;
    this.#first = first;
    this.#pid = pid;
  }

  /** Switches a node on: files in the new folder `disk`, and these programs (paths) to run. */
  static async start(place: Place, disk: string, programs: readonly string[]): Promise<Node> {
    await mkdir(disk, { recursive: true });
    const namespaces = ['--net', '--mount', '--pid', '--uts', '--fork', '--kill-child'];
    const script = ['sh', SCRIPT, place.name, disk, ...programs];
    const first = leash('unshare', [...namespaces, ...script], { env: ENVIRONMENT });
    const pid = Number(await firstLine(first));
    await connectNode(place, pid);
    return new Node(place, disk, first, pid);
  }

  get name(): string {
    return this.place.name;
  }

  /** Path on this machine of a file of the node below /etc, /opt or /var. */
  file(path: string): string {
    return join(this.#disk, path);
  }

  /** Runs a program of the node to its end. */
  async run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
    const env = { ...ENVIRONMENT, ...options.env };
    return run('nsenter', [...this.#entrance(), program, ...args], { ...options, env });
  }

  /** A server of the node; its log is a file called as it is. */
  daemon(program: string, args: readonly string[]): Daemon {
    // nsenter is what a leash kills: the program in the other process namespace must follow it.
    const following = ['setpriv', '--pdeathsig', 'KILL', join(PROGRAMS, program)];
    return new Daemon(
      `${program} of ${this.name}`,
      'nsenter',
      [...this.#entrance(), ...following, ...args],
      join(this.#disk, `${program}.log`),
      { env: ENVIRONMENT },
    );
  }

  /** Cuts the power: all processes of the node are killed, its mounts and its network vanish. */
  async stop(): Promise<void> {
    await release(this.#first);
  }

  #entrance(): string[] {
    return ['--target', String(this.#pid), '--net', '--mount', '--pid', '--uts', '--'];
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  const line = stdout && (await Promise.race([once(stdout, 'data'), once(child, 'exit')]));
  const text = String(line?.[0]);
  if (/^\d+\n/.test(text)) return text;
  const { stderr } = await collect(child);
  throw new Error(`a node can't be started: ${stderr.trim()}`);
}
