import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../audit/logger.ts';
import { createMetrics } from '../audit/metrics.ts';
import { connect } from '../cluster/api.ts';
import { followFacts } from '../cluster/facts/store.ts';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { printable } from '../core/text.ts';
import { review } from '../rules/index.ts';
import { createApp } from '../server/app.ts';
import { createMetricsServer } from '../server/metrics-server.ts';
import { CertificateError, localCertificate } from '../tls/local.ts';
import type { KeyCertificatePair } from '../tls/pair.ts';
import { factsOptions } from './cluster-facts.ts';
import { UsageError } from './usage-error.ts';

export interface ServeOptions {
  /** Path of the configuration file; without one nothing is known and everything is enforced. */
  readonly config: string | undefined;
  readonly host: string;
  readonly port: number;
}

/**
 * Serves the webhook until SIGTERM, then drains and returns; SIGINT ends it without the drain.
 * Throws ConfigError for the file and UsageError for an address or directory that can't be used.
 */
export async function serve({ config: path, host, port }: ServeOptions): Promise<void> {
  const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path);
  const { drainSeconds, metricsPort } = config.server;
  const { directory } = config.tls;
  const log = createLogger();
  const metrics = createMetrics();
  const store =
    config.facts.source === 'cluster'
      ? followFacts(factsOptions(config, connect(), log))
      : undefined;
  let ready = true;
  const app = createApp({
    judge: {
      review,
      facts: () => store?.facts() ?? config.facts.known,
      policy: config.policy,
      defaults: config.defaults,
    },
    tls: await certificateFrom(directory),
    log,
    metrics,
    isReady: () => ready,
  });
  const metricsServer = createMetricsServer(metrics);

  const stopped = nextSignal();
  // An API server that is slow or away holds nobody up: what is unknown does not deny.
  if (store) {
    const learnt = store.answered.then(() => log.info('facts have been asked for everywhere'));
    await Promise.race([learnt, delay(FIRST_FACTS_MS)]);
  }
  // Whoever finds /readyz answering may count on everything being up, so the metrics come first.
  await listen(metricsServer, host, metricsPort, 'server.metricsPort in the configuration');
  await listen(app, host, port, '--port');
  const address = `https://${urlHost(host)}:${portOf(app)}`;
  process.stdout.write(`${greeting(address, join(directory, 'ca.crt'))}\n`);

  log.info({ address, metricsPort: portOf(metricsServer) }, 'listening');

  const signal = await stopped;
  ready = false;
  log.info({ signal, drainSeconds }, 'draining');
  // Old connections are answered, with Connection: close, until the API server has let go of them;
  // whoever presses Ctrl-C does not want to wait for that.
  if (signal === 'SIGTERM') await delay(drainSeconds * 1000);
  await Promise.race([Promise.all([app.close(), metricsServer.close()]), delay(LAST_ANSWERS_MS)]);
  store?.stop();
  log.info('stopped');
}

/**
 * How long answers under way may take after the drain: the API server waits 3 s for them. A client
 * that is silent for longer does not keep the process from ending.
 */
const LAST_ANSWERS_MS = 3000;

/** How long the first facts may hold up the start. */
const FIRST_FACTS_MS = 1000;

async function certificateFrom(directory: string): Promise<KeyCertificatePair> {
  try {
    return await localCertificate(directory);
  } catch (error) {
    if (error instanceof CertificateError) throw new UsageError(printable(error.message));
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `can't keep certificates in ${printable(directory)} (${code ?? 'error'}); ` +
        'name a directory that can be written with tls.directory',
    );
  }
}

const portOf = ({ server }: FastifyInstance) => (server.address() as AddressInfo).port;

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

async function listen(
  server: { listen(options: { host: string; port: number }): Promise<string> },
  host: string,
  port: number,
  setting: string,
): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'EADDRINUSE'
        ? `port ${port} on ${host} is taken by another process; choose another with ${setting}`
        : `can't listen on ${host} port ${port} (${code ?? 'error'})`,
    );
  }
}

const urlHost = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** One line with the address and, where the repository's sample is at hand, a call to try. */
function greeting(address: string, caFile: string): string {
  const sample = relative(
    process.cwd(),
    fileURLToPath(new URL('../examples/review-with-a-typo.json', import.meta.url)),
  );
  const call = existsSync(sample)
    ? `; try: curl --cacert ${caFile} --data @${sample} ${address}/validate`
    : '';
  return `eni-config-guard listens on ${address}${call}`;
}
