import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ConnectionOptions, connect } from 'node:tls';
import t, { type Test } from 'tap';
import { createDecisionRecorder } from '../../src/audit/decision-recorder.ts';
import { createMetrics } from '../../src/audit/metrics.ts';
import { createApp } from '../../src/server/app.ts';
import { type ServerTls, replaceCertificate } from '../../src/server/tls.ts';
import { TurnedAway } from '../../src/server/turned-away.ts';
import { localCertificate } from '../../src/certificates/local.ts';
import { assertAllowed } from '../support/admission-answers.ts';
import { BASE_VENDOR } from '../support/config-maps.ts';
import { Connection, requestBytes } from '../support/https-client.ts';
import { logLines } from '../support/log-lines.ts';
import { WEBHOOK, RESTART_GATE } from '../support/running-app.ts';
import { reviewBody } from '../support/reviews.ts';
import type { AddressInfo } from 'node:net';

const REVIEW = requestBytes('/validate', reviewBody({ oldData: BASE_VENDOR, data: BASE_VENDOR }));

/** Passes on what a client sends to `port`, the first bytes after a while of their own. */
async function slowly(t: Test, port: number): Promise<number> {
  const server = createServer((client) => {
    const guard = createConnection({ host: '127.0.0.1', port }).setNoDelay(true);
    guard.on('error', () => client.destroy()).pipe(client);
    client.on('error', () => guard.destroy()).on('close', () => guard.destroy());
    client.once('data', (hello: Buffer) => {
      client.pause();
      void (async () => {
        for (const byte of hello.subarray(0, 8)) {
          guard.write(Buffer.of(byte));
          await nextTurn();
        }
        guard.write(hello.subarray(8));
        client.pipe(guard);
      })();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A server with the first of two certificates, which knows how to change to the second. */
async function setUp(t: Test, minVersion?: 'TLSv1.2' | 'TLSv1.3') {
  const directory = t.testdir({});
  const one = await localCertificate(join(directory, 'one'));
  const two = await localCertificate(join(directory, 'two'));
  const tls = (pair: ServerTls) => (minVersion ? { ...pair, minVersion } : pair);
  const { log } = logLines();
  const metrics = createMetrics();
  const app = createApp({
    webhook: WEBHOOK,
    restartGate: RESTART_GATE,
    tls: tls(one),
    log,
    record: createDecisionRecorder({ log, metrics }),
    isReady: () => true,
    turnedAway: new TurnedAway(log, metrics.countTurnedAway),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { port, one, two, replace: () => replaceCertificate(app, tls(two)) };
}

t.test('a certificate changes without a connection noticing', async (t) => {
  const { port, one, two, replace } = await setUp(t);
  const review = async (connection: Connection) => {
    connection.write(REVIEW);
    assertAllowed(t, await connection.answer());
  };
  const before = await Connection.open({ port, ca: one.ca });
  t.teardown(() => before.abort());
  await review(before);
  // Half a request is under way while the certificate changes.
  before.write(REVIEW.subarray(0, 100));
  replace();
  before.write(REVIEW.subarray(100));
  assertAllowed(t, await before.answer());
  await review(before);

  const after = await Connection.open({ port, ca: two.ca });
  t.teardown(() => after.abort());
  await review(after);
  await t.rejects(Connection.open({ port, ca: one.ca }), { code: /SIGNATURE/ });
});

t.test('a handshake whose first message comes byte by byte', async (t) => {
  const { port, one } = await setUp(t);
  const connection = await Connection.open({ port: await slowly(t, port), ca: one.ca });
  t.teardown(() => connection.abort());
  connection.write(REVIEW);
  assertAllowed(t, await connection.answer());
});

t.test('a connection that ends before its handshake', async (t) => {
  const { port, one } = await setUp(t);
  const socket = createConnection({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.end();
  socket.resume();
  await once(socket, 'close');
  const connection = await Connection.open({ port, ca: one.ca });
  t.teardown(() => connection.abort());
  connection.write(REVIEW);
  assertAllowed(t, await connection.answer());
});

t.test('the oldest TLS version', async (t) => {
  const protocol = async (port: number, ca: string, options: ConnectionOptions) => {
    const connection = await Connection.open({ port, ca }, options);
    connection.abort();
    return connection.protocol;
  };
  const old: ConnectionOptions = { maxVersion: 'TLSv1.2' };

  await t.test('is 1.3 unless configured, also after a change', async (t) => {
    const { port, one, two, replace } = await setUp(t);
    t.equal(await protocol(port, one.ca, {}), 'TLSv1.3');
    await t.rejects(protocol(port, one.ca, old), { code: /PROTOCOL_VERSION/ });
    replace();
    t.equal(await protocol(port, two.ca, {}), 'TLSv1.3');
    await t.rejects(protocol(port, two.ca, old), { code: /PROTOCOL_VERSION/ });
  });

  await t.test('can be 1.2, also after a change', async (t) => {
    const { port, one, two, replace } = await setUp(t, 'TLSv1.2');
    t.equal(await protocol(port, one.ca, old), 'TLSv1.2');
    replace();
    t.equal(await protocol(port, two.ca, old), 'TLSv1.2');
    const older = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const;
    await t.rejects(protocol(port, two.ca, { ...older, ciphers: 'DEFAULT:@SECLEVEL=0' }));
  });
});

t.test('a session of the former certificate is not resumed', async (t) => {
  const { port, one, two, replace } = await setUp(t);
  const first = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: one.ca });
  first.write(requestBytes('/livez', '', { method: 'GET', headers: {} }));
  const [session] = (await once(first, 'session')) as [Buffer];
  first.destroy();
  replace();
  const options = { port, host: '127.0.0.1', servername: 'localhost', ca: two.ca, session };
  const second = connect(options);
  await once(second, 'secureConnect');
  t.notOk(second.isSessionReused());
  second.destroy();
});
