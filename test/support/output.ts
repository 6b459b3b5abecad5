import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** What a finished program left behind. */
export interface Output {
  /** Exit status; 128 plus the signal's number when a signal ended the program, as in a shell. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Circumstances of one run. */
export interface RunOptions {
  /** Fed to standard input, which is otherwise empty. */
  readonly stdin?: string;
  /** The whole environment; the caller's own when left out. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Runs a program to its end. Rejects only when it cannot be started (`ENOENT`, `EACCES`, ...). */
export async function run(
  program: string,
  args: readonly string[],
  { stdin = '', ...options }: RunOptions = {},
): Promise<Output> {
  const child = spawn(program, args, { ...options, stdio: 'pipe' });
  // A program may end without reading its input; its exit status tells the tale, not the broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  return collect(child);
}

/** Gathers the output of a child whose stdout and stderr are pipes, until it has ended. */
export async function collect(child: ChildProcess): Promise<Output> {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code: exitStatus(code, signal), stdout, stderr };
}

async function readAll(stream: Readable | null): Promise<string> {
  return stream === null ? '' : text(stream);
}

function exitStatus(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
