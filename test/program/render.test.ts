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

const POOL = `kind: ConfigMap
metadata: { name: pool-a }
data:
  eni_conf: '{"max_pool_size": 10, "service_cidr": "10.1.0.0/16", "access_key": "geheim"}'
`;

t.test('what a node reads, of files', async (t) => {
  const cwd = t.testdir({
    'a.yaml': manifest(BASE_VETH),
    'pool.yaml': POOL,
    'pool.json': '{"max_pool_size": 10}',
  });
  const { code, stdout, stderr } = await render(cwd, 'a.yaml', '--overlay', 'pool.yaml', ...VETH);
  t.equal(code, 0, stderr);
  t.match(stdout, /^A node: label terway-config: pool-a; a pool of its own; datapath veth\n/);
  t.match(stdout, /^ {2}max_pool_size +10 +pool-a +daemon at its start$/m);
  t.match(stdout, /^ {2}service_cidr .* that of pool-a has no effect here$/m);
  t.match(stdout, /^ {2}eni_cap_ratio +1 +default +daemon at its start$/m);
  t.match(stdout, /^10-terway.conflist, made of 10-terway.conf of eni-config .*:\n\{\n/m);
  t.match(stderr, 'of Terway 1.17.5');
  t.notMatch(stdout + stderr, 'geheim');
  const bare = await render(cwd, 'a.yaml', '--overlay', 'pool.json', ...VETH);
  t.match(bare, { code: 0, stdout: /^ {2}max_pool_size +10 +pool.json /m });
});

t.test('what a node does not come up on', async (t) => {
  const data = (eniConf: string) =>
    `kind: ConfigMap\nmetadata: {name: p}\ndata: {eni_conf: '${eniConf}'}\n`;
  const cwd = t.testdir({
    'a.yaml': manifest(BASE_VETH),
    'list.yaml': data('[]'),
    'type.yaml': data('{"max_pool_size": "10"}'),
    'two.yaml': `${POOL}---\n${POOL}`,
    'broken.yaml': 'a: [',
  });
  const withOverlay = async (file: string) => render(cwd, 'a.yaml', '--overlay', file, ...VETH);
  t.match(await withOverlay('list.yaml'), {
    code: 1,
    stdout: /the daemon does not start: eni_conf of/,
  });
  t.match(await withOverlay('type.yaml'), {
    code: 1,
    stderr: /does not come up on this .*1 problem/,
  });
  for (const [file, stderr] of [
    ['two.yaml', /two.yaml: 2 ConfigMaps with eni_conf/],
    ['a.yaml', /a.yaml: no ConfigMap with eni_conf/],
    ['broken.yaml', /broken.yaml:1:\d+: no valid YAML/],
    ['gone.yaml', /there is no such file/],
  ] as const) {
    t.match(await withOverlay(file), { code: 2, stdout: '', stderr }, file);
  }
  const both = await render(cwd, 'a.yaml', '--overlay', 'list.yaml', '--against', 'a.yaml');
  t.match(both, { code: 2, stderr: /--against goes with neither/ });
});

t.test('what a node of a cluster reads', async (t) => {
  // As a node it names pool-a, which is eni-config over itself there.
  const { kubeconfig } = await startRecordingApiServer(t, BASE_VETH);
  const args = ['--node', 'eni-config', '--kubeconfig', kubeconfig];
  const { code, stdout, stderr } = await render(dirname(kubeconfig), ...args);
  t.equal(code, 0, stderr);
  t.match(stdout, /^Node eni-config: label terway-config: pool-a; .*datapath veth\n/);
  t.match(stdout, /^ {2}max_pool_size +8 +pool-a /m);
  writeFileSync(join(dirname(kubeconfig), 'pool.yaml'), POOL);
  const other = await render(dirname(kubeconfig), ...args, '--overlay', 'pool.yaml');
  t.match(other, { code: 0, stdout: /^ {2}max_pool_size +10 +pool-a /m });
});

t.test('docs/json-outputs.md names exactly the fields of --node', async (t) => {
  const cwd = t.testdir({
    'a.yaml': manifest({ ...BASE_VETH, disable_network_policy: 'true' }),
    'bad.yaml': manifest({ ...BASE_VETH, eni_conf: '[]' }),
    'refused.yaml': manifest(withConflist(BASE_VETH, '{"plugins": [1]}')),
    'odd.yaml': manifest(withConflist(BASE_VETH, '{"plugins": {"a": 1, "b": 2}}')),
    'pool.yaml': POOL.replace('max_pool_size', 'odd'),
  });
  const { kubeconfig } = await startRecordingApiServer(t, BASE_VETH);
  const printed: object[] = [];
  for (const file of ['a.yaml', 'bad.yaml', 'refused.yaml', 'odd.yaml']) {
    const args = [file, '--overlay', 'pool.yaml', ...VETH, '--output', 'json'];
    printed.push(JSON.parse((await render(cwd, ...args)).stdout) as object);
  }
  const cluster = ['--node', 'a', '--kubeconfig', kubeconfig, '--output', 'json'];
  printed.push(JSON.parse((await render(cwd, ...cluster)).stdout) as object);
  const fields = new Set(printed.flatMap((report) => fieldsIn(report)));
  fields.add('facts.*.estimate').add('facts.*.ageSeconds');
  const documented = documentedFields('json-outputs.md', 'render-node');
  t.same([...fields].sort(), documented.sort());
  keepsContract(t, 'render-node', documented, printed);
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
