import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const leashScript = fileURLToPath(new URL('./leash.sh', import.meta.url));
const janitorScript = fileURLToPath(new URL('./janitor.sh', import.meta.url));

/** Where and how a leashed program runs. */
export interface LeashOptions {
  readonly cwd?: string;
  /** The whole environment; the caller's own when left out. */
  readonly env?: NodeJS.ProcessEnv;
  /** File descriptor for stdout and stderr; pipes when left out. */
  readonly log?: number;
}

/**
 * Starts a program that is killed (SIGKILL) when this process ends for whatever reason, and when
 * {@link release} is called. No signal or exit handler is involved, so nothing can be forgotten.
 */
export function leash(
  program: string,
  args: readonly string[],
  { log, ...options }: LeashOptions = {},
): ChildProcess {
  const output = log ?? 'pipe';
  return hold([leashScript, program, ...args], { ...options, stdio: ['pipe', output, output] });
}

/** Has a folder removed, with all it holds, when this process ends or {@link release} is called. */
export function removeAtEnd(folder: string): ChildProcess {
  return atEnd(janitorScript, folder);
}

/**
 * Starts a shell script that waits on standard input, which ends with this process or when
 * {@link release} is called: then it tidies up `what`.
 */
export function atEnd(script: string, what: string): ChildProcess {
  return hold([script, what], { stdio: ['pipe', 'ignore', 'ignore'] });
}

/** Ends what {@link leash} started, or has {@link atEnd} do its work; resolves when done. */
export async function release(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.destroy();
  await exited;
}

function hold(args: readonly string[], options: SpawnOptions): ChildProcess {
  // A session of its own: Ctrl-C in the terminal reaches only this process, whose end does the rest.
  const child = spawn('/bin/sh', args, { ...options, detached: true });
  // The other end may be gone already when the pipe is closed.
  child.stdin?.on('error', () => undefined);
  return child;
}
