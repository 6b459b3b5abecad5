import { once } from 'node:events';
import { type AddressInfo, type Socket, createConnection, createServer } from 'node:net';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { Handshakes } from '../../src/server/handshakes.ts';

const CONNECTIONS = 60;
const AT_ONCE = 4;

/** A paced server that only notes how many connections were begun in each turn of the event loop. */
async function pacedServer(t: Test) {
  const begun: number[] = [0];
  const open = new Set<Socket>();
  let isOver = false;
  const nextTurn = () => {
    begun.push(0);
    if (!isOver) setImmediate(nextTurn);
  };
  const server = createServer((socket) => {
    open.add(socket);
    begun.push((begun.pop() ?? 0) + 1);
  });
  Handshakes.pace(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  setImmediate(nextTurn);
  const clients: Socket[] = [];
  t.teardown(() => {
    isOver = true;
    for (const socket of [...open, ...clients]) socket.destroy();
    server.close();
  });
  const connect = async () => {
    const client = createConnection({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
    });
    clients.push(client);
    await once(client, 'connect');
    return client;
  };
  const accepted = promisify(server.getConnections.bind(server));
  return { begun, connect, count: () => open.size, accepted };
}

t.test('of many connections that say hello in one moment a few are begun at a time', async (t) => {
  const { begun, connect, count, accepted } = await pacedServer(t);
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, connect));
  while ((await accepted()) < CONNECTIONS) await delay(5);
  for (const client of clients) client.write('hello');
  while (count() < CONNECTIONS) await turn();
  t.ok(Math.max(...begun) <= AT_ONCE, `at most ${Math.max(...begun)} in a turn`);
});

t.test('a connection on which nothing was said has no turn', async (t) => {
  const { connect, count } = await pacedServer(t);
  await connect();
  const second = await connect();
  second.write('hello');
  while (count() === 0) await turn();
  t.equal(count(), 1);
});
