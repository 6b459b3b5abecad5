import t from 'tap';
import { keepsContract } from '../support/contract.ts';
import { documentedFields, fieldsIn } from '../support/documented-fields.ts';
import { run } from '../support/output.ts';
import { MAIN } from '../support/program.ts';

/** `explain` as people and programs call it. */

const explain = (cwd: string, ...args: readonly string[]) =>
  run(process.execPath, [MAIN, 'explain', ...args], { cwd });

t.test('the page of a rule, with nothing but the bundle', async (t) => {
  const cwd = t.testdir();
  for (const word of ['plugin-typo', 'eni-config-guard/plugin-typo']) {
    const { code, stdout, stderr } = await explain(cwd, word);
    t.match({ code, stderr }, { code: 0, stderr: '' });
    t.match(stdout, /^# plugin-typo\n\n\*\*The plugin type looks like a slip of a known one\.\*\*/);
    t.match(stdout, /there is no plugin "portmapp"; did you mean "portmap"\?/);
    t.match(stdout, /^ {2}see: eni-config-guard explain plugin-typo$/m);
  }
});

t.test('all rules, a line each', async (t) => {
  const { code, stdout } = await explain(t.testdir());
  t.equal(code, 0);
  t.match(stdout, /^ {2}plugin-typo +deny {2}The plugin type looks like a slip of a known one$/m);
  t.match(stdout, /^ {2}restart-needed +warn {2}A changed chain/m);
});

t.test('a rule that there is not', async (t) => {
  const cwd = t.testdir();
  t.match(await explain(cwd, 'plugin-tpyo'), {
    code: 2,
    stdout: '',
    stderr: 'eni-config-guard: there is no rule "plugin-tpyo"; did you mean plugin-typo?\n',
  });
  t.match(await explain(cwd, 'nothing-alike'), { code: 2, stderr: /explain lists them\n$/ });
  t.match(await explain(cwd, 'vrf-name', 'sbr'), { code: 2, stderr: /takes one RULE, or none\n$/ });
});

t.test('docs/json-outputs.md names exactly the fields that there are', async (t) => {
  const cwd = t.testdir();
  const one = await explain(cwd, 'first-entry-differs', '--output', 'json');
  const printed = JSON.parse(one.stdout) as object;
  const documented = documentedFields('json-outputs.md', 'explain');
  t.same([...fieldsIn(printed)].sort(), documented.sort());
  keepsContract(t, 'explain', documented, [printed]);
  const all = await explain(cwd, '--output', 'json');
  t.match(JSON.parse(all.stdout), { schema: 1, rules: [{ id: 'bypass-refused' }] });
});
