import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeProbeResult } from '../../src/probe/result.ts';
import { startProgram } from '../support/program.ts';

const BINARIES = { bandwidth: {}, portmap: {}, vrf: {} };

t.test('the result goes to the file, a line for each binary to the log', async (t) => {
  const cwd = t.testdir({
    bin: {},
    'termination-log': 'of the run before, and much longer'.repeat(99),
  });
  for (const name of Object.keys(BINARIES)) {
    writeFileSync(join(cwd, 'bin', name), '', { mode: 0o755 });
  }
  symlinkSync('/bin/sh', join(cwd, 'bin', 'shell \u001b[2J'));
  const args = ['--directory', 'bin', '--output', 'termination-log'];
  const program = startProgram(t, ['probe', ...args], cwd);
  t.strictSame(await program.exit(), { code: 0, signal: null });
  t.equal(
    program.stdout(),
    [
      'bandwidth version unknown: not a program',
      'portmap version unknown: not a program',
      'vrf version unknown: not a program',
      'shell \\u001b[2J version unknown: a link out of the directory',
      '4 executables, 0 with a known version',
      '',
    ].join('\n'),
  );
  t.equal(program.stderr(), '');
  const result = decodeProbeResult(readFileSync(join(cwd, 'termination-log'), 'utf8'));
  t.strictSame(Object.fromEntries(result?.binaries ?? []), BINARIES);
  t.equal(result?.leftOut, 1, 'a name that no message should carry is counted');
});

t.test('a directory that is none is no empty one', async (t) => {
  for (const directory of ['no-such-directory', 'a-file']) {
    const cwd = t.testdir({ 'a-file': '' });
    const args = ['--directory', directory, '--output', 'termination-log'];
    const program = startProgram(t, ['probe', ...args], cwd);
    t.strictSame(await program.exit(), { code: 2, signal: null });
    const message = readFileSync(join(cwd, 'termination-log'), 'utf8');
    t.match(
      message,
      /^can't read the CNI directory: (ENOENT|ENOTDIR): .*(no-such-directory|a-file)/,
    );
    t.equal(program.stderr(), `eni-config-guard: ${message}\n`);
    t.equal(program.stdout(), '');
    t.equal(decodeProbeResult(message), undefined);
  }
});

t.test('what can not be written, or is not asked for, is said', async (t) => {
  const cwd = t.testdir({ bin: {} });
  const fails = async (args: readonly string[]) => {
    const program = startProgram(t, ['probe', ...args], cwd);
    t.strictSame(await program.exit(), { code: 2, signal: null });
    return program.stderr();
  };
  const output = ['--output', 'no-such-directory/file'];
  t.match(await fails(['--directory', 'bin', ...output]), /can't write the result: ENOENT/);
  t.match(
    await fails([]),
    /probe needs --directory DIRECTORY; see eni-config-guard probe --help\n$/,
  );
  t.match(await fails(['--directory', 'bin', '--port', '1']), /unknown flag "--port"/);
});
