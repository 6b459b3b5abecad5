import { type AddressInfo, type Socket, connect } from 'node:net';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { Batches, othersOfBatch } from '../../src/server/batches.ts';
import { SIDE_CONNECTIONS, WEBHOOK_CONNECTIONS } from '../../src/server/limits.ts';
import { createProbeServer } from '../../src/server/probes.ts';
import { assertAllowed, assertDenied, assertJudged } from '../support/admission-answers.ts';
import { BASE_VENDOR } from '../support/config-maps.ts';
import { before } from '../support/deadline.ts';
import { Connection, requestBytes, send } from '../support/https-client.ts';
import { UID, reviewBody } from '../support/reviews.ts';
import { type RunningApp, startApp } from '../support/running-app.ts';

/** What one caller may take, and what is left for the others. test/cluster has the limit on memory. */

const GOOD = reviewBody({ oldData: BASE_VENDOR, data: BASE_VENDOR });
const MIB = 1024 * 1024;

async function counted({ metrics }: RunningApp, reason: string): Promise<number> {
  const text = await metrics.registry.metrics();
  const line = new RegExp(`turned_away_total\\{reason="${reason}"\\} (\\d+)`).exec(text);
  return Number(line?.[1]);
}

/** TCP connections on which nothing is sent, opened one after the other. */
async function openBare(t: Test, port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  t.teardown(() => sockets.forEach((socket) => socket.destroy()));
  for (let index = 0; index < count; index += 1) {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket.on('error', () => undefined));
    await once(socket, 'connect');
  }
  return sockets;
}

t.test('a caller that holds every connection it may', async (t) => {
  const server = await startApp(t);
  const known = await Connection.open(server);
  t.teardown(() => known.abort());
  known.write(requestBytes('/validate', GOOD));
  await known.answer();

  const excess = 20;
  const sockets = await openBare(t, server.port, WEBHOOK_CONNECTIONS.perAddress + excess);
  const [oldest] = sockets;
  if (oldest && !oldest.closed) await before(15, 'the oldest to be closed', once(oldest, 'close'));

  await t.test('pushes out its own that wait longest, which are counted', async (t) => {
    t.equal(sockets.at(-1)?.closed, false);
    t.equal(await counted(server, 'connections'), excess + 1);
  });
  await t.test('leaves alone a connection on which a review was answered', async (t) => {
    known.write(requestBytes('/validate', GOOD));
    assertAllowed(t, await known.answer());
  });
  await t.test('does not keep another from being served', async (t) => {
    assertAllowed(t, await send(server, '/validate', GOOD));
  });
});

t.test('probes are answered while all connections for them are held', async (t) => {
  const { turnedAway } = await startApp(t);
  const probes = createProbeServer(() => false, turnedAway);
  await probes.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => probes.close());
  const { port } = probes.server.address() as AddressInfo;
  await openBare(t, port, SIDE_CONNECTIONS.total + 10);
  t.equal((await fetch(`http://127.0.0.1:${port}/livez`)).status, 200);
  t.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 503);
});

t.test('probes with a port of their own are not at the port of the webhook', async (t) => {
  const server = await startApp(t, { hasProbeServer: true });
  for (const path of ['/livez', '/readyz']) {
    t.equal((await send(server, path, '', { method: 'GET', headers: {} })).status, 404);
  }
});

t.test('of large bodies half sent the oldest give way', async (t) => {
  const server = await startApp(t);
  const half = requestBytes('/validate', ' '.repeat(9 * MIB)).subarray(0, -1);
  const holders: Connection[] = [];
  t.teardown(() => holders.forEach((holder) => holder.abort()));
  const open = async () => {
    const holder = await Connection.open(server);
    holders.push(holder);
    holder.write(half);
    return holder;
  };
  const first = await open();
  await open();
  await open();
  await open();
  const answer = await before(15, 'the first to give way', first.answer());
  t.equal(answer.status, 503);
  t.match(answer.body, /^too many large bodies/);
  t.equal(answer.headers.get('connection'), 'close');
  t.equal(await counted(server, 'bodies'), 1);

  const large = GOOD + ' '.repeat(MIB);
  assertAllowed(t, await send(server, '/validate', large));
});

t.test(
  'a body of too many values is refused by its uid, or let through by a mutation',
  async (t) => {
    const server = await startApp(t);
    const members = Array.from({ length: 60_000 }, (_, index) => `"${index}":0`).join(',');
    const bodies = [
      GOOD.replace('"options":{', `"options":{${members},`),
      GOOD.replace('"options":{', `"options":${'['.repeat(1000)}${']'.repeat(1000)},"a":{`),
    ];
    for (const body of bodies) {
      t.match(body, UID);
      assertDenied(t, await send(server, '/validate', body), /too many values, or nests too deep/);
      assertAllowed(t, await send(server, '/mutate', body));
      assertAllowed(t, await send(server, '/restart-gate', body));
    }
  },
);

t.test('an object with more text than a ConfigMap can hold is refused', async (t) => {
  const server = await startApp(t);
  const data = { ...BASE_VENDOR, filler: 'x'.repeat(MIB) };
  const body = reviewBody({ oldData: BASE_VENDOR, data });
  assertDenied(t, await send(server, '/validate', body), /request\.object\.data is larger than/);
});

t.test('two objects of 1 MiB whose every character is escaped are judged', async (t) => {
  const server = await startApp(t);
  const room = MIB - Object.values(BASE_VENDOR).join('').length;
  const data = { ...BASE_VENDOR, other: '&'.repeat(room) };
  const body = reviewBody({ oldData: data, data }).replaceAll('&', '\\u0026');
  t.ok(body.length > 11 * MIB);
  assertAllowed(t, await send(server, '/validate', body));
  assertJudged(t, await send(server, '/mutate', body));
});

t.test('reviews that begin together go on step by step, 64 KiB of bodies at a time', async (t) => {
  const batches = new Batches();
  const steps: string[] = [];
  const review = async (index: number) => {
    await batches.next(8 * 1024);
    steps.push(`judge ${index}`);
    await othersOfBatch();
    steps.push(`answer ${index}`);
  };
  const indices = Array.from({ length: 10 }, (_, index) => index);
  await Promise.all(indices.map(review));
  const [first, others] = [indices.slice(0, 8), indices.slice(8)];
  t.strictSame(
    steps,
    [first, others].flatMap((batch) => [
      ...batch.map((index) => `judge ${index}`),
      ...batch.map((index) => `answer ${index}`),
    ]),
  );
});
