import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { before } from './deadline.ts';
import type { Endpoint } from './https-client.ts';

/** The built program as a process of its own. `npm run build` must have made dist/ before. */

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN = join(REPOSITORY, 'dist', 'main.js');

/** Longer than any start or end takes on a busy machine, shorter than the runner's patience. */
const PATIENCE_SECONDS = 20;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Program {
  /** Everything written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** The end of the process and of its output; rejects when it does not come. */
  readonly exit: () => Promise<Exit>;
  /** Whether it has ended. */
  readonly isOver: () => boolean;
  /** The first line on standard output with this in it; rejects when the process ends without one. */
  readonly lineWith: (text: string) => Promise<string>;
}

/** Starts `eni-config-guard` in `cwd`; whatever becomes of the test, the process ends with it. */
export function startProgram(
  t: Test,
  args: readonly string[],
  cwd: string,
  node = process.execPath,
): Program {
  const child = spawn(node, [MAIN, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  const closed = new Promise<Exit>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const lineWith = async (text: string) => {
    for (;;) {
      const line = output.stdout
        .split('\n')
        .slice(0, -1)
        .find((one) => one.includes(text));
      if (line !== undefined) return line;
      const ended = await Promise.race([once(child.stdout, 'data'), closed.then(() => true)]);
      if (ended === true) throw new Error(`it ended: ${output.stdout}${output.stderr}`);
    }
  };
  return {
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    kill: (signal) => void child.kill(signal),
    exit: () => before(PATIENCE_SECONDS, 'the program to end', closed),
    isOver: () => child.exitCode !== null || child.signalCode !== null,
    lineWith: (text) => before(PATIENCE_SECONDS, `a line with ${text}`, lineWith(text)),
  };
}

/** Settings of `server` and `tls`; nothing to wait for, and any port for metrics, unless given. */
export interface ServerSettings {
  readonly drainSeconds?: number;
  readonly metricsPort?: number;
  readonly probePort?: number;
  /** `tls.directory`. */
  readonly certificates?: string;
}

/** Writes a configuration file into `directory`, with `sections` before `server`; its name. */
export function writeConfig(directory: string, server: ServerSettings = {}, sections = ''): string {
  const { certificates, ...settings } = { metricsPort: 0, drainSeconds: 0, ...server };
  const tls = certificates === undefined ? {} : { tls: { directory: certificates } };
  // JSON is YAML; `sections` are lines.
  const lines = Object.entries({ server: settings, ...tls }).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}\n`,
  );
  writeFileSync(join(directory, 'config.yaml'), `${sections}${lines.join('')}`);
  return 'config.yaml';
}

export interface RunningProgram extends Program {
  readonly endpoint: Endpoint;
  readonly cwd: string;
}

/** `serve` in a directory of its own, listening on free ports. */
export async function startServing(
  t: Test,
  settings: ServerSettings = {},
  cwd = t.testdir(),
  sections = '',
): Promise<RunningProgram> {
  const config = writeConfig(cwd, settings, sections);
  const program = startProgram(t, ['serve', '--port', '0', '--config', config], cwd);
  const line = await program.lineWith('https://127.0.0.1:');
  const port = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
  const ca = readFileSync(resolve(cwd, settings.certificates ?? 'certs', 'ca.crt'), 'utf8');
  return { ...program, endpoint: { port, ca }, cwd };
}

/** A port of 127.0.0.1 that was closed a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
