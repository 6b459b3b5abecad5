import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { configMap } from '../support/changes.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { commitAll, git, publish, shellEnvironment } from './repositories.ts';
import { oldestNode, preCommit } from './tools.ts';

const manifest = (plugins: readonly object[]) =>
  yamlManifest(configMap(withConflist(BASE_VETH, conflist([VETH_CONF, ...plugins]))));

/** What docs/command-line.md tells a user to write. */
const configuration = (repo: string, rev: string) =>
  JSON.stringify({ repos: [{ repo, rev, hooks: [{ id: 'eni-config' }] }] });

t.test('pre-commit judges each commit, with the Node.js that is on PATH', async (t) => {
  const guard = t.testdir({ guard: {}, work: {}, home: {} });
  const cwd = join(guard, 'work');
  const rev = await publish(join(guard, 'guard'));
  writeFileSync(
    join(cwd, '.pre-commit-config.yaml'),
    configuration(`file://${join(guard, 'guard')}`, rev),
  );
  // One below the home directory is not the system's to pre-commit.
  const bin = mkdtempSync(join(tmpdir(), 'eni-config-guard-'));
  t.teardown(() => rmSync(bin, { recursive: true }));
  symlinkSync(await oldestNode(), join(bin, 'node'));
  const env = shellEnvironment([bin], { PRE_COMMIT_HOME: join(guard, 'home') });
  const python = await preCommit();
  const commit = async () => {
    await git(cwd, 'add', '--all');
    return run(python, ['-m', 'pre_commit', 'run', '--color=never'], { cwd, env });
  };

  await git(cwd, 'init', '--quiet');
  writeFileSync(join(cwd, 'other.yaml'), 'kind: Service\n');
  t.match(await commit(), { code: 0, stdout: /Passed/ }, 'before there is a commit');
  await commitAll(cwd);

  writeFileSync(join(cwd, 'eni-config.yaml'), manifest([PORTMAP]));
  t.match(await commit(), { code: 0, stdout: /Passed/ }, 'a good chain');

  writeFileSync(join(cwd, 'eni-config.yaml'), manifest([{ ...PORTMAP, snat: 'true' }]));
  const bad = await commit();
  t.equal(bad.code, 1);
  t.match(bad.stdout, /Failed\n[^]*eni-config\.yaml:\d+:\d+: deny: .*"snat"/);

  await git(cwd, 'commit', '--quiet', '--no-verify', '--message=bad');
  writeFileSync(
    join(cwd, 'eni-config.yaml'),
    `# by hand\n${manifest([{ ...PORTMAP, snat: 'true' }])}`,
  );
  t.match(await commit(), { code: 0, stdout: /Passed/ }, 'what stood there before only warns');
});
