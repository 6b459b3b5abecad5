import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { configMap } from '../support/changes.ts';
import {
  BASE_EBPF_POLICY,
  BASE_VETH,
  type Data,
  GOOD,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { keepsContract } from '../support/contract.ts';
import { documentedFields, fieldsIn } from '../support/documented-fields.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { startRecordingApiServer } from '../support/recording-api-server.ts';

/** `render` as people and pipelines call it. */

const render = (cwd: string, ...args: readonly string[]) =>
  run(process.execPath, [MAIN, 'render', ...args], { cwd, env: { PATH: process.env.PATH } });

const manifest = (data: Data) => yamlManifest(configMap(data));

const VETH = ['--terway', '1.17.5', '--datapath', 'veth'];

t.test('the file alone on standard output, what is not known on the other', async (t) => {
  const cwd = t.testdir({ 'a.yaml': manifest(GOOD) });
  const { code, stdout, stderr } = await render(cwd, 'a.yaml', ...VETH);
  t.equal(code, 0);
  t.match(JSON.parse(stdout), {
    name: 'terway-chainer',
    plugins: [{ type: 'terway', bandwidth_mode: 'tc' }, { type: 'portmap' }],
  });
  t.equal(
    stderr,
    'eni-config-guard: whether there are nodes in exclusive-ENI mode, which get a file of their own, is not known\n',
  );
  t.match((await render(cwd, 'a.yaml')).stderr, 'version of Terway is not known');
});

t.test('what the mutating webhook would add is in it', async (t) => {
  const cwd = t.testdir({ 'a.yaml': manifest(GOOD) });
  const { stdout, stderr } = await render(cwd, 'a.yaml', '--kube-proxy', 'ipvs', ...VETH);
  t.match(JSON.parse(stdout), { plugins: [{}, { externalSetMarkChain: 'KUBE-MARK-MASQ' }] });
  t.match(stderr, 'externalSetMarkChain');
});

t.test('a change in sentences, against a file and a commit', async (t) => {
  const cwd = t.testdir({ 'old.yaml': manifest(BASE_VETH), 'a.yaml': manifest(BASE_VETH) });
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  writeFileSync(join(cwd, 'a.yaml'), manifest(GOOD));
  const sentences =
    /^portmap added after terway\ntakes effect when Terway restarts: kubectl rollout restart .*\n$/;
  for (const old of ['old.yaml', 'git:HEAD']) {
    const { code, stdout } = await render(cwd, 'a.yaml', '--against', old, ...VETH);
    t.equal(code, 0);
    t.match(stdout, sentences, old);
  }
  writeFileSync(join(cwd, 'new.yaml'), manifest(GOOD));
  const { stdout, stderr } = await render(cwd, 'new.yaml', '--against', 'git:HEAD');
  t.match(stderr, '--against git:HEAD: no eni-config there, so nothing to compare with');
  t.match(stdout, /^\{\n/);
});

t.test('where Terway writes no file', async (t) => {
  const cwd = t.testdir({
    '10-terway.conflist': '{"plugins": [{"typ": "terway"}]}',
    'random.conflist': '{"plugins": {"a": {"type": "terway"}, "b": {"type": "portmap"}}}',
  });
  t.match(await render(cwd, '10-terway.conflist'), {
    code: 1,
    stdout: '',
    stderr: /Terway writes no file, its init container fails: type not found\n.*would be refused/,
  });
  t.match(await render(cwd, 'random.conflist'), { code: 2, stdout: '', stderr: /random order/ });
});

t.test('what can not be used ends with status 2 and one line', async (t) => {
  const cwd = t.testdir({
    'two.yaml': `${manifest(GOOD)}---\n${manifest(GOOD)}`,
    'none.yaml': 'a: b\n',
  });
  for (const [args, stderr] of [
    [[], /render needs one FILE/],
    [['two.yaml', 'none.yaml'], /render needs one FILE/],
    [['two.yaml'], /two\.yaml: 2 eni-configs in it, one can be rendered/],
    [['none.yaml'], /no eni-config in none\.yaml/],
    [['missing.yaml'], /there is no such file/],
  ] as const) {
    t.match(await render(cwd, ...args), { code: 2, stdout: '', stderr }, args.join(' '));
  }
});

t.test('values of eni_conf are not shown', async (t) => {
  const eniConf = (text: string) => ({ ...GOOD, eni_conf: `{"access_secret": "${text}"}` });
  const cwd = t.testdir({
    'a.yaml': manifest(eniConf('geheim-1')),
    'b.yaml': manifest(eniConf('geheim-2')),
  });
  for (const more of [[], ['--output', 'json'], ['--against', 'b.yaml']]) {
    const { stdout, stderr } = await render(cwd, 'a.yaml', ...more);
    t.notMatch(stdout + stderr, 'geheim', more.join(' '));
  }
  t.match((await render(cwd, 'a.yaml', '--against', 'b.yaml')).stdout, 'access_secret changed');
});

t.test('with --cluster nodes have the datapath of what is stored there', async (t) => {
  const { kubeconfig } = await startRecordingApiServer(t, BASE_VETH);
  const cwd = dirname(kubeconfig);
  writeFileSync(join(cwd, 'a.yaml'), manifest(BASE_EBPF_POLICY));
  const args = ['a.yaml', '--cluster', '--kubeconfig', kubeconfig];
  const { code, stdout, stderr } = await render(cwd, ...args);
  t.equal(code, 0, stderr);
  t.match(JSON.parse(stdout), { plugins: [{ eniip_virtual_type: 'veth' }] });
  t.match(stderr, 'a node that joins gets another file');
});

t.test('docs/json-outputs.md names exactly the fields that there are', async (t) => {
  const changed = conflist([
    { ...VETH_CONF, mtu: 1400 },
    { ...PORTMAP, snat: true },
  ]);
  const cwd = t.testdir({
    'a.yaml': manifest(withConflist(BASE_VETH, changed)),
    'b.yaml': manifest(withConflist(BASE_VETH, conflist([{ ...VETH_CONF, mtu: 1500 }]))),
    'bad.yaml': manifest(withConflist(BASE_VETH, '{"plugins": [1]}')),
    'odd.yaml': manifest(withConflist(BASE_VETH, '{"plugins": {"a": 1, "b": 2}}')),
  });
  const fields = new Set<string>();
  const printed: object[] = [];
  for (const args of [['a.yaml', '--against', 'b.yaml'], ['bad.yaml'], ['odd.yaml']]) {
    const { stdout } = await render(cwd, ...args, ...VETH, '--output', 'json');
    const report = JSON.parse(stdout) as object;
    printed.push(report);
    for (const field of fieldsIn(report)) fields.add(field);
  }
  // No fact has an age or is guessed without a cluster.
  for (const name of ['ageSeconds', 'estimate']) fields.add(`facts.*.${name}`);
  const documented = documentedFields('json-outputs.md', 'render');
  t.same([...fields].sort(), documented.sort());
  keepsContract(t, 'render', documented, printed);
});
