import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';
import { CALLED, TYPED, typeInto } from '../support/terminal.ts';

const completion = async (...args: string[]) =>
  run(process.execPath, [MAIN, 'completion', ...args]);

t.test('bash completes commands, flags and words when Tab is pressed', async (t) => {
  const { stdout: script } = await completion('bash');
  const folder = t.testdir({ script, 'my chain.yaml': '' });
  const keys = [
    `source '${join(folder, 'script')}'`,
    `cd '${folder}'`,
    'echo there',
    'eni-config-guard status --config my\t',
    ...TYPED,
  ];
  // The function that prints is defined first, as Tab must find it.
  const { stdout } = await typeInto('bash --norc --noprofile -i', [TYPED[0], ...keys].join('\n'));
  for (const called of CALLED) t.match(stdout, called);
  t.match(stdout, 'called: status --config my chain.yaml', 'a path');
});

t.test('only shells that there is a script for', async (t) => {
  const cases: [args: string[], stderr: RegExp][] = [
    [[], /completion takes one shell: bash, zsh or fish\n$/],
    [['bash', 'zsh'], /completion takes one shell: bash, zsh or fish\n$/],
    [['bahs'], /no completion for "bahs"; did you mean bash\?\n$/],
    [['powershell'], /no completion for "powershell"; there are bash, zsh or fish\n$/],
  ];
  for (const [args, stderr] of cases) t.match(await completion(...args), { code: 2, stderr });
});
