import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { webhookPaths } from '../../src/cli/compose/paths.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { DEFAULT_SERVER } from '../../src/config/config.ts';
import { WebhookPaths } from '../../src/server/paths.ts';
import { startApp } from '../support/running-app.ts';
import { send } from '../support/https-client.ts';
import { assertAllowed, assertDenied } from '../support/admission-answers.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { reviewBody } from '../support/reviews.ts';

const review = (type: string) =>
  reviewBody({
    oldData: BASE_VETH,
    data: withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, type }])),
  });
const [GOOD, BAD] = [review('portmap'), review('portmapp')];
const get = { method: 'GET', headers: {} };
const [OLD, NEW] = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'];

t.test(
  'with tokens, reviews are answered at paths that end in one, and nowhere else',
  async (t) => {
    const events: unknown[] = [];
    const server = await startApp(t, {
      paths: new WebhookPaths([OLD, NEW]),
      events: { add: (event: unknown) => void events.push(event) } as never,
    });
    for (const token of [OLD, NEW]) {
      assertAllowed(t, await send(server, `/validate/${token}?timeout=3s`, GOOD));
      assertDenied(t, await send(server, `/validate/${token}`, BAD), /portmapp/);
      assertAllowed(t, await send(server, `/mutate/${token}`, GOOD));
    }
    const before = server.log.length;
    const wrong = [
      '/validate',
      '/mutate',
      '/restart-gate',
      '/validate/',
      `/validate/${OLD}/`,
      `/validate/${OLD.toUpperCase()}`,
      `/restart-gate/${OLD.slice(1)}`,
      `/${OLD}`,
    ];
    for (const path of wrong) {
      const answer = await send(server, path, BAD);
      t.equal(answer.status, 404, path);
      t.equal(answer.headers.get('connection'), 'close');
      t.notMatch(answer.body, OLD);
    }
    t.same(
      server.log.slice(before),
      [{ level: 'warn', entry: [{ reason: 'path', requests: 1 }, 'turned away'] }],
      'said once a minute, without the path',
    );
    const metrics = await server.metrics.registry.metrics();
    t.match(metrics, `eni_config_guard_turned_away_total{reason="path"} ${wrong.length}\n`);
    t.equal((await send(server, '/livez', '', get)).status, 200);
  },
);

t.test('a body is not read where there is no such path', async (t) => {
  const server = await startApp(t, { paths: new WebhookPaths([OLD]) });
  const huge = 'x'.repeat(9 * 1024 * 1024);
  const outcome = await send(server, '/validate', huge).then(
    ({ status }) => status,
    () => 'cut off',
  );
  t.ok(outcome === 404 || outcome === 'cut off', String(outcome));
});

t.test('tokens come from a file, one a line', async (t) => {
  const file = join(t.testdir(), 'tokens');
  const pathsOf = (text: string) => {
    writeFileSync(file, text);
    return [...webhookPaths({ ...DEFAULT_SERVER, pathTokensFile: file })].map(([path]) => path);
  };
  t.same(pathsOf(`${NEW}\n${OLD}\n`), [
    `/validate/${NEW}`,
    `/validate/${OLD}`,
    `/mutate/${NEW}`,
    `/mutate/${OLD}`,
    `/restart-gate/${NEW}`,
    `/restart-gate/${OLD}`,
  ]);
  const plain = ['/validate', '/mutate', '/restart-gate'];
  t.same(pathsOf(''), plain);
  t.same(
    [...webhookPaths(DEFAULT_SERVER)].map(([path]) => path),
    plain,
  );
  for (const text of ['UPPER', `${OLD}\na/b`, 'a.b', '-zzq', 'x'.repeat(64)]) {
    try {
      pathsOf(text);
      t.fail(text);
    } catch (error) {
      t.type(error, UsageError);
      t.match((error as Error).message, /token [12] is not up to 63/);
      t.notMatch((error as Error).message, text);
    }
  }
  const missing = { ...DEFAULT_SERVER, pathTokensFile: join(file, 'none') };
  t.throws(() => webhookPaths(missing), /can't be read/);
});
