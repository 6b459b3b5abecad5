import { join } from 'node:path';

import t, { type Test } from 'tap';

import { UNWRITABLE } from '../../src/engine/catalogue/sysctls.ts';
import { CLAIMS } from '../support/claims.ts';
import type {
  OverlayShowing,
  PluginShowing,
  Showing,
  TerwayShowing,
} from '../support/claims/claim.ts';
import { BASE_VETH } from '../support/config-maps.ts';
import { isByCodeOnly } from '../support/node-showings.ts';
import {
  findOrBuild,
  findOrBuildMerger,
  findOrBuildTerwayJudge,
} from '../support/plugin-binaries.ts';
import { keepSentences, readSentences, steadySentence } from '../support/sentences.ts';
import { answersTo } from './merge/compare.ts';
import { pluginInput, runPlugins } from './run-plugin.ts';
import { installNetworkTools } from './sandbox/tools.ts';
import { judgeByTerway } from './terway-judge.ts';

// Building Terway takes minutes, once per machine.
t.setTimeout(20 * 60_000);

/** The outages that rules speak of happen: the programs themselves are asked. */

await installNetworkTools();
const binaries = await findOrBuild();
const judge = await findOrBuildTerwayJudge();
const merger = await findOrBuildMerger();

/** A showing, and what the program said of it. */
type Said = readonly [rule: string, showing: Showing, said: string];

const showings = Object.entries(CLAIMS).flatMap(([rule, { runs = [] }]) =>
  runs.map((showing) => [rule, showing] as const),
);
const isOfPlugin = (showing: Showing): showing is PluginShowing => 'plugin' in showing;
const isOfTerway = (showing: Showing): showing is TerwayShowing => 'stage' in showing;
const isOverlay = (showing: Showing): showing is OverlayShowing => 'overlay' in showing;

function of<Kind extends Showing>(isOfKind: (showing: Showing) => showing is Kind) {
  return showings.flatMap(([rule, showing]) =>
    isOfKind(showing) ? [[rule, showing] as const] : [],
  );
}

async function byPlugins(t: Test): Promise<Said[]> {
  const own = of(isOfPlugin);
  const answers = await runPlugins(
    own.map(([, showing]) => runOf(showing)),
    1,
  );
  return own.map(([rule, showing], index) => {
    const { exitCode, message } = answers[index]!;
    t.not(exitCode, 0, `${rule}: ${showing.entry.slice(0, 120)} fails`);
    t.match(message, showing.message, rule);
    return [rule, showing, message];
  });
}

async function byTerway(t: Test): Promise<Said[]> {
  const own = of(isOfTerway);
  const verdicts = await judgeByTerway(
    judge,
    own.map(([, { data, node }]) => ({ data, ...(node && { node }) })),
  );
  return own.map(([rule, showing], index) => {
    const { stage, message } = showing;
    const failures = verdicts[index]!.filter((failure) => failure.stage === stage);
    const said = failures.map((failure) => failure.message);
    t.match(said.join('\n'), message, `${rule}: ${stage}`);
    return [rule, showing, said.find((one) => message.test(one)) ?? ''];
  });
}

async function byOverlays(t: Test): Promise<Said[]> {
  const own = of(isOverlay);
  const pairs = own.map(([, { overlay }]) => ({ base: BASE_VETH.eni_conf!, patch: overlay }));
  const answers = await answersTo(merger, pairs);
  return own.map(([rule, showing], index) => {
    const { start = '' } = answers[index]!;
    t.match(start, showing.message, rule);
    return [rule, showing, start];
  });
}

t.test('by released plugins and by the own code of Terway', async (t) => {
  const told = [...(await byPlugins(t)), ...(await byTerway(t)), ...(await byOverlays(t))];
  const sentences: Record<string, string[]> = {};
  // What nodes show as well is kept as it is said there.
  for (const [rule, showing, said] of told) {
    if (isByCodeOnly(showing)) (sentences[rule] ??= []).push(steadySentence(said));
  }
  if (process.env.UPDATE_GOLDEN === '1') {
    const rules = Object.keys(CLAIMS).filter((rule) => Object.hasOwn(sentences, rule));
    keepSentences('code', sentences, rules);
  }
  t.same(readSentences('code'), sentences);
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
