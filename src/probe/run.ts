import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** What a program printed before it ended with status 0, or why it did not. */
export type Run =
  { readonly stdout: string; readonly stderr: string } | { readonly problem: string };

export interface RunLimits {
  readonly milliseconds: number;
  /** Ends the run, too. */
  readonly signal: AbortSignal;
}

/** A plugin says its version in 200 bytes. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * Runs the file at `path` without arguments, with nothing but `env` in its environment and nothing
 * on standard input. Never rejects and never outlasts `limits`: a program that hangs, floods or
 * forks is killed with its process group. What leaves that group dies with the container.
 */
export function runBriefly(
  path: string,
  env: Readonly<Record<string, string>>,
  { milliseconds, signal }: RunLimits,
): Promise<Run> {
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(path, [], { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    } catch (error) {
      resolve({ problem: notStarted(error) });
      return;
    }
    const end = (run: Run) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(run);
    };
    // Does not wait for the end: a process stuck in the kernel can't even be killed.
    const abandon = (problem: string) => {
      killGroup(child);
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      end({ problem });
    };
    const stop = () => abandon('no answer in time');
    const timer = setTimeout(stop, milliseconds);
    signal.addEventListener('abort', stop);
    const flooded = () => abandon('endless output');
    const stdout = limited(child.stdout, flooded);
    const stderr = limited(child.stderr, flooded);
    child.on('error', (error) => end({ problem: notStarted(error) }));
    // Children that it left behind would keep its output open.
    child.on('exit', () => killGroup(child));
    child.on('close', (code, killedBy) =>
      end(
        code === 0
          ? { stdout: stdout(), stderr: stderr() }
          : { problem: killedBy === null ? `exit status ${code}` : `killed by ${killedBy}` },
      ),
    );
    if (signal.aborted) stop();
  });
}

const notStarted = (error: unknown) => `can't be run (${(error as NodeJS.ErrnoException).code})`;

/** Gathers a stream; calls `flooded` beyond MAX_OUTPUT_BYTES. */
function limited(stream: Readable | null, flooded: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > MAX_OUTPUT_BYTES) flooded();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process group has ended.
  }
}
