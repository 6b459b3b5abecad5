import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { configMap } from '../support/changes.ts';
import { BASE_VETH, PORTMAP, VETH_CONF, conflist, withConflist } from '../support/config-maps.ts';
import { yamlManifest } from '../support/manifests.ts';
import { run } from '../support/output.ts';
import { REPOSITORY } from '../support/program.ts';
import { commitAll, publish, shellEnvironment } from './repositories.ts';
import { oldestNode } from './tools.ts';

/** What GitHub and GitLab run is run as they would: their steps in bash, with their variables. */

const BAD = yamlManifest(
  configMap(withConflist(BASE_VETH, conflist([VETH_CONF, { ...PORTMAP, snat: 'true' }]))),
);
const GOOD = yamlManifest(configMap(withConflist(BASE_VETH, conflist([VETH_CONF, PORTMAP]))));

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly shell: string;
      readonly run: string;
      readonly env: Readonly<Record<string, string>>;
    }[];
  };
}

/** Runs the steps of action.yml in `cwd`, as a runner does for a composite action. */
async function runAction(cwd: string, inputs: Readonly<Record<string, string>>) {
  const action = parse(readFileSync(join(REPOSITORY, 'action.yml'), 'utf8')) as Action;
  const valueOf = (name: string) => inputs[name] ?? action.inputs[name]?.default ?? '';
  const outputs = [];
  for (const step of action.runs.steps) {
    const own = Object.entries(step.env).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ inputs\.(\w+) \}\}/g, (_, input: string) => valueOf(input)),
    ]);
    const env = shellEnvironment([dirname(await oldestNode())], {
      ...(Object.fromEntries(own) as NodeJS.ProcessEnv),
      GITHUB_ACTION_PATH: REPOSITORY,
    });
    const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run];
    outputs.push(await run(step.shell, args, { cwd, env }));
  }
  return { using: action.runs.using, outputs };
}

t.test('the GitHub Action annotates what is refused', async (t) => {
  const cwd = t.testdir({ 'a b': { 'eni-config.yaml': BAD }, 'good.yaml': GOOD, 'x.txt': '' });
  const {
    using,
    outputs: [bad, ...more],
  } = await runAction(cwd, {});
  t.equal(using, 'composite');
  t.same(more, []);
  t.equal(bad?.code, 1);
  t.match(bad?.stdout, /^::error file=a b\/eni-config\.yaml,line=\d+,.*snat/m);
  t.notMatch(bad?.stdout, /::error file=good\.yaml/);

  const good = await runAction(cwd, { files: 'good.yaml x.*', flags: '--terway 1.15.2' });
  t.match(good.outputs, [{ code: 0, stderr: '' }], 'inputs reach lint; a pattern is its to read');

  await commitAll(cwd);
  const kept = await runAction(cwd, { against: 'git:HEAD' });
  t.match(kept.outputs, [{ code: 0, stdout: /^::warning file=a b\/eni-config\.yaml/m }]);

  const wrong = await runAction(cwd, { flags: '--no-such' });
  t.match(wrong.outputs, [{ code: 2, stderr: /unknown flag "--no-such"/ }]);
});

interface Job {
  readonly variables: Readonly<Record<string, string>>;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly artifacts: { readonly reports: { readonly junit: string } };
}

t.test('the GitLab job installs the guard and reports what is refused as tests', async (t) => {
  const folder = t.testdir({ guard: {}, work: { 'eni-config.yaml': BAD } });
  const cwd = join(folder, 'work');
  await publish(join(folder, 'guard'));
  const file = readFileSync(join(REPOSITORY, 'integrations', 'gitlab.yml'), 'utf8');
  const job = (parse(file) as { 'eni-config': Job })['eni-config'];
  const env = shellEnvironment([dirname(await oldestNode())], {
    ...job.variables,
    ENI_CONFIG_GUARD: join(folder, 'guard'),
    TMPDIR: folder,
  });
  const lines = [...job.before_script, ...job.script].join('\n');
  const runJob = () => run('bash', ['-eo', 'pipefail', '-c', lines], { cwd, env });

  const bad = await runJob();
  t.equal(bad.code, 1, bad.stderr);
  t.match(bad.stdout, /^eni-config\.yaml:\d+:\d+: deny: .*"snat"/m, 'people read it in the log');
  const report = readFileSync(join(cwd, job.artifacts.reports.junit), 'utf8');
  t.match(report, /<failure [^]*snat/);

  writeFileSync(join(cwd, 'eni-config.yaml'), GOOD);
  const env2 = { ...env, ENI_CONFIG_GUARD_REF: 'none' };
  const lost = await run('bash', ['-eo', 'pipefail', '-c', lines], { cwd, env: env2 });
  t.match(lost, { code: 128, stdout: '' }, 'a guard that is not to be had fails the job');
});
