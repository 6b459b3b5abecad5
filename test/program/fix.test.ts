import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { replaceFile } from '../../src/cli/files/replace-file.ts';
import { configMap } from '../support/changes.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { REPOSITORY } from '../support/program.ts';

const fix = (cwd: string, ...args: readonly string[]) =>
  run(process.execPath, [join(REPOSITORY, 'dist', 'main.js'), 'fix', ...args], { cwd });

const BAD = [{ ...PORTMAP, snat: 'true' }, { type: 'tunning' }, { type: 'firewall', backend: {} }];
const chainOf = (plugins: readonly object[]) => conflist([VETH_CONF, ...plugins]);
const manifest = (plugins: readonly object[]) =>
  yamlManifest(configMap(withConflist(BASE_VETH, chainOf(plugins))));

/** As the certain remedies leave it. */
const MENDED = [{ ...PORTMAP, snat: true }, { type: 'tuning' }, { type: 'firewall', backend: {} }];

t.test('a diff of what is certain, and what is left', async (t) => {
  const cwd = t.testdir({ 'a.yaml': `# kept\n${manifest(BAD)}`, elsewhere: {} });
  const { code, stdout, stderr } = await fix(cwd, 'a.yaml');
  t.equal(code, 1);
  t.match(stdout, /^--- a\/a\.yaml\n\+\+\+ b\/a\.yaml\n@@ /);
  t.match(stdout, /\n-.*"snat": "true"\n\+.*"snat": true\n/);
  t.match(stderr, /2 findings can be mended with --write: a\.yaml\n/);
  t.match(stderr, /a\.yaml:\d+:\d+: deny: .*"backend"/);
  t.equal(readFileSync(join(cwd, 'a.yaml'), 'utf8'), `# kept\n${manifest(BAD)}`, 'untouched');
  t.equal((await fix(cwd, join(cwd, 'a.yaml'))).stdout, stdout, 'by its whole path');
  const outside = await fix(join(cwd, 'elsewhere'), join(cwd, 'a.yaml'));
  t.equal(outside.stdout.split('\n')[0], `--- a${join(cwd, 'a.yaml')}`);
  writeFileSync(join(cwd, 'patch'), stdout);
  execFileSync('git', ['apply', 'patch'], { cwd });
  t.equal(
    readFileSync(join(cwd, 'a.yaml'), 'utf8'),
    `# kept\n${manifest(MENDED)}`,
    'git applies it',
  );
});

t.test('--write changes the files in place', async (t) => {
  const cwd = t.testdir({
    'a.yaml': manifest(BAD.slice(0, 2)),
    bare: { '10-terway.conflist': chainOf(BAD), '10-terway.conf': JSON.stringify(VETH_CONF) },
  });
  chmodSync(join(cwd, 'a.yaml'), 0o640);
  t.match(await fix(cwd, '--write', 'a.yaml'), {
    code: 0,
    stdout: '',
    stderr: /2 findings mended: a\.yaml/,
  });
  t.equal(readFileSync(join(cwd, 'a.yaml'), 'utf8'), manifest(MENDED.slice(0, 2)));
  t.equal(statSync(join(cwd, 'a.yaml')).mode & 0o777, 0o640);
  t.match(await fix(cwd, '--write', 'bare'), { code: 1 });
  t.equal(readFileSync(join(cwd, 'bare', '10-terway.conflist'), 'utf8'), chainOf(MENDED));
  t.same(readdirSync(cwd).sort(), ['a.yaml', 'bare'], 'nothing is left beside them');
  t.match(await fix(cwd, 'a.yaml'), { code: 0, stdout: '' }, 'a second time nothing is to do');
});

t.test('what can not be changed is said', async (t) => {
  const cwd = t.testdir({ 'a.yaml': 'now' });
  const path = join(cwd, 'a.yaml');
  t.throws(() => replaceFile(path, 'before', 'after'), {
    name: 'UsageError',
    message: /changed meanwhile/,
  });
  t.equal(readFileSync(path, 'utf8'), 'now');
  t.throws(() => replaceFile(join(cwd, 'none'), '', ''), {
    message: /can't be written \(ENOENT\)/,
  });
  t.match(await fix(cwd, '-'), { code: 2, stderr: /fix needs a FILE that it can change/ });
});
