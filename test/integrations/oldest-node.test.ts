import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { configMap } from '../support/changes.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { send } from '../support/https-client.ts';
import { MAIN, startProgram, writeConfig } from '../support/program.ts';
import { reviewBody } from '../support/reviews.ts';
import { OLDEST_NODE, UNFIT_NODE, oldestNode, unfitNode } from './tools.ts';

/** The program on the oldest release that package.json names. */

const chain = (snat: unknown) =>
  withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, snat }]));

t.test(`commands run on Node.js ${OLDEST_NODE}`, async (t) => {
  const node = await oldestNode();
  const folder = t.testdir({ a: { 'e.yaml': yamlManifest(configMap(chain('true'))) } });
  const call = (...args: readonly string[]) => run(node, [MAIN, ...args], { cwd: folder });
  t.equal((await run(node, ['--version'])).stdout, `v${OLDEST_NODE}\n`);
  const { stdout } = await call('help');
  const commands = [...stdout.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name ?? '');
  t.ok(commands.includes('serve') && commands.includes('lint'));
  for (const name of commands) {
    t.match(await call(name, '--help'), { code: 0, stderr: '' }, name);
  }
  t.match(await call('lint', '*/e.y?ml'), { code: 1, stdout: /e\.yaml:\d+:\d+: deny: .*"snat"/ });
  for (const format of ['json', 'sarif', 'junit', 'github']) {
    t.match(await call('lint', '--format', format, 'a'), { code: 1, stdout: /snat/ }, format);
  }
  t.match(await call('fix', '--write', 'a'), { code: 0 });
  t.equal(readFileSync(join(folder, 'a/e.yaml'), 'utf8'), yamlManifest(configMap(chain(true))));
  t.match(await call('doctor', 'x509: certificate signed by unknown authority'), { code: 0 });
  t.match(await call('completion', 'bash'), { code: 0, stdout: /complete -o/ });
  // Nothing listens there: the client of a cluster is loaded and asks.
  const kubeconfig = t.testdir({
    config: JSON.stringify({
      clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'a', user: {} }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      'current-context': 'a',
    }),
  });
  t.match(await call('status', '--kubeconfig', join(kubeconfig, 'config')), {
    code: 2,
    stderr: /ECONNREFUSED/,
  });
});

t.test(`the guard answers on Node.js ${OLDEST_NODE}`, async (t) => {
  const cwd = t.testdir();
  const args = ['serve', '--port', '0', '--config', writeConfig(cwd)];
  const program = startProgram(t, args, cwd, await oldestNode());
  const line = await program.lineWith('https://127.0.0.1:');
  const port = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
  const ca = readFileSync(join(cwd, 'certs', 'ca.crt'), 'utf8');
  const body = reviewBody({ operation: 'UPDATE', oldData: BASE_VETH, data: chain('true') });
  t.match((await send({ port, ca }, '/validate', body)).body, /"allowed":false.*snat/);
  program.kill('SIGTERM');
  t.equal((await program.exit()).code, 0);
});

t.test(`Node.js ${UNFIT_NODE} is refused in one line`, async (t) => {
  for (const args of [['version'], ['lint', 'a'], ['serve'], []]) {
    // tap's own loader does not run there.
    const plain = ['-u', 'NODE_OPTIONS', await unfitNode(), MAIN, ...args];
    t.match(await run('env', plain), {
      code: 2,
      stdout: '',
      stderr: /^eni-config-guard: needs Node\.js 20\.19 or newer; this is 18\.20\.8 \(.*\)\n$/,
    });
  }
});
