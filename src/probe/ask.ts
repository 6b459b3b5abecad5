import type { PluginBinary } from './result.ts';
import { type RunLimits, runBriefly } from './run.ts';

/** A binary's answer about itself; `problem` says why it is not a whole one. */
export interface Answer extends PluginBinary {
  readonly problem?: string;
}

/**
 * Asks the plugin at `path` which versions of CNI it speaks, and then which release it is. The first
 * question is defined by the specification; a program that does not answer it is not a plugin, so the
 * second question, which the specification does not define, is not asked. Source: CNI SPEC.md,
 * "VERSION".
 */
export async function askPlugin(path: string, limits: RunLimits): Promise<Answer> {
  const spec = await runBriefly(path, { CNI_COMMAND: 'VERSION' }, limits);
  if ('problem' in spec) return { problem: spec.problem };
  const specVersions = supportedVersions(spec.stdout);
  if (!specVersions) return { problem: 'no CNI versions in its answer' };
  const about = await runBriefly(path, {}, limits);
  if ('problem' in about) return { specVersions, problem: about.problem };
  const version = releaseOf(about.stderr);
  return version === undefined
    ? { specVersions, problem: 'it does not tell' }
    : { specVersions, version };
}

/** `supportedVersions` of the answer to CNI_COMMAND=VERSION; undefined for any other text. */
export function supportedVersions(text: string): readonly string[] | undefined {
  try {
    const answer = JSON.parse(text) as { supportedVersions?: unknown } | null;
    const versions = answer?.supportedVersions;
    if (!Array.isArray(versions) || versions.length === 0) return undefined;
    return versions.every((version) => typeof version === 'string') ? versions : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `v1.7.1` of `CNI portmap plugin v1.7.1`; undefined for `CNI portmap plugin version unknown`, as
 * a build without its release's flags says, and for any other text. A program with many names may
 * call itself by another (`CNI plugins plugin v1.4.0-k3s2`).
 * Source: pkg/utils/buildversion of the plugins, pkg/skel of CNI; to stderr since v0.8.0.
 */
export function releaseOf(text: string): string | undefined {
  return /^CNI \S{1,64} plugin (\S{1,64})[ \t\r]*$/m.exec(text)?.[1];
}
