import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { NO_CREDENTIALS } from '../../../src/kube/api.ts';
import { findKubeConfig } from '../../../src/kube/kubeconfig.ts';

/** Which server is talked to and as which user, after kubectl's rules for several files. */

const config = (prefix: string, names: readonly string[], current?: string) =>
  JSON.stringify({
    clusters: names.map((name) => ({ name, cluster: { server: `https://${prefix}-${name}` } })),
    users: names.map((name) => ({ name, user: { token: `${prefix}-${name}` } })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
    ...(current === undefined ? {} : { 'current-context': current }),
  });

/** Sets the environment that kubectl looks at for the time of a test. */
function surround(t: Test, env: Readonly<Record<'KUBECONFIG' | 'HOME', string | undefined>>) {
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name];
    t.teardown(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

function folderOf(t: Test) {
  const folder = t.testdir({
    one: config('one', ['a', 'b']),
    two: config('two', ['b', 'c'], 'c'),
    three: config('three', ['d'], 'd'),
    empty: '',
    broken: ': [',
    withFile: JSON.stringify({
      clusters: [{ name: 'f', cluster: { server: 'https://f', 'certificate-authority': 'ca' } }],
      contexts: [{ name: 'f', context: { cluster: 'f', user: 'f' } }],
    }),
  });
  return (...names: readonly string[]) => names.map((name) => join(folder, name)).join(':');
}

const server = (context?: string) => findKubeConfig({ context }).config.getCurrentCluster()?.server;

t.test('of a list the first entry of a name counts, and the first current-context', async (t) => {
  const paths = folderOf(t);
  surround(t, {
    KUBECONFIG: paths('missing', 'empty', 'one', 'two', 'two', 'three'),
    HOME: '/none',
  });
  t.equal(server(), 'https://two-c');
  t.equal(server('a'), 'https://one-a');
  t.equal(server('b'), 'https://one-b', 'not of the second file');
  t.equal(findKubeConfig({ context: 'b' }).config.getCurrentUser()?.token, 'one-b');
  t.equal(server('d'), 'https://three-d');
});

t.test('paths in a file are relative to its own folder', async (t) => {
  const paths = folderOf(t);
  surround(t, { KUBECONFIG: paths('one', 'withFile'), HOME: '/none' });
  const { config } = findKubeConfig({ context: 'f' });
  t.equal(config.getCurrentCluster()?.caFile, paths('ca'));
});

t.test('a context or file that is not there is named', async (t) => {
  const paths = folderOf(t);
  surround(t, { KUBECONFIG: paths('one', 'two'), HOME: '/none' });
  const cases: [connection: object, message: RegExp][] = [
    [{ context: 'x\u001b' }, /^the kubeconfig list KUBECONFIG has no context "x\\u001b"$/],
    [{ kubeconfig: paths('two'), context: 'a' }, /^kubeconfig .*\/two has no context "a"$/],
    [{ kubeconfig: paths('missing') }, /^kubeconfig .*\/missing can't be read \(ENOENT\)$/],
    [{ kubeconfig: paths('broken') }, /^kubeconfig .*\/broken holds no kubeconfig$/],
  ];
  for (const [connection, message] of cases) {
    t.throws(() => findKubeConfig(connection), { reason: NO_CREDENTIALS, message });
  }
});

t.test('a list of nothing is no reason to take another cluster', async (t) => {
  const paths = folderOf(t);
  const home = t.testdir();
  surround(t, { KUBECONFIG: undefined, HOME: home });
  t.throws(() => server(), {
    message: 'there is neither a kubeconfig nor a service account to connect with',
  });
  mkdirSync(join(home, '.kube'));
  writeFileSync(join(home, '.kube', 'config'), config('home', ['h'], 'h'));
  t.equal(server(), 'https://home-h');
  process.env.KUBECONFIG = '';
  t.equal(server(), 'https://home-h', 'an empty one is as good as none');
  process.env.KUBECONFIG = paths('missing');
  t.throws(() => server(), { reason: NO_CREDENTIALS, message: /\(KUBECONFIG names .*missing\)$/ });
});
