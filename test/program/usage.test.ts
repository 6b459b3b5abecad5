import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { AdmissionReview } from '../../src/admission/response.ts';
import { REPOSITORY, startProgram, writeConfig } from '../support/program.ts';

/** Arguments, configuration and addresses that can't be used, and what a person is told at a start. */

t.test('a person in the repository is shown a call that works as it stands', async (t) => {
  const directory = t.testdir();
  const pretty = 'audit: { logFormat: pretty }\n';
  const config = join(directory, writeConfig(directory, { certificates: directory }, pretty));
  const program = startProgram(t, ['serve', '--port', '0', '--config', config], REPOSITORY);
  const call = /try: (curl .*)$/.exec(await program.lineWith('listens on'))?.[1];
  t.match(call, /^curl .*examples\/review-with-a-typo\.json .*\/validate$/);
  const { stdout } = await promisify(execFile)('sh', ['-c', `${call} --silent --noproxy '*'`], {
    cwd: REPOSITORY,
  });
  t.match(JSON.parse(stdout) as AdmissionReview, {
    kind: 'AdmissionReview',
    response: { allowed: false, status: { code: 422 } },
  });
});

t.test('a call that cannot be used ends with status 2 and says why', async (t) => {
  const CALLS: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    'no command': [[], /a command is missing; see eni-config-guard --help\n$/],
    'an unknown command': [['sevre'], /unknown command "sevre"; did you mean serve\?\n$/],
    'a flag as the command': [
      ['--config', 'x'],
      /unknown command "--config"; see eni-config-guard --help\n$/,
    ],
    'an unknown flag': [
      ['serve', '--prot', '1'],
      /unknown flag "--prot"; did you mean --port\?; see .* serve --help\n$/,
    ],
    'a stray word': [['serve', 'now'], /serve takes no "now"; see .*\n$/],
    'a flag without its value': [['serve', '--port'], /--port takes a value: NUMBER; see .*\n$/],
    'a port that is no number': [['serve', '--port', 'https'], /--port takes a number.*"https"/],
    'a port out of range': [['serve', '--port', '65536'], /--port takes a number/],
    'a port in hexadecimal': [['serve', '--port', '0x10'], /--port takes a number.*"0x10"/],
    'an empty port': [['serve', '--port', ''], /--port takes a number/],
    'a configuration that is not there': [['serve', '--config', 'no.yaml'], /no\.yaml: .*ENOENT/],
    'a directory as the configuration': [['serve', '--config', '.'], /\.: .*EISDIR/],
  };
  for (const [kind, [args, reason]] of Object.entries(CALLS)) {
    await t.test(kind, async (t) => {
      const program = startProgram(t, args, t.testdir());
      t.match(await program.exit(), { code: 2 });
      t.match(program.stderr(), reason);
      t.match(program.stderr(), /^eni-config-guard: /);
      t.notMatch(program.stderr(), /\n {4}at /, 'no stack');
      t.equal(program.stdout(), '');
    });
  }
  await t.test('asking for help is no error', async (t) => {
    for (const flag of ['help', '--help', '-h']) {
      const program = startProgram(t, [flag], t.testdir());
      t.match(await program.exit(), { code: 0 });
      t.match(program.stdout(), /^usage: eni-config-guard COMMAND \[flags\]\n\n {2}serve /);
      t.equal(program.stderr(), '');
    }
  });
});

t.test('a mistake in the configuration ends with status 2, file, line and key', async (t) => {
  const MISTAKES: Readonly<Record<string, readonly [string, string]>> = {
    'an unknown key': [
      'mode: enforce\nserver:\n  drainSecond: 2\n',
      'config.yaml:3: server.drainSecond: unknown key; did you mean "drainSeconds"?',
    ],
    'an unknown rule': [
      'rules:\n  json-syntax: warn\n  jsn-syntax: warn\n',
      'config.yaml:3: rules.jsn-syntax: unknown key; did you mean "json-syntax"?',
    ],
    'a value that is not on the list': [
      '# a comment\nmode: enforced\n',
      'config.yaml:2: mode: must be enforce, warn or audit',
    ],
    'a wrong type': [
      'server:\n  metricsPort: "8444"\n',
      'config.yaml:2: server.metricsPort: must be of type integer',
    ],
    'a number out of range': [
      'server:\n\n  metricsPort: 70000\n',
      'config.yaml:3: server.metricsPort: must be <= 65535',
    ],
    'an element of a list': [
      'exempt:\n  users:\n    - alice\n    - 7\n',
      'config.yaml:4: exempt.users.1: must be text; put it in quotes',
    ],
    'a version that is none': [
      'facts:\n  terwayVersion: latest\n',
      'config.yaml:2: facts.terwayVersion: "latest" is not a version',
    ],
    'a list instead of a map': ['- mode: enforce\n', 'config.yaml:1: the file: must be a map'],
    'a key given twice': ['mode: warn\nmode: audit\n', 'config.yaml:2: not valid YAML'],
    'broken YAML': ['mode: enforce\nrules: {\n', 'config.yaml:3: not valid YAML'],
  };
  for (const [kind, [text, problem]] of Object.entries(MISTAKES)) {
    await t.test(kind, async (t) => {
      const cwd = t.testdir({ 'config.yaml': text });
      const program = startProgram(t, ['serve', '--config', 'config.yaml'], cwd);
      t.match(await program.exit(), { code: 2 });
      t.match(program.stderr(), `eni-config-guard: ${problem}`);
      t.equal(program.stderr().trimEnd().split('\n').length, 1, 'one line for one mistake');
      t.equal(program.stdout(), '');
    });
  }
  await t.test('all mistakes are told at once', async (t) => {
    const cwd = t.testdir({ 'config.yaml': 'mode: off\nfirstEntry: 1\nserver: {port: 1}\n' });
    const program = startProgram(t, ['serve', '--config', 'config.yaml'], cwd);
    t.match(await program.exit(), { code: 2 });
    for (const place of ['config.yaml:1: mode: ', 'config.yaml:2: firstEntry: ']) {
      t.match(program.stderr(), place);
    }
    t.match(program.stderr(), 'config.yaml:3: server.port: unknown key');
  });
});

t.test('an address that cannot be had ends with status 2 and a remedy', async (t) => {
  const occupied = createServer().listen(0, '127.0.0.1');
  await once(occupied, 'listening');
  t.teardown(() => occupied.close());
  const { port } = occupied.address() as AddressInfo;

  await t.test('the port is taken', async (t) => {
    const cwd = t.testdir();
    const args = ['serve', '--port', String(port), '--config', writeConfig(cwd)];
    const program = startProgram(t, args, cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), new RegExp(`^eni-config-guard: port ${port} .*taken.*--port`));
    t.equal(program.stdout(), '', 'it claims nowhere to listen');
  });
  await t.test('the port of the metrics is taken', async (t) => {
    const cwd = t.testdir();
    const args = ['serve', '--port', '0', '--config', writeConfig(cwd, { metricsPort: port })];
    const program = startProgram(t, args, cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), new RegExp(`port ${port} .*taken.*server\\.metricsPort`));
    t.equal(program.stdout(), '', 'it claims nowhere to listen');
  });
  await t.test('the address is not of this machine', async (t) => {
    const cwd = t.testdir();
    const args = ['serve', '--host', '192.0.2.1', '--port', '0', '--config', writeConfig(cwd)];
    const program = startProgram(t, args, cwd);
    t.match(await program.exit(), { code: 2 });
    t.match(program.stderr(), /^eni-config-guard: .*192\.0\.2\.1/);
  });
});
