/**
 * `npm run bench:peers [-- --rounds N --write]`: what a review costs in the guard, with all its rules,
 * beside webhooks that do the least of it: in processor time, and in what an update on a real API server
 * takes longer. Each webhook runs on a core of its own; ratios are taken within a round. A wrong answer
 * ends the run. --write puts the table into README and docs/performance.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localCertificate } from '../../src/certificates/local.ts';
import { startControlPlane } from '../../test/cluster/controlplane/start.ts';
import { requestBytes } from '../../test/support/https-client.ts';
import { waitFor } from '../../test/support/wait.ts';
import { median } from '../report.ts';
import { ACCEPTED, DENIED, distinct } from '../samples.ts';
import { type Latency, NO_WEBHOOK, measureUpdates } from './latency.ts';
import { type Expected, type Load, answers, load } from './load.ts';
import { GO, type Peer, findOrBuildPeers } from './peers.ts';
import { preparePeprStore } from './pepr/store.ts';
import { type PeerServer, startPeer } from './server.ts';
import { type Row, peerTable, writeTable } from './table.ts';

const SECONDS = 4;
/** V8 goes on compiling for some 45 000 reviews of the guard, which takes processor time itself. */
const WARM_UP_SECONDS = 20;
/** Reviews that differ. */
const BODIES = 64;
const UPDATES = 200;
const PATIENCE_MS = 60_000;

const directory = mkdtempSync(join(tmpdir(), 'eni-config-guard-peers-'));
try {
  await main();
} catch (error) {
  process.stderr.write(`bench:peers: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();

async function main(): Promise<void> {
  const { rounds, write } = options();
  if (availableParallelism() < 2 || spawnSync('taskset', ['--version']).status !== 0) {
    throw new Error(
      'it takes two cores, and `taskset` of util-linux to keep processes on one of them',
    );
  }
  const peers = await findOrBuildPeers(directory);
  const [busy = NaN] = loadavg();
  const { ca } = await localCertificate(directory);
  // Its audit log would hold every object a second time.
  const apiServerFlags = ['--audit-log-path=', '--audit-policy-file='];
  const plane = await startControlPlane({ apiServerFlags });
  const servers: PeerServer[] = [];
  try {
    await preparePeprStore(plane);
    const env = { PATH: process.env.PATH, HOME: directory, KUBECONFIG: plane.kubeconfig };
    for (const peer of peers) servers.push(await startPeer(peer, env));
    for (const server of servers) {
      await waitFor(`answers of ${server.peer.name}`, PATIENCE_MS, async () => {
        server.assertRunning();
        return (await answers(server, ca)) || undefined;
      });
    }
    // What asks runs on the other core than what answers; the API server on both.
    spawnSync('taskset', ['-acp', '0', String(process.pid)]);
    const loads = await measureLoads(servers, ca, rounds);
    const updates = await measureUpdates(plane, servers, ca, rounds, UPDATES);
    const table = peerTable(rowsOf(peers, loads, updates), plane.binaries.version, busy);
    process.stdout.write(`\n${table}\n`);
    if (write) writeTable(table);
  } finally {
    for (const server of servers) server.stop();
    await plane.stop();
  }
}

/** Reviews that differ, half of them to be denied. */
function reviewsFor({ peer }: PeerServer): Expected[] {
  return [ACCEPTED, DENIED].flatMap((body) =>
    distinct(body, BODIES / 2).map((text) => ({
      bytes: requestBytes(`${peer.paths.validate}?timeout=3s`, text),
      allowed: body === ACCEPTED,
    })),
  );
}

/** The same, and as many to be mutated, as an update asks for both. */
function updatesFor(server: PeerServer): Expected[] {
  const mutations = distinct(ACCEPTED, BODIES).map((text) => ({
    bytes: requestBytes(`${server.peer.paths.mutate}?timeout=3s`, text),
    allowed: true,
  }));
  return [...reviewsFor(server), ...mutations];
}

/** All in turns until so many seconds have passed. */
function inTurns(seconds: number, all: readonly Expected[]): () => Expected | undefined {
  const end = performance.now() + seconds * 1000;
  let sent = 0;
  return () => (performance.now() < end ? all[sent++ % all.length] : undefined);
}

type Rounds<T> = ReadonlyMap<string, readonly T[]>;

function options(): { rounds: number; write: boolean } {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      write: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1 on');
  return { rounds, write: values.write };
}

/** Each webhook under load in each round, by their keys, after a while that warms them up. */
async function measureLoads(
  servers: readonly PeerServer[],
  ca: string,
  rounds: number,
): Promise<Rounds<Load>> {
  const loads = new Map<string, Load[]>(servers.map(({ peer }) => [peer.key, []]));
  for (const server of servers)
    await load(server, ca, inTurns(WARM_UP_SECONDS, updatesFor(server)));
  for (let round = 1; round <= rounds; round += 1) {
    for (const server of servers) {
      const result = await load(server, ca, inTurns(SECONDS, reviewsFor(server)));
      loads.get(server.peer.key)?.push(result);
      const [cpu, rate] = [result.microseconds, result.reviewsPerSecond].map(Math.round);
      process.stdout.write(`round ${round}: ${server.peer.name}: ${cpu} µs, ${rate} reviews/s\n`);
    }
  }
  return loads;
}

function rowsOf(peers: readonly Peer[], loads: Rounds<Load>, updates: Rounds<Latency>): Row[] {
  const goLoads = loads.get(GO) ?? [];
  const without = updates.get(NO_WEBHOOK) ?? [];
  const medianOf = <T>(results: readonly T[], value: (result: T, round: number) => number) =>
    median(results.map(value));
  const updateOf = (key: string) => {
    const results = updates.get(key) ?? [];
    return {
      p50: medianOf(results, ({ p50 }) => p50),
      p99: medianOf(results, ({ p99 }) => p99),
      added: medianOf(results, ({ p50 }, round) => p50 - (without[round]?.p50 ?? NaN)),
    };
  };
  return [
    { name: 'no webhook', judges: '', update: updateOf(NO_WEBHOOK) },
    ...peers.map(({ key, name, judges }) => {
      const results = loads.get(key) ?? [];
      return {
        name,
        judges,
        load: {
          microseconds: medianOf(results, ({ microseconds }) => microseconds),
          timesGo: medianOf(
            results,
            ({ microseconds }, round) => microseconds / (goLoads[round]?.microseconds ?? NaN),
          ),
          reviewsPerSecond: medianOf(results, ({ reviewsPerSecond }) => reviewsPerSecond),
        },
        update: updateOf(key),
      };
    }),
  ];
}
