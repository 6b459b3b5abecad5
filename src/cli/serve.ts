import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, createLogger, isForPeople } from '../log.ts';
import { watchCertificate } from '../audit/certificate-metrics.ts';
import { createDecisionRecorder } from '../audit/decision-recorder.ts';
import { watchConfiguration } from '../audit/configuration-metrics.ts';
import { type Metrics, createMetrics } from '../audit/metrics.ts';
import { connect, loadClient } from '../kube/api.ts';
import { followFacts } from '../facts/store.ts';
import { quoted } from '../engine/text/text.ts';
import { DEFAULT_CONFIG, loadConfig } from '../config/load.ts';
import { createApp } from '../server/app.ts';
import { Arrivals } from '../server/arrivals.ts';
import { replaceCertificate } from '../server/tls.ts';
import { createMetricsServer } from '../server/metrics-server.ts';
import { createProbeServer } from '../server/probes.ts';
import { TurnedAway } from '../server/turned-away.ts';
import { prepareAuditing } from './compose/audit.ts';
import { openCertificate } from './compose/certificate.ts';
import { ConfigurationFile, LOOK_MS } from './compose/configuration.ts';
import { factSourceState, factsOptions } from './compose/facts.ts';
import { webhookPaths } from './compose/paths.ts';
import { apiServerFor, createWebhooks } from './compose/webhooks.ts';
import { defineCommand } from './frame/command.ts';
import { CONFIG, CONFIG_DIGEST } from './frame/flags.ts';
import { leaveLittleGarbage } from './frame/little-memory.ts';
import { print } from './frame/print.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

export const command = defineCommand(
  {
    details: 'Without --config nothing is known of the cluster and everything is enforced.',
    flags: {
      ...CONFIG,
      ...CONFIG_DIGEST,
      host: { value: 'ADDRESS', about: 'where it listens (default 127.0.0.1)' },
      port: { value: 'NUMBER', about: 'the port (default 8443); 0: any that is free' },
    },
    examples: ['serve --config config.yaml'],
  },
  async ({ flags: { config, host = '127.0.0.1', port = '8443', ...flags } }) => {
    await serve({ config, digest: flags['config-digest'], host, port: readPort(port) });
    return 0;
  },
);

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new UsageError(`--port takes a number from 0 to 65535, not ${quoted(text)}`);
}

interface ServeOptions {
  /** Path of the configuration file; without one nothing is known and everything is enforced. */
  readonly config: string | undefined;
  /** Of the text that the file must have; absent: any. */
  readonly digest: string | undefined;
  readonly host: string;
  readonly port: number;
}

/**
 * Serves the webhook until SIGTERM, then drains and returns; SIGINT ends it without the drain.
 * Throws ConfigError for the file and UsageError for an address or directory that can't be used.
 */
async function serve({ config: path, digest, host, port }: ServeOptions): Promise<void> {
  leaveLittleGarbage();
  const config = path === undefined ? DEFAULT_CONFIG : loadConfig(path, digest);
  const { drainSeconds, metricsPort, probePort, probeHost = host } = config.server;
  const { source, directory, minVersion } = config.tls;
  const log = await createLogger(config.audit.logFormat);
  const metrics = createMetrics(VERSION);
  if (path !== undefined) await keepLookingAt(path, log, metrics.registry);
  const named = apiServerFor(config, process.env);
  const api = named ?? connect();
  if (named) await loadClient();
  const paths = webhookPaths(config.server);
  const certificate = await openCertificate(config.tls, api, (path) => paths.has(path), log);
  watchCertificate(metrics.registry, () => certificate.status);
  const store =
    config.facts.source === 'cluster' ? followFacts(factsOptions(config, api, log)) : undefined;
  const facts = () => store?.facts() ?? config.facts.known;
  const factSources = () => (store?.status() ?? []).map(factSourceState);
  const nodeLists = store?.lists;
  const auditing = prepareAuditing({ config, api, facts, factSources, nodeLists, log, metrics });
  const { events, refusals, admitted } = auditing;
  const turnedAway = new TurnedAway(log, metrics.countTurnedAway);
  let isDraining = false;
  const isReady = () => !isDraining && certificate.isReady;
  const { webhook, restartGate } = createWebhooks(config, facts, named);
  const app = createApp({
    webhook: { ...webhook, lastGood: auditing.lastGood },
    restartGate,
    paths,
    tls: { ...certificate.pair, minVersion },
    log,
    record: createDecisionRecorder({ log, metrics, events, refusals, admitted }),
    isReady,
    hasProbeServer: probePort !== undefined,
    turnedAway,
    onLargeBody: leaveLittleGarbage,
  });
  certificate.onChange((pair) => replaceCertificate(app, { ...pair, minVersion }));
  const metricsServer = createMetricsServer(metrics, turnedAway);
  const probeServer = createProbeServer(isReady, turnedAway);

  const stopped = nextSignal();
  // The start does not wait long for the API server: what is unknown does not deny.
  if (store) {
    const learnt = store.answered.then(() => log.info('facts have been asked for everywhere'));
    await Promise.race([learnt, delay(FIRST_FACTS_MS)]);
  }
  // Metrics listen first: when /readyz answers, everything is up.
  await listen(metricsServer, host, metricsPort, 'server.metricsPort in the configuration');
  await listen(app, host, port, '--port');
  if (probePort !== undefined) {
    await listen(probeServer, probeHost, probePort, 'server.probePort in the configuration');
  }
  const address = `https://${urlHost(host)}:${portOf(app)}`;
  if (isForPeople(config.audit.logFormat)) {
    const caFile = source === 'local' ? join(directory, 'ca.crt') : undefined;
    await print(`${greeting(address, caFile)}\n`);
  }

  const sidePorts = {
    metricsPort: portOf(metricsServer),
    ...(probePort === undefined ? {} : { probePort: portOf(probeServer) }),
  };
  log.info({ address, ...sidePorts }, 'listening');
  auditing.start();
  void Promise.resolve(store?.answered).then(() => {
    const nodes = store ? store.lists().nodes?.value.length : 0;
    if (nodes !== undefined && nodes < MANY_NODES) leaveLittleGarbage(false);
  });

  const signal = await stopped;
  isDraining = true;
  const arrivals = new Arrivals(app.server);
  certificate.stop();
  log.info({ signal, drainSeconds }, 'draining');
  // Old connections are answered, with Connection: close, until the API server has closed them.
  // Ctrl-C (SIGINT) does not wait for that.
  if (signal === 'SIGTERM') {
    await delay(drainSeconds * 1000);
    await arrivals.end();
  }
  await Promise.race([
    Promise.all([app.close(), metricsServer.close(), probeServer.close(), auditing.stop()]),
    delay(LAST_ANSWERS_MS),
  ]);
  store?.stop();
  log.info('stopped');
}

/** Looks at the configuration file from now on, for the log and the metrics. */
async function keepLookingAt(
  path: string,
  log: Logger,
  registry: Metrics['registry'],
): Promise<void> {
  const file = new ConfigurationFile(path, log);
  await file.look();
  watchConfiguration(registry, () => file.isChanged);
  setInterval(() => void file.look(), LOOK_MS).unref();
}

/**
 * How long answers under way may take after the drain: the API server waits 3 s for them. A client
 * that is silent for longer does not keep the process from ending.
 */
const LAST_ANSWERS_MS = 3000;

/**
 * How long the first facts may hold up the start. Those of a small cluster are there within a tenth of a second; the
 * lists of thousands of nodes take several, and the start is to take no more than one.
 */
const FIRST_FACTS_MS = 400;

/** From so many on, lists of nodes and pods are much of the guard's memory, and are to leave little of it behind. */
const MANY_NODES = 1000;

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

/** One line with the address and, where the CA and the repository's sample are at hand, a call to try. */
function greeting(address: string, caFile: string | undefined): string {
  const sample = relative(
    process.cwd(),
    fileURLToPath(new URL('../examples/review-with-a-typo.json', import.meta.url)),
  );
  const call =
    caFile !== undefined && existsSync(sample)
      ? `; try: curl --cacert ${caFile} --data @${sample} ${address}/validate`
      : '';
  return `eni-config-guard listens on ${address}${call}`;
}
