import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connect } from '../../src/kube/api.ts';
import { createWebhooks } from '../../src/cli/compose/webhooks.ts';
import type { Access } from '../../src/engine/core/break-glass.ts';
import { readConfig } from '../../src/config/load.ts';
import { NO_FACTS } from '../../src/engine/core/facts.ts';
import { assertAllowed, assertBadCall, assertDenied } from '../support/admission-answers.ts';
import { GOOD, WRONG_TYPE } from '../support/config-maps.ts';
import { Connection, requestBytes, send } from '../support/https-client.ts';
import { restartBody } from '../support/restarts.ts';
import { reviewBody } from '../support/reviews.ts';
import { WEBHOOK, startApp } from '../support/running-app.ts';

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const NOTE = {
  'eni-config-guard/bypass-reason': 'ticket 4711',
  'eni-config-guard/bypass-until': inAnHour,
};
const CLAIM = reviewBody({ oldData: GOOD, data: WRONG_TYPE, annotations: NOTE });

/** A server of the guard that asks an API server which takes connections and never says a word. */
async function startWithSilentApiServer(t: Test) {
  const silent = createServer();
  const sockets = new Set<{ destroy(): void }>();
  silent.on('connection', (socket) => sockets.add(socket));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const api = connect({ kubeconfig: kubeconfig(t, silent) });
  const config = readConfig('restartGate: deny', 'a test');
  return startApp(
    t,
    createWebhooks(config, () => NO_FACTS, api),
  );
}

function kubeconfig(t: Test, server: Server): string {
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'kubeconfig');
  const text = {
    clusters: [{ name: 'a', cluster: { server: `https://127.0.0.1:${port}` } }],
    users: [{ name: 'a', user: {} }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  };
  writeFileSync(path, JSON.stringify(text));
  return path;
}

t.test('an API server that never answers: break-glass does not count', async (t) => {
  const server = await startWithSilentApiServer(t);
  const response = assertDenied(t, await send(server, '/validate', CLAIM), /snat/);
  t.match(response.status?.message, /no\s+answer\s+\(Timeout\)/);
});

t.test('while one call waits for its answer, others get theirs', async (t) => {
  let grant: () => void = () => t.fail('the question was not asked');
  const question = new Promise<Access>((resolve) => {
    grant = () => resolve({ granted: true });
  });
  const breakGlass = { maxMinutes: 240, now: Date.now, mayUse: () => question };
  const server = await startApp(t, { webhook: { ...WEBHOOK, breakGlass } });
  const claim = send(server, '/validate', CLAIM);
  assertAllowed(t, await send(server, '/validate', reviewBody({ oldData: GOOD, data: GOOD })));
  grant();
  assertAllowed(t, await claim);
});

t.test('an API server that never answers: a restart is let through', async (t) => {
  const server = await startWithSilentApiServer(t);
  const response = assertAllowed(t, await send(server, '/restart-gate', restartBody()));
  t.match(response.warnings, [/was not checked$/]);
});

t.test(
  'a client that goes away while its answer is awaited leaves the next call as it was',
  async (t) => {
    const server = await startWithSilentApiServer(t);
    const connection = await Connection.open(server);
    connection.write(requestBytes('/validate', CLAIM));
    connection.abort();
    assertDenied(t, await send(server, '/validate', CLAIM), /snat/);
  },
);

t.test('without an API server, break-glass does not count and says why', async (t) => {
  const config = readConfig('restartGate: deny', 'a test');
  const server = await startApp(
    t,
    createWebhooks(config, () => NO_FACTS, undefined),
  );
  const response = assertDenied(t, await send(server, '/validate', CLAIM), /snat/);
  t.match(response.status?.message, /given\s+no\s+API\s+server/);
  assertAllowed(t, await send(server, '/restart-gate', restartBody()));
});

t.test('a restart gate that is off says nothing, and refuses bad calls alike', async (t) => {
  const server = await startApp(
    t,
    createWebhooks(readConfig('restartGate: off', 'a test'), () => NO_FACTS, undefined),
  );
  const response = assertAllowed(t, await send(server, '/restart-gate', restartBody()));
  t.equal(response.warnings, undefined);
  for (const body of ['', '{}', '[]', 'null']) {
    assertBadCall(t, await send(server, '/restart-gate', body), /no AdmissionReview/);
  }
});
