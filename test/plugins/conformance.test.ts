import { join } from 'node:path';

import { gte, lt } from 'semver';
import t from 'tap';

import { run } from '../support/output.ts';
import {
  findOrBuild,
  findOrBuildPluginJudges,
  findOrBuildTerwayJudge,
} from '../support/plugin-binaries.ts';
import { type Case, executables, judges, runAll } from './cases.ts';
import { falseAdmissions, falseDenials, withGuard } from './compare.ts';
import { describeAll } from './describe.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { alone, configurations, ownFields } from './generate.ts';
import { PLUGIN_RELEASES, PLUGIN_TYPES, type PluginRelease } from '../support/plugin-releases.ts';
import { installNetworkTools } from './sandbox/tools.ts';
import { WRONG_FOR_EVERY_FIELD } from '../support/field-values.ts';

// Building Terway takes minutes, once per machine; the runs themselves one or two.
t.setTimeout(20 * 60_000);

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`random configurations drawn with FC_SEED=${seed}`);

await installNetworkTools();
const binaries = await findOrBuild();
const tried = configurations(seed);
const start = performance.now();
const cases = await runAll(executables(binaries), tried);
const seconds = Math.round((performance.now() - start) / 1000);
t.comment(`${tried.length} configurations, ${cases.length} runs, ${seconds} s`);

const judged = withGuard(cases);

t.test('the binaries are the releases that they are taken for', async (t) => {
  for (const release of PLUGIN_RELEASES) {
    for (const plugin of PLUGIN_TYPES) {
      const env = { PATH: process.env.PATH };
      const { stderr } = await run(join(binaries.plugins[release], plugin), [], { env });
      t.equal(stderr.split('\n')[0], `CNI ${plugin} plugin v${release}`);
    }
  }
});

t.test('enough was tried', async (t) => {
  t.ok(tried.length >= 300, 'at least 300 configurations for each release');
  t.ok(cases.length >= 1000, 'at least 1000 runs');
  for (const plugin of PLUGIN_TYPES) {
    for (const outcome of ['accepted', 'refused'] as const) {
      t.ok(
        cases.some((one) => one.plugin === plugin && one.outcome === outcome),
        `${plugin}: some configurations are ${outcome}`,
      );
    }
  }
});

t.test("a plugin's code answers without a process of its own as its executable does", async (t) => {
  const folders = {} as Record<PluginRelease, string>;
  for (const release of PLUGIN_RELEASES) folders[release] = await findOrBuildPluginJudges(release);
  const some = tried.filter((_, index) => index % 10 === 0);
  const entries = new Set(some.map(({ entry }) => entry));
  const summary = (those: readonly Case[]) =>
    those
      .filter(({ entry }) => entries.has(entry))
      .map(({ release, plugin, entry, outcome }) => `${release} ${plugin} ${outcome} ${entry}`)
      .sort();
  const answers = await runAll(judges(await findOrBuildTerwayJudge(), folders, false), some);
  t.same(summary(answers), summary(cases));
});

t.test('every answer of a binary is understood', async (t) => {
  t.equal(describeAll(judged.filter(({ one }) => one.outcome === 'unclear')), '');
});

for (const plugin of PLUGIN_TYPES) {
  const own = judged.filter(({ one }) => one.plugin === plugin);

  t.test(`${plugin}: what the binary refuses, the guard denies`, async (t) => {
    t.equal(describeAll(falseAdmissions(own)), '');
  });

  t.test(`${plugin}: what the binary accepts, the guard does not deny`, async (t) => {
    t.equal(describeAll(falseDenials(own).unexplained), '');
  });
}

t.test('the catalogue knows which release reads which field', async (t) => {
  const answers = new Map(cases.map((one) => [`${one.release} ${one.entry}`, one]));
  for (const plugin of PLUGIN_TYPES) {
    for (const [name, { since = '0.0.0', until = '999.0.0', unreleasedAt }] of ownFields(plugin)) {
      for (const release of PLUGIN_RELEASES) {
        const isKnown = unreleasedAt === undefined && gte(release, since) && lt(release, until);
        const { entry } = alone(plugin, name, WRONG_FOR_EVERY_FIELD);
        const answer = answers.get(`${release} ${entry}`);
        // A release that does not read the field does not mind its type either.
        const minds = answer?.message.includes('json: cannot unmarshal') === true;
        t.equal(minds, isKnown, `${plugin} ${release} ${isKnown ? 'reads' : 'ignores'} ${name}`);
      }
    }
  }
});

t.test('every exception is needed', async (t) => {
  const { named } = falseDenials(judged);
  for (const { name } of EXCEPTIONS) t.ok(named.has(name), name);
});
