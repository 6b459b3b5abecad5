import { t } from 'tap';

import { instructions, startPlayground } from './playground.ts';
import { waitFor } from '../support/wait.ts';

/** Every command that the playground prints does what is said of it. */

const OUTCOMES: readonly (readonly [code: number, said: RegExp])[] = [
  [0, /configmap\/eni-config replaced \(server dry run\)/],
  [0, /terway +1\.15\.2[^]*plugins\.portmap|portmap[^]*1\.7\.1/],
  [1, /rule: eni-config-guard\/field-type/],
  [0, /configmap\/eni-config annotated/],
  [0, /would be refused/],
  [1, /restart/],
  [0, /"decision":"restart"/],
];

t.test('the commands of the playground, in their order', async (t) => {
  const playground = await startPlayground();
  const { cluster, suggestions } = playground;
  t.teardown(() => cluster.stop());
  const { plane } = cluster;
  await waitFor('the guard to have learnt of the cluster', 60_000, async () => {
    const { stderr } = await plane.shell(
      suggestions.find(({ line }) => line.includes('--dry-run'))?.line ?? '',
    );
    return stderr.includes('is not known') ? undefined : true;
  });
  const typed = suggestions.filter(({ isInteractive }) => !isInteractive);
  t.equal(typed.length, OUTCOMES.length);
  for (const [index, { line }] of typed.entries()) {
    const { code, stdout, stderr } = await plane.shell(line);
    const [wanted, said] = OUTCOMES[index]!;
    t.equal(code, wanted, `${line}\n${stdout}${stderr}`);
    t.match(`${stdout}${stderr}`, said, line);
  }
  for (const { line } of suggestions) t.ok(instructions(playground).includes(`\n  ${line}\n`));
});
