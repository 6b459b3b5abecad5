import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import manifest from '../../package.json' with { type: 'json' };
import { findOrBuild } from '../cluster/controlplane/binaries.ts';
import { configMap } from '../support/changes.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { MAIN, REPOSITORY } from '../support/program.ts';
import { shellEnvironment } from './repositories.ts';
import { krew } from './tools.ts';

const BAD = yamlManifest(
  configMap(withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, snat: 'true' }]))),
);

/** Calls the real kubectl with `folder` on PATH. */
async function kubectl(folder: string, args: readonly string[], stdin = '') {
  const env = shellEnvironment([folder, dirname(process.execPath)]);
  return run((await findOrBuild()).kubectl, args, { env, stdin });
}

t.test('kubectl finds the program as kubectl eni-config', async (t) => {
  const folder = t.testdir({ 'kubectl-eni_config': t.fixture('symlink', MAIN) });
  const listed = await kubectl(folder, ['plugin', 'list']);
  t.ok(listed.stdout.includes(join(folder, 'kubectl-eni_config')));
  const denied = await kubectl(folder, ['eni-config', 'lint', '-'], BAD);
  t.equal(denied.code, 1, 'its exit status is that of kubectl');
  t.match(denied.stdout, /stdin:\d+:\d+: deny: .*"snat"/);
  const help = await kubectl(folder, ['eni-config', 'lint', '--help']);
  t.match(help.stdout, /^usage: kubectl eni-config lint FILE/);
  t.match(help.stdout, /\$ kubectl eni-config lint eni-config\.yaml/);
  t.match(await kubectl(folder, ['eni-config', 'lint', '--agianst', 'x']), {
    code: 2,
    stderr: /did you mean --against\?; see kubectl eni-config lint --help/,
  });
});

t.test('krew installs it from an archive and its manifest', async (t) => {
  const made = await run('npm', ['run', '--silent', 'krew', '--', 'file:///eni-config.tar.gz'], {
    cwd: REPOSITORY,
  });
  t.match(made, { code: 0, stderr: '' });
  const root = mkdtempSync(join(tmpdir(), 'eni-config-guard-krew-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const bin = join(root, 'krew');
  const env = shellEnvironment([], { KREW_ROOT: bin });
  const plugin = join(REPOSITORY, 'dist-krew', 'eni-config');
  const files = [`--manifest=${plugin}.yaml`, `--archive=${plugin}.tar.gz`];
  const installed = await run(await krew(), ['install', ...files], { env });
  t.match(installed, { code: 0, stderr: /Installed plugin: eni-config/ });
  const found = join(bin, 'bin');
  t.match(await kubectl(found, ['eni-config', 'version']), {
    code: 0,
    stdout: `${manifest.version}\n`,
  });
  t.match(await kubectl(found, ['eni-config', 'lint', '-'], BAD), { code: 1 });
});
