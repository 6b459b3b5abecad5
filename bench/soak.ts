/**
 * `npm run bench:soak [-- REVIEWS]`: a million reviews that differ in all that callers choose, sent to the
 * built guard, started as its image starts it: whether its memory stays flat, and the last reviews cost no
 * more than the first. A wrong answer ends the run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localCertificate } from '../src/certificates/local.ts';
import { requestBytes } from '../test/support/https-client.ts';
import { UID } from '../test/support/reviews.ts';
import { waitFor } from '../test/support/wait.ts';
import { type Expected, type Load, answers, load } from './peers/load.ts';
import { builtGuard } from './peers/peers.ts';
import { startPeer } from './peers/server.ts';
import { printFigures } from './report.ts';
import { ACCEPTED, DENIED } from './samples.ts';

const REVIEWS = Number(process.argv[2] ?? 1_000_000);
const TENTHS = 10;
const PATIENCE_MS = 60_000;
const LOOK_MS = 1000;

/** Where the number of a review goes: the uid, who asks, eni_conf on both sides and the old chain. */
const MARKS = [UID.slice(-12), 'alice', 'uf6d0example', 'before'];
const NUMBER = '\u{f8ff}';
const templates = [ACCEPTED, DENIED].map((body) => ({
  pieces: MARKS.reduce((text, mark) => text.replaceAll(mark, NUMBER), body).split(NUMBER),
  allowed: body === ACCEPTED,
}));

let made = 0;

/** So many reviews, no two alike in this run. */
function reviews(count: number): () => Expected | undefined {
  const end = made + count;
  return () => {
    const template = templates[made % templates.length];
    if (made >= end || template === undefined) return undefined;
    made += 1;
    const body = template.pieces.join(String(made).padStart(12, '0'));
    return { bytes: requestBytes('/validate?timeout=3s', body), allowed: template.allowed };
  };
}

const directory = mkdtempSync(join(tmpdir(), 'eni-config-guard-soak-'));
try {
  const { ca } = await localCertificate(directory);
  const guard = await startPeer(builtGuard(directory), { PATH: process.env.PATH });
  await waitFor('answers of the guard', PATIENCE_MS, async () => {
    guard.assertRunning();
    return (await answers(guard, ca)) || undefined;
  });
  spawnSync('taskset', ['-acp', '0', String(process.pid)]);
  const atRest = guard.rss();
  let most = atRest;
  const looks = setInterval(() => (most = Math.max(most, guard.rss())), LOOK_MS);
  const tenths: (Load & { memory: number })[] = [];
  for (let tenth = 1; tenth <= TENTHS; tenth += 1) {
    const result = await load(guard, ca, reviews(Math.ceil(REVIEWS / TENTHS)));
    tenths.push({ ...result, memory: guard.rss() });
    process.stdout.write(
      `${made} reviews: ${result.microseconds.toFixed(0)} µs each, ${guard.rss().toFixed(0)} MiB\n`,
    );
  }
  clearInterval(looks);
  guard.stop();
  const [first, middle, last] = [tenths[0], tenths[TENTHS / 2 - 1], tenths[TENTHS - 1]];
  const memory = (value = NaN, wanted = '') => ({ value, unit: 'MiB', wanted });
  const cost = (value = NaN, wanted = '') => ({ value, unit: 'us', wanted });
  printFigures(`${made} reviews, no two alike, half of them denied`, [
    { what: 'memory at rest', ...memory(atRest) },
    { what: 'memory after a tenth', ...memory(first?.memory) },
    { what: 'memory after half', ...memory(middle?.memory) },
    { what: 'memory at the end', ...memory(last?.memory, 'as after a tenth') },
    { what: 'most memory, looked at each second', ...memory(most, '<= 200') },
    { what: 'CPU a review, first tenth', ...cost(first?.microseconds) },
    { what: 'CPU a review, last tenth', ...cost(last?.microseconds, 'as the first') },
  ]);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
