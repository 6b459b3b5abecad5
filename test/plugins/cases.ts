import { join } from 'node:path';

import type { Binaries } from '../support/plugin-binaries.ts';
import { type Outcome, classify } from './classify.ts';
import type { Configuration } from './generate.ts';
import { BASE, FIRST_ENTRY } from './guard.ts';
import { PLUGIN_RELEASES, type PluginRelease } from '../support/plugin-releases.ts';
import { pluginInput, runPlugins } from './run-plugin.ts';
import { mergeByTerway } from './terway-merge.ts';

/** A configuration, and what the real programs of one release made of it. */
export interface Case extends Configuration {
  readonly release: PluginRelease;
  readonly outcome: Outcome;
  /** Who answered: `portmap 1.7.1`, or `terway-cli 1.17.5` when Terway refused the entry already. */
  readonly speaker: string;
  /** The answer in its own words; empty when it accepted. */
  readonly message: string;
}

/** One process for each of two cores; the sandboxes do not disturb each other. */
const WORKERS = 2;

/** Sends every configuration through terway-cli and then through every release of its plugin. */
export async function runAll(
  binaries: Binaries,
  configurations: readonly Configuration[],
  terwayRelease: string,
): Promise<Case[]> {
  const entries = configurations.map(({ entry }) => entry);
  const merged = await mergeByTerway(binaries.terwayCli, BASE, FIRST_ENTRY, entries);
  const refused: Case[] = [];
  const planned: { configuration: Configuration; release: PluginRelease; stdin: string }[] = [];
  for (const [index, configuration] of configurations.entries()) {
    const { entry, refusal } = merged[index] as { entry?: string; refusal?: string };
    for (const release of PLUGIN_RELEASES) {
      if (entry !== undefined) {
        planned.push({ configuration, release, stdin: pluginInput(entry) });
      } else {
        const speaker = `terway-cli ${terwayRelease}`;
        const message = refusal ?? '';
        refused.push({ ...configuration, release, outcome: 'refused', speaker, message });
      }
    }
  }
  const runs = planned.map(({ configuration: { plugin }, release, stdin }) => ({
    binary: join(binaries.plugins[release], plugin),
    stdin,
  }));
  const answers = await runPlugins(runs, WORKERS);
  const answered = planned.map(({ configuration, release }, index): Case => {
    const answer = answers[index]!;
    const speaker = `${configuration.plugin} ${release}`;
    const outcome = classify(answer);
    return { ...configuration, release, outcome, speaker, message: answer.message };
  });
  return [...refused, ...answered];
}
