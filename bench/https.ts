import autocannon from 'autocannon';
import { median, printFigures } from './report.ts';
import { ACCEPTED, DENIED } from './samples.ts';
import { type Server, startServers } from './servers.ts';

const ROUNDS = 3;
const SECONDS = 4;
const CONNECTIONS = 8;

const headers = { 'content-type': 'application/json' };
const requests = [ACCEPTED, DENIED].map((body) => ({
  method: 'POST' as const,
  path: '/validate?timeout=3s',
  headers,
  body,
}));

/** One run of keep-alive load, half of the reviews denied; `rate` in reviews a second. */
async function load(server: Server, rate?: number): Promise<autocannon.Result> {
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    duration: SECONDS,
    requests,
    ...(rate === undefined ? {} : { overallRate: rate }),
  });
  if (result.errors + result.timeouts + result.non2xx > 0) throw new Error('calls failed');
  return result;
}

/** Throughput and latency over HTTPS against the bare server, in turns, in the same run. */
export async function benchHttps(): Promise<void> {
  const servers = await startServers();
  const { guard, bare } = servers;
  try {
    const atRest = guard.rss();
    await load(guard);
    await load(bare);
    const throughput: [number, number][] = [];
    const latency: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      throughput.push([(await load(guard)).requests.mean, (await load(bare)).requests.mean]);
      latency.push([(await load(guard, 200)).latency.p99, (await load(bare, 200)).latency.p99]);
    }
    const ratio = (pairs: [number, number][]) => median(pairs.map(([a, b]) => a / b));
    printFigures('HTTPS, keep-alive, half of the reviews denied', [
      {
        what: 'guard',
        value: median(throughput.map(([guarded]) => guarded)),
        unit: 'reviews/s',
        wanted: '',
      },
      {
        what: 'bare node:https server',
        value: median(throughput.map(([, least]) => least)),
        unit: 'reviews/s',
        wanted: '',
      },
      { what: 'guard / bare', value: ratio(throughput), unit: 'x', wanted: '>= 0.6' },
      {
        what: 'p99 at 200 reviews/s, guard / bare',
        value: ratio(latency),
        unit: 'x',
        wanted: '<= 1.5',
      },
      { what: 'memory at rest', value: atRest, unit: 'MiB', wanted: '< 100' },
      { what: 'memory after the load', value: guard.rss(), unit: 'MiB', wanted: 'flat' },
    ]);
  } finally {
    servers.stop();
  }
}
