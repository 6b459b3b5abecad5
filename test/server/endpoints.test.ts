import type { AddressInfo } from 'node:net';
import t from 'tap';
import { type Facts, NO_FACTS } from '../../src/engine/core/facts.ts';
import { createMetricsServer } from '../../src/server/metrics-server.ts';
import { assertAllowed, assertBadCall, assertDenied } from '../support/admission-answers.ts';
import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
  type Data,
} from '../support/config-maps.ts';
import { known } from '../support/facts.ts';
import { keepAliveAgent, post } from '../support/go-client.ts';
import { Connection, requestBytes, send } from '../support/https-client.ts';
import { type ReviewOptions, reviewBody, reviewObject } from '../support/reviews.ts';
import { WEBHOOK, startApp } from '../support/running-app.ts';

const GOOD = reviewBody({
  oldData: BASE_VENDOR,
  data: withConflist(BASE_VENDOR, VENDOR_CHAINS['private access']!),
});
const BAD_DATA = withConflist(
  BASE_VENDOR,
  conflist([VENDOR_CONF, { ...PORTMAP, type: 'portmapp' }]),
);
const BAD = reviewBody({ oldData: BASE_VENDOR, data: BAD_DATA });

const get = { method: 'GET', headers: {} };

t.test('GET /livez and /readyz say ok', async (t) => {
  const server = await startApp(t);
  for (const path of ['/livez', '/readyz', '/livez?verbose', '/readyz?timeout=1s']) {
    const { status, headers, body } = await send(server, path, '', get);
    t.same({ status, body }, { status: 200, body: 'ok\n' }, path);
    t.match(headers.get('content-type'), /^text\/plain\b/);
    t.not(headers.get('connection'), 'close');
  }
});

t.test('a server that is not ready: 503 on /readyz, alive, and still judging', async (t) => {
  const server = await startApp(t, { isReady: () => false });
  const readyz = await send(server, '/readyz', '', get);
  t.equal(readyz.status, 503);
  t.match(readyz.body, /^\P{Cc}+\n$/u, 'it says why in one line');
  t.equal((await send(server, '/livez', '', get)).status, 200);
  assertAllowed(t, await send(server, '/validate', GOOD));
  assertDenied(t, await send(server, '/validate', BAD), /portmapp/);
});

t.test('a server that is not ready asks every client to let go of its connection', async (t) => {
  const server = await startApp(t, { isReady: () => false });
  const CALLS: Readonly<Record<string, Buffer>> = {
    'an allowed review': requestBytes('/validate', GOOD),
    'a denied review': requestBytes('/validate', BAD),
    'a mutation': requestBytes('/mutate', BAD),
    'a body without a uid': requestBytes('/validate', '{}'),
    'an unknown path': requestBytes('/nowhere', GOOD),
    '/livez': requestBytes('/livez', '', get),
    '/readyz': requestBytes('/readyz', '', get),
  };
  for (const [kind, bytes] of Object.entries(CALLS)) {
    await t.test(kind, async (t) => {
      const connection = await Connection.open(server);
      t.teardown(() => connection.abort());
      connection.write(bytes);
      const answer = await connection.answer();
      t.equal(answer.headers.get('connection'), 'close');
      await connection.over();
    });
  }
});

t.test('the query that the API server appends is ignored', async (t) => {
  const server = await startApp(t);
  for (const query of ['?timeout=3s', '?timeout=30s&x=%zz', '?', '?__proto__=1']) {
    assertDenied(t, await send(server, `/validate${query}`, BAD), /portmapp/);
    assertAllowed(t, await send(server, `/mutate${query}`, BAD));
  }
});

t.test('POST /mutate refuses nothing', async (t) => {
  const server = await startApp(t);
  for (const body of [GOOD, BAD, reviewBody({ operation: 'DELETE', oldData: BASE_VENDOR })]) {
    const response = assertAllowed(t, await send(server, '/mutate', body));
    t.same(Object.keys(response).sort(), ['allowed', 'uid']);
  }
  assertBadCall(t, await send(server, '/mutate', '{}'));
});

const FACTS: Facts = { ...NO_FACTS, kubeProxyMode: known('iptables') };

t.test('POST /mutate answers with a patch where a default is missing', async (t) => {
  const webhook = { ...WEBHOOK, facts: () => FACTS };
  const server = await startApp(t, { webhook });
  const data = withConflist(BASE_VENDOR, conflist([VENDOR_CONF, PORTMAP]));
  const body = reviewBody({ oldData: BASE_VENDOR, data });
  const response = assertAllowed(t, await send(server, '/mutate', body));
  t.equal(response.patchType, 'JSONPatch');
  const [operation, ...others] = JSON.parse(
    Buffer.from(response.patch ?? '', 'base64').toString(),
  ) as { op: string; path: string; value: string }[];
  t.match(operation, { op: 'replace', path: '/data/10-terway.conflist' });
  t.same(others, []);
  t.match(JSON.parse(operation?.value ?? ''), {
    plugins: [{ type: 'terway' }, { type: 'portmap', externalSetMarkChain: 'KUBE-MARK-MASQ' }],
  });
  t.equal(response.warnings?.length, 1, 'and it says so');
});

t.test('other objects are allowed without a word, however bad they would be', async (t) => {
  const server = await startApp(t);
  // Without eni_conf, which Terway merges over that of eni-config where a node names the ConfigMap.
  const without = (data: Data): Data =>
    Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'eni_conf'));
  const [oldData, data] = [without(BASE_VENDOR), without(BAD_DATA)];
  const BOTH = { oldData, data };
  const OTHERS: Readonly<Record<string, ReviewOptions>> = {
    'another ConfigMap of the namespace': { ...BOTH, name: 'coredns' },
    'a longer name': { ...BOTH, name: 'eni-config-old' },
    'eni-config elsewhere': { ...BOTH, namespace: 'default' },
    'a generated name': {
      operation: 'CREATE',
      data,
      name: 'eni-config-x7',
      nameless: true,
    },
    'the deletion of another': { operation: 'DELETE', oldData, name: 'coredns' },
  };
  for (const [kind, options] of Object.entries(OTHERS)) {
    await t.test(kind, async (t) => {
      const response = assertAllowed(t, await send(server, '/validate', reviewBody(options)));
      t.same(Object.keys(response).sort(), ['allowed', 'uid']);
    });
  }
  await t.test('a resource of another kind', async (t) => {
    const review = reviewObject(BOTH);
    const secrets = { group: '', version: 'v1', resource: 'secrets' };
    const body = JSON.stringify({ ...review, request: { ...review.request, resource: secrets } });
    t.same(Object.keys(assertAllowed(t, await send(server, '/validate', body))).sort(), [
      'allowed',
      'uid',
    ]);
  });
  t.same(server.log, [], 'and without a line in the log');
});

t.test('the deletion of the whole collection is recognised by the old object', async (t) => {
  const server = await startApp(t);
  const body = reviewBody({ operation: 'DELETE', oldData: BASE_VENDOR, nameless: true });
  assertDenied(t, await send(server, '/validate', body), /must not be deleted/);
});

t.test('a connection is kept for the next call', async (t) => {
  const server = await startApp(t);
  const agent = keepAliveAgent(server);
  t.teardown(() => agent.destroy());
  const reused: boolean[] = [];
  for (const body of [BAD, GOOD, '{}', GOOD]) {
    const call = await post(server, '/validate', body, agent);
    if (call.outcome !== 'answered') throw call.error;
    reused.push(call.reused);
  }
  t.same(reused, [false, true, true, true], 'also after a denial and a bad call');
});

t.test('TLS 1.3 is spoken, TLS 1.2 is refused', async (t) => {
  const server = await startApp(t);
  await t.rejects(Connection.open(server, { maxVersion: 'TLSv1.2' }), { code: /ALERT_PROTOCOL/ });
  const connection = await Connection.open(server);
  connection.abort();
  t.equal(connection.protocol, 'TLSv1.3');
});

t.test('the certificate is for localhost and 127.0.0.1, from the CA beside it', async (t) => {
  const server = await startApp(t);
  for (const servername of ['localhost', '']) {
    const connection = await Connection.open(server, { servername });
    connection.abort();
  }
  await t.rejects(Connection.open(server, { servername: 'example.com' }), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  await t.rejects(Connection.open({ ...server, ca: '' }, { ca: [] }), {
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
});

t.test('plain HTTP on the HTTPS port does no harm', async (t) => {
  const server = await startApp(t);
  await t.rejects(fetch(`http://127.0.0.1:${server.port}/livez`));
  assertAllowed(t, await send(server, '/validate', GOOD));
});

t.test('metrics on a port of their own', async (t) => {
  const server = await startApp(t);
  const metricsServer = createMetricsServer(server.metrics, server.turnedAway);
  t.teardown(() => metricsServer.close());
  await metricsServer.listen({ host: '127.0.0.1', port: 0 });
  const { port } = metricsServer.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  /** The reviews counted so far, by `endpoint operation verdict`. */
  const counts = async () => {
    const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n');
    const series = lines.map((line) =>
      /^eni_config_guard_reviews_total\{endpoint="(.*)",operation="(.*)",verdict="(.*)"\} (\d+)$/.exec(
        line,
      ),
    );
    return Object.fromEntries(
      series.flatMap((match) => (match ? [[match.slice(1, 4).join(' '), Number(match[4])]] : [])),
    ) as Record<string, number>;
  };

  const ZERO = Object.fromEntries(
    ['validate', 'mutate', 'restart-gate'].flatMap((endpoint) =>
      ['CREATE', 'UPDATE', 'DELETE', 'OTHER'].flatMap((operation) =>
        ['allow', 'deny'].map((verdict) => [`${endpoint} ${operation} ${verdict}`, 0]),
      ),
    ),
  );

  await t.test('in plain HTTP, as Prometheus reads them', async (t) => {
    const answer = await fetch(`${url}/metrics`);
    t.equal(answer.status, 200);
    t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    t.match(await answer.text(), /^process_cpu_seconds_total \d/m);
  });
  await t.test('every series stands at zero from the start', async (t) => {
    t.same(await counts(), ZERO);
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const endpoint of ['validate', 'mutate', 'restart-gate']) {
      const name = 'eni_config_guard_review_duration_seconds_count';
      t.match(text, `${name}{endpoint="${endpoint}"} 0\n`);
    }
  });
  await t.test('each answered review is counted once', async (t) => {
    await send(server, '/validate', BAD);
    await send(server, '/validate', BAD);
    await send(server, '/validate', GOOD);
    await send(server, '/validate', reviewBody({ operation: 'DELETE', oldData: BASE_VENDOR }));
    await send(server, '/validate', reviewBody({ operation: 'CREATE', data: BASE_VENDOR }));
    await send(server, '/validate', BAD.slice(0, -1));
    await send(server, '/mutate', GOOD);
    await send(server, '/validate', '{}');
    t.same(await counts(), {
      ...ZERO,
      'validate UPDATE deny': 2,
      'validate UPDATE allow': 1,
      'validate DELETE deny': 1,
      'validate CREATE allow': 1,
      'validate OTHER deny': 1,
      'mutate UPDATE allow': 1,
    });
  });
  await t.test('an operation that Kubernetes does not have makes no new series', async (t) => {
    for (const operation of ['CONNECT', 'EXPLODE', '__proto__']) {
      const body = reviewBody({ oldData: BASE_VENDOR, data: BAD_DATA, operation });
      await send(server, '/validate', body);
      await send(server, '/mutate', body);
    }
    t.same(Object.keys(await counts()).sort(), Object.keys(ZERO).sort());
  });
  await t.test('neither port serves what belongs to the other', async (t) => {
    t.equal((await send(server, '/metrics', '', get)).status, 404);
    for (const path of ['/validate', '/readyz', '/']) {
      t.equal((await fetch(`${url}${path}`, { method: 'POST', body: BAD })).status, 404);
    }
  });
});
