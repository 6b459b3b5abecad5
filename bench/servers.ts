import { fileURLToPath } from 'node:url';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { localCertificate } from '../src/certificates/local.ts';
import { IMAGE_FLAGS } from '../test/support/image-flags.ts';
import { CONFIGURATION } from './samples.ts';

/** A server under load: where it listens, and how much memory it has. */
export interface Server {
  readonly url: string;
  /** Resident memory in MiB, now. */
  rss(): number;
  /** Milliseconds that its main thread has been on a processor. */
  cpu(): number;
  /** The same of all its threads, such as those that collect garbage. */
  cpuOfAllThreads(): number;
  stop(): void;
}

/** The guard, started as its image starts it, and the bare server, with one certificate, each in a process of its own. */
export async function startServers(): Promise<{
  guard: Server;
  bare: Server;
  caFile: string;
  /** Holds the certificate. */
  directory: string;
  stop(): void;
}> {
  const directory = mkdtempSync(join(tmpdir(), 'eni-config-guard-bench-'));
  await localCertificate(directory);
  const config = join(directory, 'config.yaml');
  writeFileSync(config, `${CONFIGURATION}tls: { directory: ${directory} }\n`);
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const bareServer = fileURLToPath(new URL('peers/bare/server.ts', import.meta.url));
  const guard = await start(
    [...IMAGE_FLAGS, main, 'serve', '--config', config, '--port', '0'],
    /https:[^"]*:(\d+)/,
  );
  const bare = await start([bareServer, directory], /^(\d+)/);
  return {
    guard,
    bare,
    caFile: join(directory, 'ca.crt'),
    directory,
    stop() {
      guard.stop();
      bare.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The server of one step of the profile, of the program that has them all. */
export async function startStep(program: string, step: string, directory: string): Promise<Server> {
  const scheme = step === 'socket' ? 'http' : 'https';
  return start([...IMAGE_FLAGS, program, step, directory], /^(\d+)/, scheme);
}

async function start(args: readonly string[], port: RegExp, scheme = 'https'): Promise<Server> {
  // Always the same core, so that the others are left to the load.
  const core = String(availableParallelism() - 1);
  const child = spawn('taskset', ['-c', core, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const found = await firstMatch(child, port);
  return {
    url: `${scheme}://127.0.0.1:${found}`,
    rss() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    cpu: () => cpuOf(child.pid, child.pid),
    cpuOfAllThreads() {
      const threads = readdirSync(`/proc/${child.pid}/task`).map(Number);
      return threads.reduce((sum, thread) => sum + cpuOf(child.pid, thread), 0);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

/** Milliseconds that a thread has been on a processor. */
function cpuOf(pid: number | undefined, thread: number | undefined): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}

/** The first group of `pattern` in what the child prints first; later output is thrown away. */
function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('exit', () => reject(new Error('a server of the benchmark did not start')));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (text.length > 10_000) return;
      text += chunk.toString();
      const match = pattern.exec(text)?.[1];
      if (match !== undefined) resolve(match);
    });
  });
}
