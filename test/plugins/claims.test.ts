import { join } from 'node:path';

import t from 'tap';

import { UNWRITABLE } from '../../src/engine/catalogue/sysctls.ts';
import { CLAIMS, type PluginShowing, type Showing, type TerwayShowing } from '../support/claims.ts';
import { findOrBuild, findOrBuildTerwayJudge } from '../support/plugin-binaries.ts';
import { pluginInput, runPlugins } from './run-plugin.ts';
import { installNetworkTools } from './sandbox/tools.ts';
import { judgeByTerway } from './terway-judge.ts';

// Building Terway takes minutes, once per machine.
t.setTimeout(20 * 60_000);

/** The outages that rules speak of happen: the programs themselves are asked. */

await installNetworkTools();
const binaries = await findOrBuild();
const judge = await findOrBuildTerwayJudge();

const showings = Object.entries(CLAIMS).flatMap(([rule, { runs = [] }]) =>
  runs.map((showing): readonly [string, Showing] => [rule, showing]),
);
const isOfPlugin = (showing: Showing): showing is PluginShowing => 'plugin' in showing;

t.test('by released plugins', async (t) => {
  const own = showings.filter((pair): pair is [string, PluginShowing] => isOfPlugin(pair[1]));
  const answers = await runPlugins(
    own.map(([, showing]) => runOf(showing)),
    1,
  );
  for (const [index, [rule, { entry, message }]] of own.entries()) {
    const answer = answers[index]!;
    t.not(answer.exitCode, 0, `${rule}: ${entry.slice(0, 120)} fails`);
    t.match(answer.message, message, rule);
  }
});

t.test("by Terway's own code", async (t) => {
  const own = showings.filter((pair): pair is [string, TerwayShowing] => !isOfPlugin(pair[1]));
  const verdicts = await judgeByTerway(
    judge,
    own.map(([, { data, node }]) => ({ data, ...(node && { node }) })),
  );
  for (const [index, [rule, { stage, message }]] of own.entries()) {
    const failures = verdicts[index]!.filter((failure) => failure.stage === stage);
    t.match(failures.map((failure) => failure.message).join('\n'), message, `${rule}: ${stage}`);
  }
});

t.test('no sysctl of the node can be set from inside a pod', async (t) => {
  const names = [...UNWRITABLE['host-only'], ...UNWRITABLE['read-only'], ...UNWRITABLE.gone].map(
    (name) => name.replace('*', 'eth0'),
  );
  const answers = await runPlugins(
    names.map((name) => {
      const entry = JSON.stringify({ type: 'tuning', sysctl: { [name]: '1' } });
      return { binary: join(binaries.plugins['1.10.0'], 'tuning'), stdin: pluginInput(entry) };
    }),
    2,
  );
  t.ok(names.length > 100);
  const settable = names.filter((_name, index) => answers[index]!.exitCode === 0);
  t.same(settable, []);
});

function runOf({ plugin, entry, release = '1.10.0', isFirst }: PluginShowing) {
  const stdin = pluginInput(entry);
  const { prevResult, ...others } = JSON.parse(stdin) as { prevResult: unknown };
  return {
    binary: join(binaries.plugins[release], plugin),
    stdin: isFirst && prevResult !== undefined ? JSON.stringify(others) : stdin,
  };
}
