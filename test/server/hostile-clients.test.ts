import t from 'tap';
import { assertAllowed, assertBadCall, assertDenied } from '../support/admission-answers.ts';
import { BAD, BAD_CHAIN, GOOD, update } from '../support/chain-updates.ts';
import { before } from '../support/deadline.ts';
import { Connection, requestBytes, send, sendInTurn } from '../support/https-client.ts';
import { startApp } from '../support/running-app.ts';

/** Whatever a client does with its connection, it is told why, and others are served meanwhile. */

const server = await startApp(t);
const call = sendInTurn(t, server);
const validate = (body: string | Buffer) => call('/validate', body);

t.test('another method, another path', async (t) => {
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    await t.test(`${method} /validate`, async (t) => {
      assertBadCall(t, await send(server, '/validate', '', { method }));
      assertBadCall(t, await send(server, '/validate', BAD, { method }));
    });
  }
  const PATHS = ['/', '/validat', '/validate/', '/VALIDATE', '//validate', '/metrics', '/%zz', '*'];
  for (const path of PATHS) {
    await t.test(`POST ${path}`, async (t) => {
      assertBadCall(t, await send(server, path, BAD), /./);
    });
  }
});

t.test('what is no HTTP', async (t) => {
  const BYTES: Readonly<Record<string, string>> = {
    'a line of text': 'hello\r\n\r\n',
    'two lengths':
      'POST /validate HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    'a length that is no number': 'POST /validate HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n',
    'a chunk size that is no number':
      'POST /validate HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
    'headers of 100 KB': `POST /validate HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
  };
  for (const [kind, bytes] of Object.entries(BYTES)) {
    await t.test(kind, async (t) => {
      const connection = await Connection.open(server);
      t.teardown(() => connection.abort());
      connection.write(bytes);
      assertBadCall(t, await connection.answer());
      await connection.over();
    });
  }
});

t.test('a body shorter than announced, then the end of the stream', async (t) => {
  const connection = await Connection.open(server);
  t.teardown(() => connection.abort());
  const bytes = requestBytes('/validate', BAD);
  connection.write(bytes.subarray(0, bytes.length - 1));
  connection.halfClose();
  assertBadCall(t, await connection.answer());
  await connection.over();
  assertAllowed(t, await validate(GOOD));
});

t.test('a client that never finishes is cut off; others are served meanwhile', async (t) => {
  const impatient = await startApp(t, { requestTimeoutMs: 500 });
  const bytes = requestBytes('/validate', BAD);
  const PARTS: Readonly<Record<string, Buffer>> = {
    'half of the headers': bytes.subarray(0, 30),
    'half of the body': bytes.subarray(0, bytes.length / 2),
    nothing: Buffer.alloc(0),
  };
  for (const [kind, part] of Object.entries(PARTS)) {
    await t.test(`it sends ${kind} and hangs`, async (t) => {
      const hanging = await Connection.open(impatient);
      t.teardown(() => hanging.abort());
      hanging.write(part);
      assertAllowed(t, await send(impatient, '/validate', GOOD));
      await before(15, 'the server to end the connection', hanging.over());
      assertAllowed(t, await send(impatient, '/validate', GOOD));
    });
  }
});

t.test('a client that goes away in the middle of its request', async (t) => {
  const errors = () => server.log.filter(({ level }) => level === 'error').length;
  const errorsBefore = errors();
  const bytes = requestBytes('/validate', BAD);
  for (const length of [0, 10, bytes.indexOf('\r\n\r\n') + 4, bytes.length / 2, bytes.length]) {
    const connection = await Connection.open(server);
    connection.write(bytes.subarray(0, length));
    connection.abort();
    assertAllowed(t, await validate(GOOD));
  }
  t.equal(errors(), errorsBefore, 'it is no failure of the guard');
});

t.test('requests sent ahead on one connection are answered in their order', async (t) => {
  const connection = await Connection.open(server);
  t.teardown(() => connection.abort());
  const uids = ['first', 'second', 'third', 'fourth'];
  connection.write(
    Buffer.concat(uids.map((uid) => requestBytes('/validate', update(BAD_CHAIN, { uid })))),
  );
  for (const uid of uids) assertDenied(t, await connection.answer(), /portmapp/, uid);
});
