import t from 'tap';
import { localCertificate } from '../../src/certificates/local.ts';
import { assertAllowed, assertDenied } from '../support/admission-answers.ts';
import { BAD, GOOD } from '../support/chain-updates.ts';
import { isDraining } from '../support/drain.ts';
import { Connection, requestBytes, send } from '../support/https-client.ts';
import { startServing } from '../support/program.ts';

/** The built program as a process: it starts, reviews over TLS and ends; test/program has the rest. */

const get = { method: 'GET', headers: {} };

/** Good files, for what is not about them: keys cost more time than most tests. */
const certificates = t.testdir();
await localCertificate(certificates);

t.test(
  'where no person reads it, every line is JSON, and one tells where it listens',
  async (t) => {
    const { stdout, endpoint } = await startServing(t, { certificates });
    assertAllowed(t, await send(endpoint, '/validate', GOOD));
    const lines = stdout().trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as { readonly address?: string });
    t.ok(told.some(({ address }) => /^https:\/\/127\.0\.0\.1:\d+$/.test(address ?? '')));
  },
);

t.test('while draining', async (t) => {
  const program = await startServing(t, { drainSeconds: 5, certificates });
  const early = await Connection.open(program.endpoint);
  const half = await Connection.open(program.endpoint);
  for (const connection of [early, half]) t.teardown(() => connection.abort());
  const bytes = requestBytes('/validate', BAD);
  half.write(bytes.subarray(0, bytes.length / 2));
  program.kill('SIGTERM');
  await isDraining(program);

  await t.test('readiness is 503, liveness is 200', async (t) => {
    t.equal((await send(program.endpoint, '/readyz', '', get)).status, 503);
    t.equal((await send(program.endpoint, '/livez', '', get)).status, 200);
  });
  await t.test('a new connection is answered and let go', async (t) => {
    const answer = await send(program.endpoint, '/validate', GOOD);
    assertAllowed(t, answer);
    t.equal(answer.headers.get('connection'), 'close');
  });
  await t.test('a connection from before, unused so far, is answered and let go', async (t) => {
    early.write(requestBytes('/validate', GOOD));
    const answer = await early.answer();
    assertAllowed(t, answer);
    t.equal(answer.headers.get('connection'), 'close');
    await early.over();
  });
  await t.test('a request of which half had come before the signal is answered', async (t) => {
    half.write(bytes.subarray(bytes.length / 2));
    const answer = await half.answer();
    assertDenied(t, answer, /portmapp/);
    t.equal(answer.headers.get('connection'), 'close');
    await half.over();
  });
  t.match(await program.exit(), { code: 0, signal: null });
});
