import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { auditEvent, stored } from '../support/audit-events.ts';
import { BASE_VETH, GOOD, TYPO } from '../support/config-maps.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';

const line = (event: object) => `${JSON.stringify(event)}\n`;
const update = (before: typeof GOOD, data: typeof GOOD, version: string) =>
  line(auditEvent({ requestObject: stored(before), responseObject: stored(data, version) }));

const CREATED = line(
  auditEvent({ verb: 'create', code: 201, responseObject: stored(BASE_VETH, '1') }),
);

t.test('files and standard input, one after the other', async (t) => {
  const cwd = t.testdir();
  writeFileSync(join(cwd, 'one.log.gz'), gzipSync(CREATED));
  writeFileSync(join(cwd, 'two.log'), update(GOOD, GOOD, '2'));
  const replay = async (args: string[], stdin = '') =>
    run(process.execPath, [MAIN, 'replay', ...args], { cwd, stdin });

  const same = await replay(['one.log.gz', 'two.log']);
  t.match(same, { code: 0, stdout: /^2 lines, 2 writes .*\n {2}2 allowed then and now\n/ });
  const changed = await replay(['one.log.gz', '-', '--output', 'json'], update(GOOD, TYPO, '2'));
  t.match(changed, { code: 1, stderr: '' });
  t.match(JSON.parse(changed.stdout), { schema: 1, lines: 2, becomes: { refused: 1 } });
  writeFileSync(join(cwd, 'config.yaml'), 'mode: warn\n');
  const mild = await replay(
    ['one.log.gz', '-', '--config', 'config.yaml'],
    update(GOOD, TYPO, '2'),
  );
  t.match(mild, { code: 0 }, 'the mode of the configuration counts');
  t.match(await replay(['-'], '\n'), { code: 2 });
});

t.test('what is no audit log, or can not be read, is said in one line', async (t) => {
  const cwd = t.testdir({ 'README.md': '# eni-config\n', 'half.gz': '' });
  writeFileSync(join(cwd, 'half.gz'), gzipSync(CREATED).subarray(0, 100));
  const cases: [args: string[], stderr: RegExp][] = [
    [[], /^eni-config-guard: replay needs an AUDIT\.log, - for standard input, or --history\n$/],
    [['README.md'], /README\.md is no audit log: its first line is no event .*"# eni-config"\n$/],
    [['missing'], /can't read missing to its end \(ENOENT\)\n$/],
    [['half.gz'], /can't read half\.gz to its end \(Z_BUF_ERROR\)\n$/],
    [['.'], /can't read \. to its end \(EISDIR\)\n$/],
  ];
  for (const [args, stderr] of cases) {
    const output = await run(process.execPath, [MAIN, 'replay', ...args], { cwd });
    t.match(output, { code: 2, stdout: '', stderr });
  }
});
