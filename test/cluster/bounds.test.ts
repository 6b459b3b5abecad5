import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { assertDenied, assertJudged } from '../support/admission-answers.ts';
import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { FLOODS, endpointOf, flood } from '../support/floods.ts';
import { send, sendInTurn } from '../support/https-client.ts';
import { IMAGE_FLAGS } from '../support/image-flags.ts';
import { leash, release } from '../support/leash.ts';
import { MAIN, REPOSITORY, writeConfig } from '../support/program.ts';
import { reviewBody } from '../support/reviews.ts';
import { waitFor } from '../support/wait.ts';

/**
 * What reaches the port of a guard that has the chart's memory and no more. Reviews of another caller
 * go on meanwhile; how long they take is told, and not asserted.
 */

t.setTimeout(10 * 60_000);

const MIB = 1024 * 1024;
const values = parse(
  readFileSync(join(REPOSITORY, 'charts', 'eni-config-guard', 'values.yaml'), 'utf8'),
) as {
  resources: { limits: { memory: string } };
};
const LIMIT = Number(/^(\d+)Mi$/.exec(values.resources.limits.memory)?.[1]) * MIB;

const cgroup = `/sys/fs/cgroup/memory/eni-bounds-${process.pid}`;
mkdirSync(cgroup);
writeFileSync(join(cgroup, 'memory.limit_in_bytes'), String(LIMIT));
const PEAK = join(cgroup, 'memory.max_usage_in_bytes');

const cwd = t.testdir();
const config = writeConfig(cwd, { probePort: 0 });
const serve = [MAIN, 'serve', '--port', '0', '--config', config];
const guard = leash(
  'sh',
  [
    '-c',
    `echo $$ > ${cgroup}/cgroup.procs; exec "$@"`,
    'sh',
    process.execPath,
    ...IMAGE_FLAGS,
    ...serve,
  ],
  // As in a pod: the test runner has what it starts load modules of its own.
  { cwd, env: { PATH: process.env.PATH } },
);
t.teardown(async () => {
  await release(guard);
  await waitFor('the cgroup to be empty', 10_000, () =>
    readFileSync(join(cgroup, 'cgroup.procs'), 'utf8') === '' ? true : undefined,
  );
  rmdirSync(cgroup);
});
// Read to the end: a guard that can't log ends.
const lines: string[] = [];
createInterface({ input: guard.stdout! }).on('line', (line) => lines.push(line));
const saying = (word: string) =>
  waitFor(`a line with ${word}`, 60_000, () => lines.find((line) => line.includes(word)));
const listening = await saying('"listening"');
const caFile = join(cwd, 'certs', 'ca.crt');
const { address, metricsPort, probePort } = JSON.parse(listening) as {
  readonly address: string;
  readonly metricsPort: number;
  readonly probePort: number;
};
const endpoint = endpointOf(Number(new URL(address).port), caFile);

const BAD = reviewBody({
  oldData: BASE_VENDOR,
  data: withConflist(BASE_VENDOR, conflist([VENDOR_CONF, { ...PORTMAP, type: 'portmapp' }])),
});

/** Reviews on one connection, one after the other, until `attack` is over. */
async function during(t: Test, attack: () => Promise<void>): Promise<void> {
  writeFileSync(PEAK, '0');
  const ask = sendInTurn(t, endpoint);
  const reviews: number[] = [];
  const probes: number[] = [];
  const timed = async (call: () => Promise<unknown>) => {
    const start = performance.now();
    await call();
    return performance.now() - start;
  };
  const review = async () => assertDenied(t, await ask('/validate', BAD), /portmapp/);
  const probe = async () => {
    const { status } = await fetch(`http://127.0.0.1:${probePort}/livez`);
    t.equal(status, 200);
  };
  await review();
  const attacked = attack().then(() => true);
  do {
    reviews.push(await timed(review));
    probes.push(await timed(probe));
  } while ((await Promise.race([attacked, delay(5)])) !== true);
  assertDenied(t, await send(endpoint, '/validate', BAD), /portmapp/);
  const peak = Number(readFileSync(PEAK, 'utf8'));
  const longest = (times: number[]) => `${Math.max(...times).toFixed(0)} ms at most`;
  t.comment(
    `${reviews.length} reviews, ${longest(reviews)}; probes ${longest(probes)}; ` +
      `memory ${(peak / MIB).toFixed(0)} MiB`,
  );
  t.ok(peak < 0.8 * LIMIT, 'memory stays below 80 % of the limit');
  t.equal(guard.exitCode, null, 'it lives');
}

for (const kind of Object.keys(FLOODS)) {
  t.test(kind, (t) => during(t, () => flood(kind, endpoint.port, caFile)));
}

t.test('two objects of 1 MiB whose every character is escaped are judged', async (t) => {
  const chain = (type: string) => conflist([VENDOR_CONF, { ...PORTMAP, type }]);
  const data = (type: string) => {
    const texts = withConflist(BASE_VENDOR, chain(type));
    const used = Object.values(texts).join('').length;
    return { ...texts, other: '&'.repeat(MIB - used) };
  };
  const body = reviewBody({ oldData: data('portmap'), data: data('portmapp') });
  const escaped = body.replaceAll('&', '\\u0026');
  t.ok(escaped.length > 11 * MIB);
  await during(t, async () => {
    for (let round = 0; round < 5; round += 1) {
      assertDenied(t, await send(endpoint, '/validate', escaped), /portmapp/);
      assertJudged(t, await send(endpoint, '/mutate', escaped));
    }
  });
});

t.test('what was turned away was counted', async (t) => {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const count = (reason: string) => {
    const pattern = `^eni_config_guard_turned_away_total\\{reason="${reason}"\\} (\\d+)$`;
    return Number(new RegExp(pattern, 'm').exec(text)?.[1]);
  };
  t.ok(count('bodies') > 40, String(count('bodies')));
  t.ok(count('connections') > 8000, String(count('connections')));
  t.ok(count('malformed') > 0, String(count('malformed')));
});
