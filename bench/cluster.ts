/**
 * What learning facts costs on a cluster as large as they come: a real API server with NODES nodes,
 * each with a pod of the node probe and one of Terway, and the built guard beside it, in figures beside those asked for.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { localCertificate } from '../src/certificates/local.ts';
import { PAGE_SIZE, PROTOBUF_PAGE_SIZE } from '../src/kube/pages.ts';
import type { ControlPlane } from '../test/cluster/controlplane/control-plane.ts';
import { startControlPlane } from '../test/cluster/controlplane/start.ts';
import { LEAST_RIGHTS, userWith } from '../test/cluster/rights.ts';
import {
  BASE_VETH,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../test/support/config-maps.ts';
import { type Endpoint, send as sendToGuard } from '../test/support/https-client.ts';
import { IMAGE_FLAGS } from '../test/support/image-flags.ts';
import { reviewBody } from '../test/support/reviews.ts';
import { RESULTS, fillCluster } from './filled-cluster.ts';
import { memoryOf } from './memory.ts';
import { processorSeconds } from './processor-time.ts';
import { median, printFigures } from './report.ts';

const NODES = Number(process.argv[2] ?? 15_000);
const REFRESH_SECONDS = 30;
/** Starts beside the empty cluster. */
const STARTS = 5;
/** Rounds of refreshing after the first facts. */
const ROUNDS = 3;

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Lists of a resource, a call for each page, that the API server has answered so far. */
async function listCalls(plane: ControlPlane, resource: string): Promise<number> {
  const { body } = await plane.raw('GET', '/metrics');
  const lines = body.split('\n').filter((line) => {
    return line.startsWith('apiserver_request_total{') && line.includes(`resource="${resource}"`);
  });
  return lines
    .filter((line) => line.includes('verb="LIST"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** An edit that is refused for the version of portmap, and so names what is known of it. */
const EDIT = reviewBody({
  operation: 'UPDATE',
  oldData: BASE_VETH,
  data: withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, masqAll: true }])),
});
const PATIENCE_MS = 120_000;

/** Resolves when reviews rest on the results of all nodes; that is the time of the first facts. */
async function factsToBeThere(endpoint: Endpoint): Promise<void> {
  const expected = `${Math.ceil(NODES / RESULTS.length)} of ${NODES} nodes run 1.6.2`;
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const { body } = await sendToGuard(endpoint, '/validate', EDIT);
    if (body.includes(expected) && !/more is not known|not been listed/.test(body)) return;
    if (performance.now() > end) throw new Error(`facts do not say "${expected}": ${body}`);
    await delay(100);
  }
}

interface Run {
  readonly guard: ChildProcess;
  /** The start, of performance.now(). */
  readonly begin: number;
  readonly readyMs: number;
  /** Seconds on a processor until then. */
  readonly readyWork: number;
  readonly endpoint: Endpoint;
}

async function startGuard(plane: ControlPlane): Promise<Run> {
  const config = join(plane.dir, 'config.yaml');
  const tls = { directory: join(plane.dir, 'certs') };
  const facts = { source: 'cluster', refreshSeconds: REFRESH_SECONDS };
  writeFileSync(config, JSON.stringify({ facts, tls, server: { metricsPort: 0 } }));
  // Made once; in a cluster it comes out of a Secret.
  await localCertificate(tls.directory);
  const kubeconfig = await userWith(plane, `guard-${Date.now()}`, LEAST_RIGHTS);
  await delay(2000);
  const args = [...IMAGE_FLAGS, main, 'serve', '--config', config, '--port', '0'];
  const env = { PATH: process.env.PATH, KUBECONFIG: kubeconfig };
  const begin = performance.now();
  const guard = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => guard.kill('SIGKILL'));
  // It must be read to the end: a guard that can't log ends.
  const port = await new Promise<number>((resolve, reject) => {
    guard.once('exit', () => reject(new Error('the guard ended')));
    createInterface({ input: guard.stdout }).on('line', (line) => {
      if (line.includes('"level":40')) process.stdout.write(`${line}\n`);
      if (line.includes('"listening"')) resolve(Number(/"https:[^"]*:(\d+)"/.exec(line)?.[1]));
    });
  });
  const readyMs = performance.now() - begin;
  const readyWork = processorSeconds(guard);
  const ca = readFileSync(join(tls.directory, 'ca.crt'), 'utf8');
  return { guard, begin, readyMs, readyWork, endpoint: { port, ca } };
}

async function stop(guard: ChildProcess): Promise<void> {
  guard.kill('SIGKILL');
  await once(guard, 'exit');
}

// Its audit log would hold every object a second time.
const apiServerFlags = ['--audit-log-path=', '--audit-policy-file=', '--allow-privileged'];
const plane = await startControlPlane({ apiServerFlags });
try {
  const starts: Run[] = [];
  for (let start = 1; start < STARTS; start += 1) {
    const run = await startGuard(plane);
    starts.push(run);
    await stop(run.guard);
  }
  const small = await startGuard(plane);
  starts.push(small);
  await delay(5000);
  const atRest = memoryOf(small.guard, 'VmRSS');
  await stop(small.guard);

  const begin = performance.now();
  await fillCluster(plane, NODES, { terway: true });
  process.stdout.write(
    `${NODES} nodes, twice as many pods in ${Math.round((performance.now() - begin) / 1000)} s\n`,
  );

  const callsSoFar = () =>
    Promise.all(['nodes', 'pods'].map((resource) => listCalls(plane, resource)));
  const before = await callsSoFar();
  const large = await startGuard(plane);
  await factsToBeThere(large.endpoint);
  const learntMs = performance.now() - large.begin;
  await delay(ROUNDS * REFRESH_SECONDS * 1000);
  const rss = memoryOf(large.guard, 'VmRSS');
  const peak = memoryOf(large.guard, 'VmHWM');
  const after = await callsSoFar();
  const seconds = (performance.now() - large.begin) / 1000;
  await stop(large.guard);
  const pages = 1 + Math.ceil((NODES - PAGE_SIZE) / PROTOBUF_PAGE_SIZE);
  // The pods are two lists, Terway's and the probe's, of which one pod is read as JSON.
  const lists = after.map((calls, index) => {
    return (calls - (before[index] ?? 0)) / (index === 0 ? pages : 2 * pages + 1);
  });
  const mostLists = Math.floor(seconds / REFRESH_SECONDS) + 1;
  if (lists.some((value) => value > mostLists || value < 1)) process.exitCode = 1;

  printFigures('An empty cluster', [
    {
      what: `start to ready, of ${STARTS} starts`,
      value: median(starts.map(({ readyMs }) => readyMs / 1000)),
      unit: 's',
      wanted: 'under 1',
    },
    {
      what: '  of that at work',
      value: median(starts.map(({ readyWork }) => readyWork)),
      unit: 's',
      wanted: '',
    },
    { what: 'resident memory, live facts', value: atRest, unit: 'MiB', wanted: 'under 80' },
  ]);
  printFigures(`A cluster of ${NODES} nodes and twice as many pods`, [
    { what: 'start to ready', value: large.readyMs / 1000, unit: 's', wanted: 'under 1' },
    { what: 'start to first facts', value: learntMs / 1000, unit: 's', wanted: 'under 30' },
    { what: 'resident memory', value: rss, unit: 'MiB', wanted: 'under 120' },
    { what: 'peak of resident memory', value: peak, unit: 'MiB', wanted: '' },
    ...['nodes', 'pods'].map((what, index) => ({
      what: `full lists of ${what} in ${seconds.toFixed(0)} s, every ${REFRESH_SECONDS} s`,
      value: lists[index] ?? NaN,
      unit: '',
      wanted: `at most ${mostLists}`,
    })),
  ]);
} finally {
  await plane.stop();
}
process.exit();
