import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { CALLED, TYPED, typeInto } from '../support/terminal.ts';

/** Completion in shells that not every machine has; bash's is among the tests of the program. */

const script = async (shell: string) => {
  const { stdout } = await run(process.execPath, [MAIN, 'completion', shell]);
  return stdout;
};

t.test('zsh completes commands, flags and words when Tab is pressed', async (t) => {
  const folder = t.testdir({ script: await script('zsh') });
  const load = [
    'autoload -Uz compinit',
    `compinit -u -d '${join(folder, 'dump')}'`,
    `source '${join(folder, 'script')}'`,
  ];
  const { stdout } = await typeInto('zsh -f -i', [...load, ...TYPED].join('\n'));
  for (const called of CALLED) t.match(stdout, called);
});

t.test('zsh takes the script as a file of its own, too', async (t) => {
  const folder = t.testdir({ '_eni-config-guard': await script('zsh') });
  const load = [
    `fpath=('${folder}' $fpath)`,
    'autoload -Uz compinit',
    `compinit -u -d '${join(folder, 'dump')}'`,
  ];
  const { stdout } = await typeInto('zsh -f -i', [...load, ...TYPED].join('\n'));
  for (const called of CALLED) t.match(stdout, called);
});

t.test('fish completes commands, flags and words', async (t) => {
  const folder = t.testdir({ script: await script('fish') });
  const complete = async (line: string) => {
    const command = `source '${join(folder, 'script')}'; complete --do-complete '${line}'`;
    const { stdout } = await run('fish', ['--no-config', '-c', command]);
    return stdout.split('\n').map((found) => found.split('\t')[0]);
  };
  const name = 'eni-config-guard';
  t.same(await complete(`${name} veri`), ['verify', '']);
  t.same(await complete(`${name} verify --outp`), ['--output', '']);
  t.same(await complete(`${name} verify --output j`), ['json', '']);
  t.same(await complete(`${name} status --output=j`), ['--output=json', '']);
  t.same(await complete(`${name} completion fi`), ['fish', '']);
  t.same(await complete(`${name} help fac`), ['facts', '']);
});
