import { join } from 'node:path';

import { type Binaries } from '../support/plugin-binaries.ts';
import {
  PLUGIN_RELEASES,
  type PluginRelease,
  type PluginType,
  TERWAY_RELEASE,
} from '../support/plugin-releases.ts';
import { type Outcome, classify } from './classify.ts';
import type { Configuration } from './generate.ts';
import { BASE, FIRST_ENTRY } from './guard.ts';
import { judgeByPlugins } from './plugin-judge.ts';
import { type PluginAnswer, pluginInput, runPlugins } from './run-plugin.ts';
import { mergeByJudge } from './terway-judge.ts';
import { type Merged, mergeByTerway } from './terway-merge.ts';

/** A configuration, and what the real programs of one release made of it. */
export interface Case extends Configuration {
  readonly release: PluginRelease;
  readonly outcome: Outcome;
  /** Who answered: `portmap 1.7.1`, or `terway-cli 1.17.5` when Terway refused the entry already. */
  readonly speaker: string;
  /** The answer in its own words; empty when it accepted. */
  readonly message: string;
  /** What the plugin read; undefined when Terway refused the entry. */
  readonly stdin?: string;
}

/** A plugin of a release, and what it reads. */
export interface Ask {
  readonly plugin: PluginType;
  readonly release: PluginRelease;
  readonly stdin: string;
}

/** The programs that judge: Terway's merge of a chain, then the plugins. */
export interface Programs {
  merge(entries: readonly string[]): Promise<Merged[]>;
  answer(asked: readonly Ask[]): Promise<PluginAnswer[]>;
}

/** One process for each of two cores; the sandboxes do not disturb each other. */
const WORKERS = 2;

/** terway-cli and the plugins as released, a process each time. */
export function executables({ plugins, terwayCli }: Binaries): Programs {
  return {
    merge: (entries) => mergeByTerway(terwayCli, BASE, FIRST_ENTRY, entries),
    answer(asked) {
      const runs = asked.map(({ plugin, release, stdin }) => ({
        binary: join(plugins[release], plugin),
        stdin,
      }));
      return runPlugins(runs, WORKERS);
    },
  };
}

/**
 * The same code without a process each time: Terway's and the plugins' judges. With stand-ins for the
 * packet filter's programs portmap and firewall are many times faster.
 */
export function judges(
  terwayJudge: string,
  folders: Readonly<Record<PluginRelease, string>>,
  hasStandIns: boolean,
): Programs {
  return {
    merge: (entries) => mergeByJudge(terwayJudge, BASE, FIRST_ENTRY, entries),
    async answer(asked) {
      const runs = asked.map(({ plugin, release, stdin }) => ({
        folder: folders[release],
        plugin,
        stdin,
      }));
      const half = Math.ceil(runs.length / WORKERS);
      const shares = Array.from({ length: WORKERS }, (_, worker) =>
        runs.slice(worker * half, (worker + 1) * half),
      );
      return (await Promise.all(shares.map((own) => judgeByPlugins(own, hasStandIns)))).flat();
    },
  };
}

/** Sends every configuration through Terway and then through every release of its plugin. */
export async function runAll(
  programs: Programs,
  configurations: readonly Configuration[],
): Promise<Case[]> {
  const merged = await programs.merge(configurations.map(({ entry }) => entry));
  const refused: Case[] = [];
  const planned: (Configuration & Ask)[] = [];
  for (const [index, configuration] of configurations.entries()) {
    const { entry, refusal } = merged[index] as { entry?: string; refusal?: string };
    for (const release of PLUGIN_RELEASES) {
      if (entry !== undefined) {
        planned.push({ ...configuration, release, stdin: pluginInput(entry) });
      } else {
        const speaker = `terway-cli ${TERWAY_RELEASE}`;
        const message = refusal ?? '';
        refused.push({ ...configuration, release, outcome: 'refused', speaker, message });
      }
    }
  }
  return [...refused, ...(await answerAll(programs, planned))];
}

/** Has the plugins answer these. */
export async function answerAll(
  programs: Pick<Programs, 'answer'>,
  planned: readonly (Configuration & Ask)[],
): Promise<Case[]> {
  const answers = await programs.answer(planned);
  return planned.map(({ plugin, entry, release, stdin }, index) => {
    const answer = answers[index]!;
    const speaker = `${plugin} ${release}`;
    const outcome = classify(answer);
    return { plugin, entry, release, stdin, outcome, speaker, message: answer.message };
  });
}
