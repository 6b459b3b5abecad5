import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { jsonLogger } from '../../src/log.ts';

/** A logger writes to the standard output of its process, so it runs in one of its own. */
function lineOf(format: string, isTerminal: boolean, noColor?: string): string {
  const logger = new URL('../../src/log.ts', import.meta.url).href;
  const program =
    `const { createLogger } = await import(${JSON.stringify(logger)});` +
    `(await createLogger('${format}', ${isTerminal})).info({ uid: 'u', verdict: 'deny' }, 'review');`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, NO_COLOR: noColor },
  });
}

t.test('auto is for people on a terminal, and one JSON object a line elsewhere', async (t) => {
  t.match(JSON.parse(lineOf('auto', false)), { msg: 'review', uid: 'u', verdict: 'deny' });
  t.match(JSON.parse(lineOf('json', true)), { msg: 'review' });
  const pretty = lineOf('auto', true);
  t.throws(() => void JSON.parse(pretty));
  // eslint-disable-next-line no-control-regex
  t.match(pretty.replace(/\u001b\[\d+m/g, ''), /INFO: review \{"verdict":"deny"\}\n$/);
});

t.test('NO_COLOR takes the colours away, unless it is empty', async (t) => {
  const escape = '\u001b[';
  t.ok(lineOf('auto', true).includes(escape));
  t.ok(lineOf('auto', true, '').includes(escape));
  t.notOk(lineOf('auto', true, '1').includes(escape));
});

t.test(
  'a line has its level, the time, the fields that there are, and its sentence last',
  async (t) => {
    const lines: string[] = [];
    const log = jsonLogger((line) => void lines.push(line));
    log.info({ uid: 'u', absent: undefined, groups: ['"a"\n'] }, 'a "sentence"');
    log.warn({}, 'no fields');
    log.error('alone');
    const time = /"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/;
    t.same(
      lines.map((line) => line.replace(time, '"time":"..."')),
      [
        '{"level":30,"time":"...","uid":"u","groups":["\\"a\\"\\n"],"msg":"a \\"sentence\\""}\n',
        '{"level":40,"time":"...","msg":"no fields"}\n',
        '{"level":50,"time":"...","msg":"alone"}\n',
      ],
    );
  },
);
