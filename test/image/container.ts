import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { leash } from '../support/leash.ts';
import { collect, type Output } from '../support/output.ts';
import { buildah, buildahArguments } from '../support/image/builder.ts';

/** A container of an image: its file system, and processes as the image wants them started. */
export interface Container {
  /** Where its file system lies on this machine. */
  readonly root: string;
  readonly run: (args: readonly string[], mounts: Mounts) => Promise<Output>;
  readonly start: (args: readonly string[], mounts: Mounts) => ChildProcess;
}

/** Folders of this machine by their path in the container; `:ro` at its end mounts read-only. */
export type Mounts = Readonly<Record<string, string>>;

/** A new container of `image`, gone with `store`; `entrypoint` is the image's, which buildah leaves to its caller. */
export async function createContainer(
  store: string,
  image: string,
  entrypoint: readonly string[],
): Promise<Container> {
  const id = await buildah(store, ['from', image]);
  const root = await buildah(store, ['mount', id]);
  const start = (args: readonly string[], mounts: Mounts) => {
    const volumes = Object.entries(mounts).flatMap(([path, dir]) => ['--volume', `${dir}:${path}`]);
    const run = ['run', '--isolation=chroot', ...volumes, id, '--', ...entrypoint, ...args];
    // With the namespace ends all that runs in it; buildah's own death would leave the program.
    const namespace = ['--pid', '--fork', '--kill-child'];
    return leash('unshare', [...namespace, 'buildah', ...buildahArguments(store, run)]);
  };
  return {
    root,
    start,
    run: (args, mounts) => collect(start(args, mounts)),
  };
}

/** The process of this machine with this command line, as buildah resolves and starts it. */
export function processOf(commandLine: readonly string[]): RunningNode {
  for (const pid of readdirSync('/proc').map(Number)) {
    try {
      const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const found = [basename(program), ...args.slice(0, -1)];
      if (isDeepStrictEqual(found, commandLine)) return new RunningNode(pid);
    } catch {
      // No process, or one that has ended.
    }
  }
  throw new Error(`nothing runs ${commandLine.join(' ')}`);
}

/** The clock ticks of /proc, per second. Source: proc(5); the same on every architecture. */
const TICKS = 100;

export class RunningNode {
  readonly pid: number;
  constructor(pid: number) {
    this.pid = pid;
  }

  /** Seconds since it was started, to 10 ms. */
  age(): number {
    const afterName = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1] ?? '';
    const started = Number(afterName.split(' ')[19]) / TICKS;
    return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - started;
  }

  /** Of /proc/PID/status: resident memory in bytes, or the real user or group. */
  status(name: 'VmRSS' | 'Uid' | 'Gid'): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const [, number] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status) ?? [];
    return Number(number) * (name === 'VmRSS' ? 1024 : 1);
  }
}
