import t from 'tap';
import { COMMANDS } from '../../../../src/cli/commands.ts';
import { calledAs, commandHelp, programHelp } from '../../../../src/cli/frame/help.ts';

t.test('the help of every command fits a screen and shows a call to copy', async (t) => {
  for (const entry of COMMANDS) {
    const { spec } = await entry.load();
    const lines = commandHelp(entry, spec).split('\n');
    t.ok(lines.length <= 40, `${entry.name}: ${lines.length} lines`);
    for (const line of lines) t.ok(line.length <= 100, line);
    t.ok(lines[0]?.startsWith(`usage: eni-config-guard ${entry.name}`), entry.name);
    for (const name of Object.keys(spec.flags)) {
      t.ok(
        lines.some((line) => line.startsWith(`  --${name}`)),
        `${entry.name} --${name}`,
      );
    }
    t.ok(
      lines.some((line) => line.startsWith(`  $ eni-config-guard ${entry.name}`)),
      entry.name,
    );
    for (const example of spec.examples) t.match(example, new RegExp(`^${entry.name}( |$)`));
  }
});

t.test('the list of commands has each on one line', async (t) => {
  const lines = programHelp(COMMANDS).split('\n');
  for (const { name, summary } of COMMANDS) {
    t.ok(
      lines.some((line) => line.startsWith(`  ${name} `) && line.endsWith(` ${summary}`)),
      name,
    );
  }
});

t.test('as a plugin it is called by the words that kubectl takes', async (t) => {
  t.equal(calledAs(['node', '/usr/local/bin/kubectl-eni_config']), 'kubectl eni-config');
  t.equal(calledAs(['node', '/src/dist/main.js']), 'eni-config-guard');
});
