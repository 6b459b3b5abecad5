import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { AdmissionReview } from '../../src/admission/response.ts';
import { localCertificate } from '../../src/certificates/local.ts';
import { BAD, GOOD } from '../support/chain-updates.ts';
import { isDraining } from '../support/drain.ts';
import { type Call, keepAliveAgent, post } from '../support/go-client.ts';
import { Connection, requestBytes } from '../support/https-client.ts';
import { type RunningProgram, startServing } from '../support/program.ts';
import { UID } from '../support/reviews.ts';
import { waitFor } from '../support/wait.ts';

/** The end of the process, under load and with clients that would keep it. */

const PATIENCE_MS = 20_000;

/** Good files, for what is not about them: keys cost more time than most tests. */
const certificates = t.testdir();
await localCertificate(certificates);

t.test('SIGTERM under load: no call fails, from before until the process is gone', async (t) => {
  const DRAIN_SECONDS = 2;
  const program = await startServing(t, { drainSeconds: DRAIN_SECONDS, certificates });
  const { endpoint } = program;

  type Record = { readonly phase: Phase; readonly call: Call; readonly drainIsOver: boolean };
  type Phase = 'serving' | 'signalled' | 'draining';
  let phase: Phase = 'serving';
  let drainEnds = Infinity;
  const records: Record[] = [];

  /** Calls one after the other until the process is gone; `pauseMs` lets connections lie idle. */
  async function client(keepsAlive: boolean, pauseMs: number): Promise<void> {
    const agent = keepsAlive ? keepAliveAgent(endpoint) : undefined;
    for (let count = 0; !program.isOver(); count += 1) {
      const started = phase;
      const call = await post(endpoint, '/validate', count % 2 ? GOOD : BAD, agent);
      records.push({ phase: started, call, drainIsOver: performance.now() >= drainEnds });
      await delay(pauseMs);
    }
    agent?.destroy();
  }
  const clients = [
    ...[1, 1, 5, 5, 50, 200].map((pauseMs) => client(true, pauseMs)),
    ...[5, 50].map((pauseMs) => client(false, pauseMs)),
  ];

  const answered = (wanted: Phase) =>
    records.flatMap(({ phase, call }) =>
      phase === wanted && call.outcome === 'answered' ? [call] : [],
    );
  await waitFor('200 answers before the signal', PATIENCE_MS, () =>
    answered('serving').length >= 200 ? true : undefined,
  );

  // A millisecond less, since timers may fire early by a fraction of one.
  drainEnds = performance.now() + DRAIN_SECONDS * 1000 - 1;
  phase = 'signalled';
  program.kill('SIGTERM');
  await isDraining(program);
  phase = 'draining';
  t.match(await program.exit(), { code: 0, signal: null });
  await Promise.all(clients);

  t.same(
    records.filter(({ call }) => call.outcome === 'failed'),
    [],
    'no connection broke under a call',
  );
  t.same(
    records.filter(({ call, drainIsOver }) => call.outcome === 'refused' && !drainIsOver),
    [],
    'no new connection was refused before the drain time was over',
  );
  for (const { call } of records) {
    if (call.outcome !== 'answered') continue;
    const { status, body } = call.answer;
    if (status !== 200 || (JSON.parse(body) as AdmissionReview).response.uid !== UID) {
      t.fail('every answer is one', { status, body });
    }
  }
  t.ok(
    answered('serving').some(({ reused }) => reused),
    'connections are kept while serving',
  );
  t.ok(answered('draining').length > 0, 'calls are answered while draining');
  t.same(
    answered('draining').filter(({ answer }) => answer.headers.get('connection') !== 'close'),
    [],
    'while draining every answer lets go of its connection',
  );
  t.match(program.stdout(), /"stopped"/);
  t.equal(program.stderr(), '');
});

t.test('while callers go on connecting it listens, beyond the drain', async (t) => {
  const DRAIN_SECONDS = 0.5;
  const LATE_MS = DRAIN_SECONDS * 1000 + 200;
  const LATE_CALLS = 20;
  const program = await startServing(t, { drainSeconds: DRAIN_SECONDS, certificates });
  const calls: Call[] = [];
  let signalledAt = Infinity;
  let lateCalls = 0;

  /** Calls one after the other, each on a new connection, until enough of them came late. */
  async function client(): Promise<void> {
    while (lateCalls < LATE_CALLS) {
      const isLate = performance.now() >= signalledAt + LATE_MS;
      calls.push(await post(program.endpoint, '/validate', GOOD));
      if (isLate) lateCalls += 1;
    }
  }
  const clients = Array.from({ length: 8 }, client);
  await waitFor('20 answers before the signal', PATIENCE_MS, () =>
    calls.length >= 20 ? true : undefined,
  );
  program.kill('SIGTERM');
  signalledAt = performance.now();
  await Promise.all(clients);
  t.match(await program.exit(), { code: 0, signal: null });

  const codes = calls.flatMap((call) => (call.outcome === 'answered' ? [] : [String(call.error)]));
  t.same(codes, [], `no connection of ${calls.length} was reset or refused`);
});

t.test('SIGINT ends it as well', async (t) => {
  const program = await startServing(t, { certificates });
  program.kill('SIGINT');
  t.match(await program.exit(), { code: 0, signal: null });
});

t.test('no client can keep it from ending', async (t) => {
  // The kubelet kills what has not ended 30 s after SIGTERM, and cuts off the calls that are served then.
  const bytes = requestBytes('/validate', BAD);
  const CLIENTS: Readonly<Record<string, (program: RunningProgram) => Promise<() => unknown>>> = {
    'an open connection that was never used': async ({ endpoint }) => {
      const connection = await Connection.open(endpoint);
      return () => connection.abort();
    },
    'an idle connection': async ({ endpoint }) => {
      const connection = await Connection.open(endpoint);
      connection.write(bytes);
      await connection.answer();
      return () => connection.abort();
    },
    'half of the headers': async ({ endpoint }) => {
      const connection = await Connection.open(endpoint);
      connection.write(bytes.subarray(0, 30));
      return () => connection.abort();
    },
    'half of a body': async ({ endpoint }) => {
      const connection = await Connection.open(endpoint);
      connection.write(bytes.subarray(0, bytes.length / 2));
      return () => connection.abort();
    },
    'a TCP connection without a handshake': async ({ endpoint }) => {
      const socket = connect(endpoint.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      return () => socket.destroy();
    },
  };
  const root = t.testdir(
    Object.fromEntries(Object.keys(CLIENTS).map((kind) => [kind, {}] as const)),
  );
  const ends = Object.entries(CLIENTS).map(async ([kind, open]) => {
    const program = await startServing(t, { certificates }, join(root, kind));
    const close = await open(program);
    t.teardown(close);
    program.kill('SIGTERM');
    return [kind, await program.exit().catch(String)] as const;
  });
  for (const [kind, exit] of await Promise.all(ends)) {
    t.match(exit, { code: 0, signal: null }, kind);
  }
});
