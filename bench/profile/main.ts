/**
 * `npm run bench:profile`: what a review over HTTPS costs by stage. For each stage there is a server
 * that does all up to it; the difference in processor time of two neighbours is the stage. All are
 * asked the same reviews, in turns, round by round, and the best round of each counts. Prints a table
 * for docs/performance.md.
 */
import autocannon from 'autocannon';
import { ACCEPTED, DENIED, distinct } from '../samples.ts';
import { type Server, startServers, startStep } from '../servers.ts';
import { STEPS, type Step } from './steps.ts';

const [program = '', rounds = '5'] = process.argv.slice(2);
const CALLS = 2000;
const WARM_UP_CALLS = 20_000;
const CONNECTIONS = 8;
const BODIES = 64;

const denied = distinct(DENIED, BODIES);
const requests = distinct(ACCEPTED, BODIES).flatMap((accepted, index) =>
  [accepted, denied[index] ?? ''].map((body) => ({
    method: 'POST' as const,
    path: '/validate',
    headers: { 'content-type': 'application/json' },
    body,
  })),
);

/** Microseconds of processor time that the server's process spends on a review. */
async function microseconds(server: Server, calls: number): Promise<number> {
  const before = server.cpuOfAllThreads();
  const { url } = server;
  const result = await autocannon({ url, connections: CONNECTIONS, amount: calls, requests });
  if (result.errors + result.timeouts + result.non2xx > 0) throw new Error('calls failed');
  return ((server.cpuOfAllThreads() - before) * 1000) / calls;
}

const ours = await startServers();
const steps = Object.keys(STEPS) as Step[];
const servers: Server[] = [];
for (const step of steps) servers.push(await startStep(program, step, ours.directory));
servers.push(ours.guard);
const best = servers.map(() => Infinity);
try {
  for (const server of servers) await microseconds(server, WARM_UP_CALLS);
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [index, server] of servers.entries()) {
      best[index] = Math.min(best[index] ?? Infinity, await microseconds(server, CALLS));
    }
  }
} finally {
  for (const server of servers) server.stop();
  ours.stop();
}

const line = (...cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
line('Stage', 'CPU a review', 'up to here', 'what it is');
line('---', '---:', '---:', '---');
for (const [index, step] of steps.entries()) {
  const [before = 0, upTo = 0] = [index === 0 ? 0 : best[index - 1], best[index]];
  line(step, `${(upTo - before).toFixed(0)} us`, `${upTo.toFixed(0)} us`, STEPS[step]);
}
line(
  'the guard',
  '',
  `${(best.at(-1) ?? 0).toFixed(0)} us`,
  '`serve` as it is shipped, for comparison',
);
process.exit(0);
