import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import type { AdmissionReview } from '../../src/admission/response.ts';
import { localCertificate } from '../../src/certificates/local.ts';
import { assertAllowed, assertDenied } from '../support/admission-answers.ts';
import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { type Call, keepAliveAgent, post } from '../support/go-client.ts';
import { Connection, requestBytes, send } from '../support/https-client.ts';
import {
  REPOSITORY,
  type RunningProgram,
  startProgram,
  startServing,
  writeConfig,
} from '../support/program.ts';
import { UID, reviewBody } from '../support/reviews.ts';
import { waitFor } from '../support/wait.ts';

const GOOD = reviewBody({
  oldData: BASE_VENDOR,
  data: withConflist(BASE_VENDOR, VENDOR_CHAINS['private access']!),
});
const BAD = reviewBody({
  oldData: BASE_VENDOR,
  data: withConflist(BASE_VENDOR, conflist([VENDOR_CONF, { ...PORTMAP, type: 'portmapp' }])),
});

const get = { method: 'GET', headers: {} };
const PATIENCE_MS = 20_000;

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

t.test('a person in the repository is shown a call that works as it stands', async (t) => {
  const directory = t.testdir();
  const pretty = 'audit: { logFormat: pretty }\n';
  const config = join(directory, writeConfig(directory, { certificates: directory }, pretty));
  const program = startProgram(t, ['serve', '--port', '0', '--config', config], REPOSITORY);
  const call = /try: (curl .*)$/.exec(await program.lineWith('listens on'))?.[1];
  t.match(call, /^curl .*examples\/review-with-a-typo\.json .*\/validate$/);
  const { stdout } = await promisify(execFile)('sh', ['-c', `${call} --silent --noproxy '*'`], {
    cwd: REPOSITORY,
  });
  t.match(JSON.parse(stdout) as AdmissionReview, {
    kind: 'AdmissionReview',
    response: { allowed: false, status: { code: 422 } },
  });
});

t.test('certificate files', async (t) => {
  const FILES = ['ca.crt', 'tls.crt', 'tls.key'] as const;
  const read = (directory: string) =>
    FILES.map((file) => readFileSync(join(directory, 'certs', file), 'utf8'));

  /** Starts in `cwd`, asserts that the CA on disk vouches for the server, and stops. */
  async function startAndStop(t: Test, cwd: string): Promise<string[]> {
    const program = await startServing(t, {}, cwd);
    assertAllowed(t, await send(program.endpoint, '/validate', GOOD));
    program.kill('SIGTERM');
    t.match(await program.exit(), { code: 0 });
    return read(cwd);
  }

  await t.test('are made on the first start, the key for its owner only', async (t) => {
    const cwd = t.testdir();
    const made = await startAndStop(t, cwd);
    t.match(made, [/^-----BEGIN CERTIFICATE-/, /^-----BEGIN CERTIFICATE-/, /^-----BEGIN .*KEY-/]);
    t.equal(statSync(join(cwd, 'certs', 'tls.key')).mode & 0o777, 0o600);
  });

  await t.test('are used again on the next', async (t) => {
    const cwd = t.testdir();
    t.same(await startAndStop(t, cwd), await startAndStop(t, cwd));
  });

  await t.test('stand where the configuration says, also several directories deep', async (t) => {
    const cwd = t.testdir();
    const { endpoint } = await startServing(t, { certificates: 'a/b/c' }, cwd);
    assertAllowed(t, await send(endpoint, '/validate', GOOD));
    t.equal(statSync(join(cwd, 'a/b/c/tls.key')).mode & 0o777, 0o600);
  });

  const DAY_MS = 24 * 60 * 60 * 1000;
  const another = await localCertificate(t.testdir());
  const SPOILT: Readonly<Record<string, (certs: string) => Promise<void> | void>> = {
    'an expired pair': async (certs) => {
      rmSync(certs, { recursive: true });
      await localCertificate(certs, new Date(Date.now() - 366 * DAY_MS));
    },
    'a pair that expires tomorrow': async (certs) => {
      rmSync(certs, { recursive: true });
      await localCertificate(certs, new Date(Date.now() - 364 * DAY_MS));
    },
    'an empty certificate': (certs) => writeFileSync(join(certs, 'tls.crt'), ''),
    'a certificate that is none': (certs) => writeFileSync(join(certs, 'tls.crt'), 'hello'),
    'an empty key': (certs) => writeFileSync(join(certs, 'tls.key'), ''),
    'a key that is none': (certs) => writeFileSync(join(certs, 'tls.key'), 'hello'),
    'a key cut in half': (certs) => {
      const key = readFileSync(join(certs, 'tls.key'), 'utf8');
      writeFileSync(join(certs, 'tls.key'), key.slice(0, key.length / 2));
    },
    'the key of another certificate': (certs) => {
      writeFileSync(join(certs, 'tls.key'), another.key);
    },
    'another CA': (certs) => {
      writeFileSync(join(certs, 'ca.crt'), another.ca);
    },
    'an empty CA': (certs) => writeFileSync(join(certs, 'ca.crt'), ''),
    'no CA': (certs) => rmSync(join(certs, 'ca.crt')),
    'no certificate': (certs) => rmSync(join(certs, 'tls.crt')),
    'no key': (certs) => rmSync(join(certs, 'tls.key')),
  };
  for (const [kind, spoil] of Object.entries(SPOILT)) {
    await t.test(`${kind} is replaced`, async (t) => {
      const cwd = t.testdir();
      const certs = join(cwd, 'certs');
      cpSync(certificates, certs, { recursive: true });
      const { key: keyBefore } = await localCertificate(certs);
      await spoil(certs);
      const [, , key] = await startAndStop(t, cwd);
      t.not(key, keyBefore, 'by a new one');
      t.equal(statSync(join(certs, 'tls.key')).mode & 0o777, 0o600);
    });
  }

  await t.test('a directory that cannot be written to ends the start with a reason', async (t) => {
    const cwd = t.testdir({ certs: 'a file, not a directory' });
    const config = writeConfig(cwd);
    const program = startProgram(t, ['serve', '--port', '0', '--config', config], cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), /^eni-config-guard: .*certs.*\n$/);
  });
});

t.test('a call that cannot be used ends with status 2 and says why', async (t) => {
  const CALLS: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    'no command': [[], /a command is missing; see eni-config-guard --help\n$/],
    'an unknown command': [['sevre'], /unknown command "sevre"; did you mean serve\?\n$/],
    'a flag as the command': [
      ['--config', 'x'],
      /unknown command "--config"; see eni-config-guard --help\n$/,
    ],
    'an unknown flag': [
      ['serve', '--prot', '1'],
      /unknown flag "--prot"; did you mean --port\?; see .* serve --help\n$/,
    ],
    'a stray word': [['serve', 'now'], /serve takes no "now"; see .*\n$/],
    'a flag without its value': [['serve', '--port'], /--port takes a value: NUMBER; see .*\n$/],
    'a port that is no number': [['serve', '--port', 'https'], /--port takes a number.*"https"/],
    'a port out of range': [['serve', '--port', '65536'], /--port takes a number/],
    'a port in hexadecimal': [['serve', '--port', '0x10'], /--port takes a number.*"0x10"/],
    'an empty port': [['serve', '--port', ''], /--port takes a number/],
    'a configuration that is not there': [['serve', '--config', 'no.yaml'], /no\.yaml: .*ENOENT/],
    'a directory as the configuration': [['serve', '--config', '.'], /\.: .*EISDIR/],
  };
  for (const [kind, [args, reason]] of Object.entries(CALLS)) {
    await t.test(kind, async (t) => {
      const program = startProgram(t, args, t.testdir());
      t.match(await program.exit(), { code: 2 });
      t.match(program.stderr(), reason);
      t.match(program.stderr(), /^eni-config-guard: /);
      t.notMatch(program.stderr(), /\n {4}at /, 'no stack');
      t.equal(program.stdout(), '');
    });
  }
  await t.test('asking for help is no error', async (t) => {
    for (const flag of ['help', '--help', '-h']) {
      const program = startProgram(t, [flag], t.testdir());
      t.match(await program.exit(), { code: 0 });
      t.match(program.stdout(), /^usage: eni-config-guard COMMAND \[flags\]\n\n {2}serve /);
      t.equal(program.stderr(), '');
    }
  });
});

t.test('a mistake in the configuration ends with status 2, file, line and key', async (t) => {
  const MISTAKES: Readonly<Record<string, readonly [string, string]>> = {
    'an unknown key': [
      'mode: enforce\nserver:\n  drainSecond: 2\n',
      'config.yaml:3: server.drainSecond: unknown key; did you mean "drainSeconds"?',
    ],
    'an unknown rule': [
      'rules:\n  json-syntax: warn\n  jsn-syntax: warn\n',
      'config.yaml:3: rules.jsn-syntax: unknown key; did you mean "json-syntax"?',
    ],
    'a value that is not on the list': [
      '# a comment\nmode: enforced\n',
      'config.yaml:2: mode: must be enforce, warn or audit',
    ],
    'a wrong type': [
      'server:\n  metricsPort: "8444"\n',
      'config.yaml:2: server.metricsPort: must be of type integer',
    ],
    'a number out of range': [
      'server:\n\n  metricsPort: 70000\n',
      'config.yaml:3: server.metricsPort: must be <= 65535',
    ],
    'an element of a list': [
      'exempt:\n  users:\n    - alice\n    - 7\n',
      'config.yaml:4: exempt.users.1: must be text; put it in quotes',
    ],
    'a version that is none': [
      'facts:\n  terwayVersion: latest\n',
      'config.yaml:2: facts.terwayVersion: "latest" is not a version',
    ],
    'a list instead of a map': ['- mode: enforce\n', 'config.yaml:1: the file: must be a map'],
    'a key given twice': ['mode: warn\nmode: audit\n', 'config.yaml:2: not valid YAML'],
    'broken YAML': ['mode: enforce\nrules: {\n', 'config.yaml:3: not valid YAML'],
  };
  for (const [kind, [text, problem]] of Object.entries(MISTAKES)) {
    await t.test(kind, async (t) => {
      const cwd = t.testdir({ 'config.yaml': text });
      const program = startProgram(t, ['serve', '--config', 'config.yaml'], cwd);
      t.match(await program.exit(), { code: 2 });
      t.match(program.stderr(), `eni-config-guard: ${problem}`);
      t.equal(program.stderr().trimEnd().split('\n').length, 1, 'one line for one mistake');
      t.equal(program.stdout(), '');
    });
  }
  await t.test('all mistakes are told at once', async (t) => {
    const cwd = t.testdir({ 'config.yaml': 'mode: off\nfirstEntry: 1\nserver: {port: 1}\n' });
    const program = startProgram(t, ['serve', '--config', 'config.yaml'], cwd);
    t.match(await program.exit(), { code: 2 });
    for (const place of ['config.yaml:1: mode: ', 'config.yaml:2: firstEntry: ']) {
      t.match(program.stderr(), place);
    }
    t.match(program.stderr(), 'config.yaml:3: server.port: unknown key');
  });
});

t.test('an address that cannot be had ends with status 2 and a remedy', async (t) => {
  const occupied = createServer().listen(0, '127.0.0.1');
  await once(occupied, 'listening');
  t.teardown(() => occupied.close());
  const { port } = occupied.address() as AddressInfo;

  await t.test('the port is taken', async (t) => {
    const cwd = t.testdir();
    const args = ['serve', '--port', String(port), '--config', writeConfig(cwd)];
    const program = startProgram(t, args, cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), new RegExp(`^eni-config-guard: port ${port} .*taken.*--port`));
    t.equal(program.stdout(), '', 'it claims nowhere to listen');
  });
  await t.test('the port of the metrics is taken', async (t) => {
    const cwd = t.testdir();
    const args = ['serve', '--port', '0', '--config', writeConfig(cwd, { metricsPort: port })];
    const program = startProgram(t, args, cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), new RegExp(`port ${port} .*taken.*server\\.metricsPort`));
    t.equal(program.stdout(), '', 'it claims nowhere to listen');
  });
  await t.test('the address is not of this machine', async (t) => {
    const cwd = t.testdir();
    const args = ['serve', '--host', '192.0.2.1', '--port', '0', '--config', writeConfig(cwd)];
    const program = startProgram(t, args, cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), /^eni-config-guard: .*192\.0\.2\.1/);
  });
});

/** Waits until a new connection learns that the server gets no more traffic. */
async function isDraining({ endpoint }: RunningProgram): Promise<void> {
  await waitFor('/readyz to answer 503', PATIENCE_MS, async () => {
    const { status } = await send(endpoint, '/readyz', '', get);
    return status === 503 ? true : undefined;
  });
}

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

t.test('SIGINT ends it as well', async (t) => {
  const program = await startServing(t, { certificates });
  program.kill('SIGINT');
  t.match(await program.exit(), { code: 0, signal: null });
});

t.test('no client can keep it from ending', async (t) => {
  // The kubelet kills what has not ended 30 s after SIGTERM, and cuts off whoever is served then.
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
