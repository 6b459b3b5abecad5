import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { configMap } from '../support/changes.ts';
import { GOOD, TYPO, WRONG_TYPE } from '../support/config-maps.ts';
import { keepsContract } from '../support/contract.ts';
import { documentedFields, fieldsIn } from '../support/documented-fields.ts';
import { send } from '../support/https-client.ts';
import { misbehaving } from '../support/misbehaving-api-server.ts';
import { yamlManifest } from '../support/manifests.ts';
import { collect, run as runProgram } from '../support/output.ts';
import { MAIN, freePort, startProgram, writeConfig } from '../support/program.ts';
import { startRecordingApiServer } from '../support/recording-api-server.ts';
import { reviewBody } from '../support/reviews.ts';
import { waitFor } from '../support/wait.ts';

/** Whose lines are more than twice what a pipe takes. */
const REVIEWS = 200;

const JSON_OUTPUT = ['--output', 'json'];

/** Fields that this API server gives no cause for. */
const RARE: Readonly<Record<string, readonly string[]>> = {
  status: [
    ...['current', 'former', 'ignored', 'restartDueSince', 'unknown', 'unsure'].map(
      (name) => `nodes.${name}`,
    ),
    ...['facts.*.estimate', 'findings[].column', 'findings[].stored', 'hasTerway'],
    ...['user', 'count', 'last', 'rules[]'].map((name) => `refusedWriters[].${name}`),
    'overlays[].findings[].path',
    ...['at', 'user', 'fieldManager', 'revision'].map((name) => `lastWrite.${name}`),
  ],
  verify: [],
};

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
      ['verify', '--namespace', 'x'],
      /unknown flag "--namespace"; see eni-config-guard verify --help\n$/,
    ],
    [['status', '--config', 'config.yaml'], /config\.yaml:1: mode: must be enforce, warn or audit/],
    [['facts', '--kubeconfig', 'missing'], /kubeconfig missing can't be read \(ENOENT\)/],
    [['status', '--kubeconfig', 'missing'], /can't read kube-system\/eni-config: .*\(ENOENT\)/],
  ];
  const results = await Promise.all(calls.map(async ([args]) => run(t, cwd, ...args)));
  for (const [index, [args, stderr]] of calls.entries()) {
    t.match(results[index], { code: 2, stdout: '', stderr }, args.join(' '));
  }
  const verify = ['verify', '--kubeconfig', 'missing'];
  t.match(await run(t, cwd, ...verify), {
    code: 2,
    stdout: '',
    stderr: /^eni-config-guard: no API server to ask: .*\(ENOENT\)\n$/,
  });
  const { code, stdout } = await run(t, cwd, ...verify, '--output', 'json');
  t.equal(code, 2);
  t.match(JSON.parse(stdout), { schema: 1, outcome: 'unknown', message: /\(ENOENT\)$/ });
});

t.test('status says when there is no Terway', async (t) => {
  const object = { metadata: { name: 'eni-config', resourceVersion: '1' }, data: GOOD };
  const { kubeconfig } = await misbehaving(t, (request, response) => {
    const items = request.url?.includes('/configmaps') ? [object] : [];
    const list = { metadata: { resourceVersion: '1' }, items };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(list));
  });
  const args = ['status', '--kubeconfig', kubeconfig];
  const { code, stdout } = await run(t, dirname(kubeconfig), ...args);
  t.equal(code, 0);
  t.match(stdout, /^There is no Terway in this cluster: no DaemonSet terway-eniip/m);
  t.notMatch(stdout, 'rollout restart');
  const json = await run(t, dirname(kubeconfig), ...args, '--output', 'json');
  t.match(JSON.parse(json.stdout), { hasTerway: false, verdict: 'allow' });
});

t.test('another context of the kubeconfig is another cluster', async (t) => {
  const { kubeconfig } = await startRecordingApiServer(t, GOOD);
  const cwd = dirname(kubeconfig);
  for (const name of ['status', 'facts', 'verify']) {
    t.match(await run(t, cwd, name, '--kubeconfig', kubeconfig, '--context', 'production'), {
      code: 2,
      stdout: '',
      stderr: /kubeconfig .* has no context "production"/,
    });
  }
});

t.test('a full disk is one line and status 2', async (t) => {
  const { kubeconfig } = await startRecordingApiServer(t, GOOD);
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const calls = [
    ...['status', 'facts', 'verify'].map((name) => [name, '--kubeconfig', kubeconfig]),
    ...[['version'], ['status', '--help'], ['--help'], ['completion', 'bash']],
    ['lint', 'manifest.yaml'],
    ['fix', 'manifest.yaml'],
    ['doctor', 'x509'],
  ];
  writeFileSync(join(dirname(kubeconfig), 'manifest.yaml'), yamlManifest(configMap(TYPO)));
  for (const args of calls) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: dirname(kubeconfig),
      stdio: ['ignore', full, 'pipe'],
    });
    t.match(await collect(child), {
      code: 2,
      stderr: "eni-config-guard: can't write to standard output (ENOSPC)\n",
    });
  }
});

t.test('a guard whose log has no room goes on answering', async (t) => {
  const cwd = t.testdir();
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const port = await freePort();
  const args = [MAIN, 'serve', '--port', String(port), '--config', writeConfig(cwd)];
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', full, 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  const output = collect(child);
  const answer = await waitFor('an answer', 20_000, async () => {
    const ca = join(cwd, 'certs', 'ca.crt');
    if (!existsSync(ca)) return undefined;
    const endpoint = { port, ca: readFileSync(ca, 'utf8') };
    return send(endpoint, '/validate', reviewBody({ operation: 'DELETE', oldData: GOOD })).catch(
      () => undefined,
    );
  });
  t.match(answer.body, /"allowed":false/);
  child.kill('SIGTERM');
  t.match(await output, { code: 0, stderr: '' });
});

t.test('a guard whose log is not read goes on answering, and keeps its lines', async (t) => {
  const cwd = t.testdir();
  const pipe = join(cwd, 'log');
  execFileSync('mkfifo', [pipe]);
  // Held open and not read, as a container runtime that has died leaves it to the next one.
  const held = openSync(pipe, constants.O_RDWR);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  t.teardown(() => {
    for (const fd of [held, reader]) closeSync(fd);
  });
  const port = await freePort();
  const args = [MAIN, 'serve', '--port', String(port), '--config', writeConfig(cwd)];
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', held, 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  const output = collect(child);
  const ca = join(cwd, 'certs', 'ca.crt');
  await waitFor('a certificate', 20_000, () => (existsSync(ca) ? true : undefined));
  const endpoint = { port, ca: readFileSync(ca, 'utf8') };
  const body = reviewBody({ operation: 'DELETE', oldData: GOOD });
  const ask = () => send(endpoint, '/validate', body).catch(() => undefined);
  await waitFor('an answer', 20_000, ask);
  // A pipe takes 64 KiB, and a line has more than half a KiB.
  for (let review = 1; review < REVIEWS; review += 1) {
    t.match((await ask())?.body, /"allowed":false/, `review ${review}`);
  }
  let log = '';
  const readAll = () => {
    const part = Buffer.alloc(65_536);
    try {
      log += part.toString('utf8', 0, readSync(reader, part));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    return log.split('"decision":"review"').length > REVIEWS ? true : undefined;
  };
  await waitFor('all lines', 20_000, readAll);
  for (const line of log.trimEnd().split('\n')) t.equal(typeof JSON.parse(line), 'object');
  child.kill('SIGTERM');
  t.match(await output, { code: 0, stderr: '' });
});

t.test('a reader that has seen enough is no error', async (t) => {
  const command = '"$0" "$1" completion bash | head -n 1; echo "${PIPESTATUS[0]}"';
  t.match(await runProgram('bash', ['-c', command, process.execPath, MAIN]), {
    stdout: /^# bash completion .*\n0\n$/,
    stderr: '',
  });
});

t.test('docs/json-outputs.md names exactly the fields that there are', async (t) => {
  const { kubeconfig } = await startRecordingApiServer(t, WRONG_TYPE);
  for (const name of ['status', 'verify']) {
    const { stdout } = await run(
      t,
      dirname(kubeconfig),
      name,
      '--kubeconfig',
      kubeconfig,
      ...JSON_OUTPUT,
    );
    const printed = JSON.parse(stdout) as object;
    const fields = new Set([...fieldsIn(printed), ...RARE[name]!]);
    const documented = documentedFields('json-outputs.md', name);
    t.same([...fields].sort(), documented.sort(), name);
    keepsContract(t, name, documented, [printed]);
  }
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
