import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

import { leash, release } from '../../support/leash.ts';
import type { LeashOptions } from '../../support/leash.ts';

const LOG_LINES_SHOWN = 20;

/** A server process that can be started again, always with the same arguments and log file. */
export class Daemon {
  readonly #name: string;
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #log: string;
  readonly #options: Omit<LeashOptions, 'log'>;
  #process: ChildProcess | undefined;

  constructor(
    name: string,
    program: string,
    args: readonly string[],
    log: string,
    options: Omit<LeashOptions, 'log'> = {},
  ) {
    this.#name = name;
    this.#program = program;
    this.#args = args;
    this.#log = log;
    this.#options = options;
  }

  /** Starts the process unless it runs; does not wait until it serves. */
  start(): void {
    if (this.#process !== undefined) return;
    const log = openSync(this.#log, 'a');
    try {
      this.#process = leash(this.#program, this.#args, { ...this.#options, log });
    } finally {
      closeSync(log);
    }
  }

  /** Kills the process (SIGKILL: nothing it holds is worth a slow farewell); resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#process === undefined) return;
    await release(this.#process);
    this.#process = undefined;
  }

  /** Asks the process to end (SIGTERM); resolves with its exit status when it is gone. */
  async terminate(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    this.#process = undefined;
    return child.exitCode;
  }

  /** Throws when the process has ended of its own accord. */
  assertRunning(): void {
    const status = this.#process?.exitCode ?? this.#process?.signalCode;
    if (status === null || status === undefined) return;
    throw new Error(`${this.#name} ended with ${String(status)}`);
  }

  /** Everything that the process has printed, all its starts together. */
  log(): string {
    return readFileSync(this.#log, 'utf8');
  }

  /** The last lines of that, under its name. */
  lastLogLines(): string {
    const lines = this.log().trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
    return [`${this.#name} printed:`, ...lines].join('\n');
  }
}
