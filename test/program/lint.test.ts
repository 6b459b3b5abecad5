import { execFileSync } from 'node:child_process';
import { Buffer } from 'node:buffer';
import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { configMap } from '../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  GOOD,
  PORTMAP,
  TYPO,
  VETH_CONF,
  WRONG_TYPE,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { REPOSITORY } from '../support/program.ts';
import { startRecordingApiServer } from '../support/recording-api-server.ts';

/** `lint` as people and pipelines call it. */

const DIST = join(REPOSITORY, 'dist');

const lint = (cwd: string, args: readonly string[], stdin = '', env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [join(DIST, 'main.js'), 'lint', ...args], {
    cwd,
    stdin,
    env: { PATH: process.env.PATH, ...env },
  });

const manifest = (data: Data) => yamlManifest(configMap(data));

t.test('a file, with the place in it and in the document', async (t) => {
  const cwd = t.testdir({ 'bad.yaml': manifest(WRONG_TYPE), 'good.yaml': manifest(GOOD) });
  t.match(await lint(cwd, ['good.yaml']), {
    code: 0,
    stdout:
      /1 eni-config: nothing that would be refused, 1 remark\nnothing is known of the cluster/,
    stderr: '',
  });
  const { code, stdout } = await lint(cwd, ['bad.yaml']);
  t.equal(code, 1);
  const [, line, column] = /^bad\.yaml:(\d+):(\d+): deny: data\[10-terway\.conflist]/.exec(stdout)!;
  const text = readFileSync(join(cwd, 'bad.yaml'), 'utf8').split('\n')[Number(line) - 1];
  t.ok(text?.startsWith('"true"', Number(column) - 1), `${text} at ${column}`);
  t.match(
    stdout,
    /line 17, column 15 of 10-terway\.conflist:\n {4}.*"snat": "true"\n +\^{6}\n {2}fix: /,
  );
  t.notOk(stdout.includes('\u001b'), 'no colours where it is no terminal');
});

t.test('facts from flags, from the configuration and from a cluster', async (t) => {
  const data = withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, masqAll: true }]));
  const cwd = t.testdir({
    'a.yaml': manifest(data),
    'config.yaml': 'facts: {terwayVersion: 1.4.0}\n',
  });
  t.match(await lint(cwd, ['a.yaml', '--terway', '1.15.2', '--plugin', 'portmap=1.0.0']), {
    code: 1,
    stdout: /eni-config-guard\/field-version/,
  });
  t.match(await lint(cwd, ['a.yaml', '--config', 'config.yaml']), {
    code: 1,
    stdout: /eni-config-guard\/chain-version/,
  });
  const { kubeconfig } = await startRecordingApiServer(t, GOOD);
  const learnt = await lint(cwd, [
    'a.yaml',
    '--cluster',
    '--kubeconfig',
    kubeconfig,
    '--format',
    'json',
  ]);
  t.equal(learnt.stderr, '');
  t.match(JSON.parse(learnt.stdout), { schema: 1, objects: [{ file: 'a.yaml', judged: 'state' }] });
});

t.test('a change: against a file, and against a commit', async (t) => {
  const old = { ...BASE_VETH, '10-terway.conf': '{"cniVersion":"0.4.0","type":"terway"}' };
  const cwd = t.testdir({ 'e.yaml': manifest(old), 'new.yaml': manifest(GOOD) });
  t.match(await lint(cwd, ['new.yaml', '--against', 'e.yaml']), {
    code: 1,
    stdout: /new\.yaml:\d+:\d+: deny: data\[10-terway\.conf]: 10-terway\.conf belongs to ACK/,
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd, stdio: 'pipe' });
  git('init', '--quiet');
  t.match(await lint(cwd, ['e.yaml', '--against', 'git:HEAD', '--format', 'json']), {
    stdout: /"judged": "state"/,
    stderr: '',
  });
  git('add', 'e.yaml');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message', 'a');
  t.match(await lint(cwd, ['e.yaml', '--against', 'git:HEAD', '--format', 'json']), {
    code: 0,
    stdout: /"judged": "change"/,
  });
  t.match(await lint(cwd, ['new.yaml', '--against', 'git:HEAD', '--format', 'json']), {
    code: 0,
    stdout: /"judged": "state"/,
  });
  t.match(await lint(cwd, ['e.yaml', '--against', 'git:nothing']), {
    code: 2,
    stderr: /--against git:nothing: .*, for e\.yaml\n$/,
  });
  t.match(await lint(cwd, ['e.yaml', '--against', 'git:--help']), { code: 2 });
});

t.test('what a file may be', async (t) => {
  const chain = TYPO['10-terway.conflist']!;
  const typo =
    /deny: data\[10-terway\.conflist]\.plugins\[1]\.type: there is no plugin\s+"portmapp"/;
  const cwd = t.testdir({
    bare: { '10-terway.conflist': chain, '10-terway.conf': JSON.stringify({ ...VETH_CONF, x: 1 }) },
    alone: { 'chain.conflist': chain },
    json: {
      'a.json': JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'eni-config' }, data: TYPO }),
    },
    kustomize: {
      'kustomization.yaml': `configMapGenerator: [{name: eni-config, namespace: kube-system, files: [10-terway.conflist=files/chain, files/10-terway.conf], literals: [disable_network_policy=false]}]`,
      files: { chain, '10-terway.conf': TYPO['10-terway.conf']! },
    },
    charts: { 'a.yaml': 'kind: ConfigMap\nmetadata: {name: eni-config}\n{{- if .Values.x }}\n' },
    other: { 'b.yaml': 'kind: ConfigMap\nmetadata: {name: other}\n' },
  });
  symlinkSync('json/a.json', join(cwd, 'link.json'));
  const utf16 = Buffer.from(`\ufeff${manifest(TYPO)}`, 'utf16le');
  writeFileSync(join(cwd, 'utf16.yaml'), utf16);
  const places: [args: string[], stdin: string, place: string][] = [
    [['bare/10-terway.conflist'], '', 'bare/10-terway.conflist:'],
    [['bare'], '', 'bare/10-terway.conflist:'],
    [['alone/chain.conflist'], '', 'alone/chain.conflist:'],
    [['json/a.json'], '', 'json/a.json:'],
    [['j*/*.json'], '', 'json/a.json:'],
    [['kustomize'], '', 'kustomize/files/chain:'],
    [['link.json', 'json'], '', 'link.json:'],
    [['utf16.yaml'], '', 'utf16.yaml:'],
    [['-'], `---\n${manifest(TYPO)}`, 'stdin:'],
    [['-'], chain, 'stdin:'],
  ];
  for (const [args, stdin, place] of places) {
    const { code, stdout, stderr } = await lint(cwd, args, stdin);
    t.match({ code, stdout, stderr }, { code: 1, stdout: typo, stderr: '' }, args.join(' '));
    t.ok(stdout.includes(`\n${place}`) || stdout.startsWith(place), `${place} in ${stdout}`);
    t.match(stdout, /\n1 eni-config: /);
  }
  t.match((await lint(cwd, ['bare'])).stdout, /first-entry-differs/, 'with what lies beside it');
  t.match(await lint(cwd, ['charts', 'other']), {
    code: 0,
    stdout: '',
    stderr:
      /passed over: charts\/a\.yaml:3:\d+: no valid YAML.*\n.*no eni-config in charts other\n$/,
  });
  t.match(await lint(cwd, ['json', 'other/b.yaml']), {
    code: 1,
    stderr: /no eni-config in other\/b\.yaml\n$/,
  });
});

t.test('what can not be used ends with status 2 and one line', async (t) => {
  const cwd = t.testdir({
    'other.yaml': 'kind: ConfigMap\n',
    'broken.yaml': 'kind: ConfigMap\nmetadata: {name: eni-config}\ndata: [\n',
    'two.yaml': `${manifest(GOOD)}---\n${manifest(GOOD)}`,
    'good.yaml': manifest(GOOD),
    'kustomization.yaml': 'configMapGenerator: [{name: eni-config, files: [10-terway.conf]}]\n',
  });
  const calls: [args: string[], reason: RegExp][] = [
    [[], /lint needs a FILE/],
    [['none.yaml'], /none\.yaml: there is no such file/],
    [['other.yaml'], /no eni-config in other\.yaml/],
    [['broken.yaml'], /broken\.yaml:4:1: no valid YAML/],
    [['kustomization.yaml'], /kustomization\.yaml: there is no 10-terway\.conf, which it names/],
    [['good.yaml', '--against', 'two.yaml'], /two\.yaml: 2 eni-configs in it/],
    [['good.yaml', '--against', 'other.yaml'], /no eni-config in other\.yaml/],
    [['-', '--against', 'git:HEAD'], /standard input has no path/],
    [['good.yaml', '--plugin', 'portmap'], /--plugin takes NAME=VERSION, not "portmap"/],
    [['good.yaml', '--terway', 'new'], /--terway: "new" is not a version/],
    [['good.yaml', '--fromat', 'json'], /did you mean --format\?/],
  ];
  for (const [args, reason] of calls) {
    const { code, stdout, stderr } = await lint(cwd, args, manifest(GOOD));
    t.match({ code, stdout, stderr }, { code: 2, stdout: '', stderr: reason }, args.join(' '));
    t.equal(stderr.trimEnd().split('\n').length, 1, args.join(' '));
  }
});

t.test('values of eni_conf are not shown', async (t) => {
  const secret = 'LTAI5tSecretSecret';
  const data = { ...GOOD, eni_conf: `{"access_key": "${secret}", "version": 1, }` };
  const cwd = t.testdir({ 'a.yaml': manifest(data) });
  for (const format of ['text', 'json']) {
    const { code, stdout } = await lint(cwd, ['a.yaml', '--format', format]);
    t.equal(code, 1);
    t.match(stdout, /eni_conf/);
    t.notMatch(stdout, new RegExp(secret));
  }
});

t.test('a call without a cluster loads no client of one', async (t) => {
  const files = readdirSync(DIST);
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    const text = readFileSync(join(DIST, name), 'utf8');
    for (const [, next] of text.matchAll(/\b(?:import|from) ?"\.\/([^"]+)"/g)) {
      visit(next!);
    }
  };
  visit('main.js');
  visit(files.find((name) => /^lint-.*\.js$/.test(name))!);
  const sources = [...reached].flatMap((name) => {
    const map = JSON.parse(readFileSync(join(DIST, `${name}.map`), 'utf8')) as {
      sources: string[];
    };
    return map.sources.map((path) => path.replace('../', ''));
  });
  t.ok(sources.includes('src/manifests/read.ts'), 'the files are those of lint');
  const foreign =
    /client-node|node_modules\/(fastify|pino|node-forge)\/|^src\/(kube|facts|server)\//;
  t.same(
    sources.filter((path) => foreign.test(path)),
    [],
  );
});

t.test('texts that the API server would refuse together', async (t) => {
  const half = ' '.repeat(512 * 1024);
  const cwd = t.testdir({ 'a.yaml': manifest({ ...BASE_VETH, a: half, b: half }) });
  t.match(await lint(cwd, ['a.yaml']), {
    code: 1,
    stdout: /deny: .*the values are 10\d+ bytes long\s+together; a ConfigMap holds 1 MiB/,
  });
});
