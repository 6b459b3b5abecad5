import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';

import { Daemon } from './controlplane/daemon.ts';
import { release, removeAtEnd } from '../support/leash.ts';
import { freePorts } from './controlplane/ports.ts';
import { waitFor } from '../support/wait.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const LOOPBACK = '127.0.0.1';
const READY_TIMEOUT_MS = 20_000;

/** Keys of the guard's configuration file; `server` and `tls` are the harness's own business. */
export type GuardConfig = Readonly<Record<string, unknown>> & {
  readonly server?: never;
  readonly tls?: never;
};

/** Circumstances of a guard. */
export interface GuardOptions {
  /** Added to the guard's environment, which has nothing of the caller's but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The configuration's `tls` section; otherwise a certificate made for this machine. With it, the
   * guard counts as started when it is alive: the cluster decides when it is ready.
   */
  readonly tls?: Readonly<Record<string, unknown>>;
  /** Where it listens; loopback unless given. */
  readonly address?: string;
  /** How long it answers still after it was asked to end; not at all unless given. */
  readonly drainSeconds?: number;
}

/** Reviews the guard has answered since it was started, by endpoint. */
export interface ReviewCounts {
  readonly validate: number;
  readonly mutate: number;
}

/** A line of the guard's log about one review, as far as tests look at it. */
export interface Decision {
  readonly endpoint: string;
  readonly operation: string;
  readonly verdict: string;
}

/** The built program, serving on this machine. */
export interface Guard {
  /** Base URL of the webhook endpoints. */
  readonly url: string;
  /** The CA that signed the serving certificate, PEM; empty when it is the cluster's business. */
  readonly ca: string;
  /** File that everything the guard prints goes to, over all its lives. */
  readonly logFile: string;
  /** What the guard has printed. */
  log(): Promise<string>;
  /** What the guard has logged of reviews, in order. */
  decisions(): Promise<Decision[]>;
  /** What `GET /metrics` says. */
  metrics(): Promise<string>;
  /** The guard's own count, from its metrics. */
  reviews(): Promise<ReviewCounts>;
  /** Ends the guard with SIGTERM and waits for it; gives its exit status. */
  terminate(): Promise<number | null>;
  /** Kills the guard (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>;
  /**
   * Starts the guard again on its former ports and files, with another configuration if one is
   * given; resolves when it is ready.
   */
  restart(config?: GuardConfig): Promise<void>;
  /** Ends the guard with SIGTERM, waits for it and removes its folder; gives its exit status. */
  stop(): Promise<number | null>;
}

/**
 * Starts `eni-config-guard serve` from dist on free ports, in a folder of its own, and
 * resolves when it is ready; `env` is added to its bare environment. It ends with `stop()` or with
 * this process, however it dies.
 */
export async function startGuard(
  config: GuardConfig = {},
  options: GuardOptions = {},
): Promise<Guard> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: npm run build makes it');
  const { address = LOOPBACK, drainSeconds = 0 } = options;
  const [port = 0, metricsPort = 0] = await freePorts(address, 2);
  const folder = await mkdtemp(join(tmpdir(), 'guard-'));
  const janitor = removeAtEnd(folder);
  const directory = join(folder, 'certs');
  const configFile = join(folder, 'config.yaml');
  const logFile = join(folder, 'guard.log');
  const server = { drainSeconds, metricsPort };
  const tls = options.tls ?? { directory };
  // JSON is YAML.
  const configure = async (content: GuardConfig) =>
    writeFile(configFile, JSON.stringify({ ...content, server, tls }, null, 2));
  await configure(config);

  const args = ['serve', '--config', configFile, '--host', address, '--port', String(port)];
  const daemon = new Daemon('eni-config-guard', process.execPath, [program, ...args], logFile, {
    cwd: folder,
    // Nothing of a test runner's settings may reach the program under test.
    env: { PATH: process.env.PATH, HOME: folder, ...options.env },
  });
  const url = `https://${address}:${String(port)}`;
  const metricsUrl = `http://${address}:${String(metricsPort)}/metrics`;
  const readCa = async () => (options.tls ? '' : readFile(join(directory, 'ca.crt'), 'utf8'));
  const start = async () => {
    daemon.start();
    await waitFor('the guard to be ready', READY_TIMEOUT_MS, async () => {
      assertRunning(daemon);
      const answers = async () => {
        const status = options.tls
          ? await statusOf(`${url}/livez`, { rejectUnauthorized: false })
          : await statusOf(`${url}/readyz`, { ca: await readCa() });
        // The metrics get a server of their own, which listens a moment later.
        return status === 200 ? scrape(metricsUrl) : undefined;
      };
      return answers().catch(() => undefined);
    });
  };
  const stop = async () => {
    const status = await daemon.terminate();
    await release(janitor);
    return status;
  };

  try {
    await start();
    const ca = await readCa();
    return {
      url,
      ca,
      logFile,
      log: async () => readFile(logFile, 'utf8'),
      decisions: async () => decisionsIn(await readFile(logFile, 'utf8')),
      metrics: async () => scrape(metricsUrl),
      reviews: async () => countsIn(await scrape(metricsUrl)),
      terminate: async () => daemon.terminate(),
      kill: async () => daemon.stop(),
      restart: async (other) => {
        if (other) await configure(other);
        await start();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function assertRunning(daemon: Daemon): void {
  try {
    daemon.assertRunning();
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${daemon.lastLogLines()}`, { cause: error });
  }
}

async function statusOf(
  url: string,
  trust: SecureContextOptions & { rejectUnauthorized?: boolean },
) {
  const outgoing = get(url, { ...trust, agent: false });
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url);
  return response.text();
}

const REVIEWS = /^eni_config_guard_reviews_total\{endpoint="(validate|mutate)",.*\} (\d+)$/gm;

function countsIn(metrics: string): ReviewCounts {
  const counts = { validate: 0, mutate: 0 };
  for (const [, endpoint, value] of metrics.matchAll(REVIEWS)) {
    counts[endpoint as keyof ReviewCounts] += Number(value);
  }
  return counts;
}

function decisionsIn(log: string): Decision[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Decision & { readonly decision?: string })
    .filter(({ decision }) => decision === 'review');
}
