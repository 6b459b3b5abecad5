import { join } from 'node:path';

import type { PluginType } from '../support/plugin-releases.ts';
import type { PluginAnswer } from './run-plugin.ts';
import { runInSandbox } from './sandbox/run.ts';

/**
 * What iptables and nft are: the real ones, or stand-ins that always succeed or always fail, which is
 * many times faster.
 */
export type PacketFilter = 'real' | 'succeeds' | 'fails';

/** Configurations that one judge, which is made of a plugin's own code, answers in one process. */
export interface PluginHearing {
  readonly judge: string;
  readonly plugin: PluginType;
  readonly filter: PacketFilter;
  readonly stdins: readonly string[];
}

/** A configuration of a plugin, as it reads it, and the folder with the judges of its release. */
export interface JudgedRun {
  readonly folder: string;
  readonly plugin: PluginType;
  readonly stdin: string;
}

/**
 * Has the plugins' own code answer ADD; the answers come in the order of the runs. With stand-ins for
 * the packet filter, which come after all that is looked at in a configuration. Needs root.
 */
export async function judgeByPlugins(
  runs: readonly JudgedRun[],
  hasStandIns: boolean,
): Promise<PluginAnswer[]> {
  const answers = new Array<PluginAnswer>(runs.length);
  const filterOf = (run: JudgedRun) => (hasStandIns ? standInsFor(run) : 'real');
  const byJudge = new Map<string, number[]>();
  for (const [index, run] of runs.entries()) {
    const judge = `${join(run.folder, run.plugin)} ${filterOf(run)}`;
    const indices = byJudge.get(judge);
    if (indices) indices.push(index);
    else byJudge.set(judge, [index]);
  }
  const groups = [...byJudge.values()];
  const hearings = groups.map((indices): PluginHearing => {
    const run = runs[indices[0]!]!;
    const stdins = indices.map((index) => runs[index]!.stdin);
    const judge = join(run.folder, run.plugin);
    return { judge, plugin: run.plugin, filter: filterOf(run), stdins };
  });
  const results = await runInSandbox<PluginAnswer[][]>('plugin-judge-job.ts', hearings);
  for (const [group, indices] of groups.entries()) {
    for (const [place, index] of indices.entries()) answers[index] = results[group]![place]!;
  }
  return answers;
}

/** Only firewall looks at one more field, once it has made its rules. */
const standInsFor = ({ plugin, stdin }: JudgedRun): PacketFilter =>
  plugin === 'firewall' && /ingre/i.test(stdin) ? 'succeeds' : 'fails';
