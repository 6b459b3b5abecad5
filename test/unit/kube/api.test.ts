import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type ApiCall, ApiError, NO_CREDENTIALS, connect } from '../../../src/kube/api.ts';
import { CertificateAuthority } from '../../support/certificates.ts';
import { type Handler, misbehaving } from '../../support/misbehaving-api-server.ts';
import { closed, failureOf, json } from './answers.ts';

const GET = { method: 'GET', path: '/version' } as const;

t.test('what is sent, and what comes back', async (t) => {
  let seen: unknown;
  const { kubeconfig } = await misbehaving(t, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, url, headers } = request;
      seen = { method, url, accept: headers.accept, type: headers['content-type'], body };
      json(201, { kind: 'Event' })(request, response);
    });
  });
  const answer = await connect({ kubeconfig }).call({
    method: 'POST',
    path: '/api/v1/events',
    query: { fieldManager: 'guard & co' },
    body: { text: 'ü' },
  });
  t.same(answer, { kind: 'Event' });
  t.same(seen, {
    method: 'POST',
    url: '/api/v1/events?fieldManager=guard+%26+co',
    accept: 'application/json',
    type: 'application/json',
    body: '{"text":"ü"}',
  });
});

t.test('warnings come as their texts', async (t) => {
  const { kubeconfig } = await misbehaving(t, (request, response) => {
    response.setHeader('warning', ['299 - "say \\"portmap\\""', '299 - "and more"']);
    json(200, {})(request, response);
  });
  const told: string[] = [];
  await connect({ kubeconfig }).call({ ...GET, onWarnings: (all) => told.push(...all) });
  t.same(told, ['say "portmap"', 'and more']);
});

t.test('a refused call says how to go on', async (t) => {
  const status = { kind: 'Status', reason: 'Expired', message: 'old', metadata: { continue: 'x' } };
  const { kubeconfig } = await misbehaving(t, (_, response) => {
    response.writeHead(410, { 'retry-after': '7' }).end(JSON.stringify(status));
  });
  const { hints } = await failureOf(connect({ kubeconfig }).call(GET));
  t.same(hints, { retryAfterMs: 7000, continueToken: 'x' });
});

t.test('a refusal keeps the last line of each cause, however long its message is', async (t) => {
  const causes = [
    { message: `one\n${'x'.repeat(9000)}\n  rule: eni-config-guard/chain-shape` },
    { message: 'two' },
    { message: 'three\n' },
    { field: 'data' },
    null,
  ];
  const status = { kind: 'Status', reason: 'Invalid', message: 'no', details: { causes } };
  const { kubeconfig } = await misbehaving(t, (_, response) => {
    response.writeHead(422).end(JSON.stringify(status));
  });
  const { hints } = await failureOf(connect({ kubeconfig }).call(GET));
  t.same(hints, { causes: ['  rule: eni-config-guard/chain-shape', 'two'] });
});

t.test('a call that fails says why, in one line', async (t) => {
  const forbidden = {
    kind: 'Status',
    reason: 'Forbidden',
    message: 'nodes is forbidden: User "x"\ncannot list',
  };
  const html: Handler = (_, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
  };
  const cases: readonly [string, Handler, Partial<ApiError>][] = [
    [
      'a Status',
      json(403, forbidden),
      {
        status: 403,
        reason: 'Forbidden',
        message: 'GET /version: nodes is forbidden: User "x"\\u000acannot list',
      },
    ],
    [
      'a continue token that has expired',
      json(410, { kind: 'Status', reason: 'Expired', message: 'too old' }),
      { status: 410, reason: 'Expired', message: 'GET /version: too old' },
    ],
    [
      "a proxy's page",
      html,
      { status: 502, reason: 'HTTP502', message: 'GET /version: status 502' },
    ],
    [
      "a proxy's page under status 200",
      (_, response) => response.end('<html>'),
      {
        status: 200,
        reason: 'Unreadable',
        message: 'GET /version: the answer is not valid JSON',
      },
    ],
    ['JSON that is no Status', json(500, null), { status: 500, reason: 'HTTP500' }],
    [
      'an answer that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('{"items": [', () => response.destroy());
      },
      { status: undefined, reason: 'ECONNRESET' },
    ],
    [
      'a chunked answer that breaks off',
      (_, response) => {
        response.write('{"items": [', () => response.destroy());
      },
      { status: undefined, reason: 'ECONNRESET' },
    ],
    [
      'a connection that breaks off',
      (_, response) => response.destroy(),
      { status: undefined, reason: 'ECONNRESET' },
    ],
  ];
  for (const [what, handler, expected] of cases) {
    await t.test(what, async (t) => {
      const { kubeconfig } = await misbehaving(t, handler);
      t.match(await failureOf(connect({ kubeconfig }).call(GET)), expected);
    });
  }
});

t.test('a message of any length stays bounded', async (t) => {
  const { kubeconfig } = await misbehaving(t, json(500, { message: 'a'.repeat(1e6), reason: 'x' }));
  const { message } = await failureOf(connect({ kubeconfig }).call(GET));
  t.ok(message.length < 600, `${message.length} characters`);
});

t.test('an answer that does not come, and one that never ends', async (t) => {
  const handlers: readonly Handler[] = [
    () => undefined,
    (_, response) => void response.write('{"items": ['),
  ];
  for (const handler of handlers) {
    const { kubeconfig, connections } = await misbehaving(t, handler);
    const failure = await failureOf(connect({ kubeconfig }).call({ ...GET, timeoutMs: 100 }));
    t.match(failure, {
      status: undefined,
      reason: 'Timeout',
      message: 'GET /version: no whole answer within 100 ms',
    });
    await closed(connections);
  }
});

t.test('a call can be called off', async (t) => {
  const { kubeconfig, connections } = await misbehaving(t, () => calledOff.abort());
  const calledOff = new AbortController();
  const failure = await failureOf(
    connect({ kubeconfig }).call({ ...GET, signal: calledOff.signal }),
  );
  t.match(failure, { reason: 'Aborted' });
  await closed(connections);
});

t.test('a port that is closed', async (t) => {
  const { kubeconfig, server } = await misbehaving(t, json(200, {}));
  server.close();
  const failure = await failureOf(connect({ kubeconfig }).call(GET));
  t.match(failure, { status: undefined, reason: 'ECONNREFUSED' });
});

t.test('a kubeconfig is read again after a failure, and not before', async (t) => {
  const good = { status: 200, body: {} };
  const bad = { status: 401, body: { kind: 'Status', reason: 'Unauthorized', message: 'no' } };
  let next = good;
  const server = await misbehaving(t, (request, response) => {
    json(next.status, next.body)(request, response);
  });
  const api = connect({ kubeconfig: server.kubeconfig });
  await api.call(GET);
  await server.rewrite('second');
  await api.call(GET);
  next = bad;
  t.match(await failureOf(api.call(GET)), { status: 401 });
  next = good;
  await api.call(GET);
  t.same(server.users, ['first', 'second']);

  await t.test('after a server certificate of another CA', async (t) => {
    await server.rewrite('third', await CertificateAuthority.create());
    const suspicious = connect({ kubeconfig: server.kubeconfig });
    t.match(await failureOf(suspicious.call(GET)), { status: undefined, reason: /CERT|SIGNATURE/ });
    await server.rewrite('fourth');
    await suspicious.call(GET);
    t.equal(server.users.at(-1), 'fourth');
  });
});

t.test('a kubeconfig that leads nowhere', async (t) => {
  const write = (text: string) => {
    const path = join(t.testdir(), 'kubeconfig');
    writeFileSync(path, text);
    return path;
  };
  const secret = 'eyJhbGciOi';
  const cluster = (server: string) =>
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: { token: secret } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    });
  for (const [text, message] of [
    [`token: ${secret}\n  : [`, / holds no kubeconfig$/],
    ['', /leads to no https:\/\/ address/],
    ['clusters: []\nusers: []\ncontexts: []\n', /leads to no https:\/\/ address/],
    [cluster('http://127.0.0.1:8001'), /leads to no https:\/\/ address/],
    [cluster('https://'), /leads to no https:\/\/ address/],
  ] as const) {
    const failure = await failureOf(connect({ kubeconfig: write(text) }).call(GET));
    t.match(failure, { status: undefined, reason: NO_CREDENTIALS, message });
    t.notMatch(failure.message, secret);
  }
  const missing = join(t.testdir(), 'missing');
  t.match(await failureOf(connect({ kubeconfig: missing }).call(GET)), {
    reason: NO_CREDENTIALS,
    message: /can't be read \(ENOENT\)$/,
  });
});

t.test('a call ends in time though a credential plugin does not', async (t) => {
  const limits: [reason: string, limit: Partial<ApiCall>][] = [
    ['Timeout', { timeoutMs: 100 }],
    ['Aborted', { signal: AbortSignal.abort() }],
  ];
  for (const [reason, limit] of limits) {
    // What reads it waits until something is written.
    const pipe = join(t.testdir(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const kubeconfig = `${pipe}.kubeconfig`;
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'cat',
      args: [pipe],
      interactiveMode: 'Never',
    };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'u', user: { exec } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    const call = connect({ kubeconfig }).call({ ...GET, ...limit });
    t.match(await failureOf(call), { status: undefined, reason });
    await writeFile(pipe, '');
  }
});
