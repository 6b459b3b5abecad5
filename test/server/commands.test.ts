import { dirname } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { GOOD, WRONG_TYPE } from '../support/config-maps.ts';
import { startProgram } from '../support/program.ts';
import { startRecordingApiServer } from '../support/recording-api-server.ts';

/** The arguments of facts, status and verify, and the exit status of each. */

async function run(t: Test, cwd: string, ...args: readonly string[]) {
  const program = startProgram(t, args, cwd);
  const { code } = await program.exit();
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

t.test('arguments that cannot be used end with status 2 and say why', async (t) => {
  const cwd = t.testdir({ 'config.yaml': 'mode: strict\n' });
  const calls: [args: readonly string[], stderr: RegExp][] = [
    [
      ['facts', '--output', 'yaml'],
      /^eni-config-guard: --output takes text or json, not "yaml"; see .*\n$/,
    ],
    [
      ['status', '--output', ''],
      /^eni-config-guard: --output takes text or json, not ""; see .*\n$/,
    ],
    [
      ['verify', '--output', 'json'],
      /unknown flag "--output"; see eni-config-guard verify --help\n$/,
    ],
    [['status', '--config', 'config.yaml'], /config\.yaml:1: mode: must be enforce, warn or audit/],
    [['facts', '--kubeconfig', 'missing'], /kubeconfig missing can't be read \(ENOENT\)/],
    [['status', '--kubeconfig', 'missing'], /can't read kube-system\/eni-config: .*\(ENOENT\)/],
  ];
  const results = await Promise.all(calls.map(async ([args]) => run(t, cwd, ...args)));
  for (const [index, [args, stderr]] of calls.entries()) {
    t.match(results[index], { code: 2, stdout: '', stderr }, args.join(' '));
  }
  const verified = await run(t, cwd, 'verify', '--kubeconfig', 'missing');
  t.match(verified, { code: 2, stdout: /^no API server to ask: .*\(ENOENT\)\n$/, stderr: '' });
});

t.test('the exit status says whether something is denied, or not guarded', async (t) => {
  for (const [data, code, verdict] of [
    [GOOD, 0, 'allow'],
    [WRONG_TYPE, 1, 'deny'],
  ] as const) {
    const { kubeconfig } = await startRecordingApiServer(t, data);
    const cwd = dirname(kubeconfig);
    const args = ['status', '--kubeconfig', kubeconfig, '--output', 'json'];
    const status = await run(t, cwd, ...args);
    t.equal(status.code, code);
    t.match(JSON.parse(status.stdout), { schema: 1, exists: true, verdict });
  }
  const { kubeconfig } = await startRecordingApiServer(t, GOOD);
  t.match(await run(t, dirname(kubeconfig), 'verify', '--kubeconfig', kubeconfig), {
    code: 1,
    stdout: /^a chain without plugins was accepted/,
  });
});
