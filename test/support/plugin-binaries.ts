import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type GoPrograms, copyFromModule } from './go-module.ts';
import {
  NETWORK_MAKERS,
  PLUGIN_RELEASES,
  PLUGIN_TYPES,
  type PluginRelease,
  TERWAY_RELEASE,
} from './plugin-releases.ts';
import { findOrBuildPrograms, kindOf } from './program-cache.ts';

export const PLUGINS_MODULE = 'github.com/containernetworking/plugins';
export const TERWAY_MODULE = 'github.com/AliyunContainerService/terway';
const TERWAY: GoPrograms = {
  module: TERWAY_MODULE,
  version: TERWAY_RELEASE,
  packages: [`${TERWAY_MODULE}/cmd/terway-cli`],
  variables: {},
};

/** Where the executables are: a folder for each release of the plugins, and terway-cli itself. */
export interface Binaries {
  readonly plugins: Readonly<Record<PluginRelease, string>>;
  readonly terwayCli: string;
}

/**
 * Finds the executables in the user's cache or builds them from their Go modules: seconds for a
 * release of the plugins, minutes for Terway, once. Rejects, with a remedy, when that fails.
 */
export async function findOrBuild(): Promise<Binaries> {
  const plugins: Partial<Record<PluginRelease, string>> = {};
  for (const version of PLUGIN_RELEASES) plugins[version] = await findOrBuildPlugins(version);
  return { plugins: plugins as Binaries['plugins'], terwayCli: await findOrBuildTerwayCli() };
}

/** The folder of one release of the plugins, found or built as {@link findOrBuild} does. */
export async function findOrBuildPlugins(version: PluginRelease): Promise<string> {
  const packages = PLUGIN_TYPES.map((type) => `meta/${type}`);
  return findOrBuildPrograms('plugins', pluginPrograms(version, packages));
}

/** The folder of the plugins that a node has besides, which make a pod's network. */
export async function findOrBuildNodePlugins(version: PluginRelease): Promise<string> {
  const packages = ['main/ptp', 'main/loopback', 'ipam/host-local'];
  return findOrBuildPrograms('node-plugins', pluginPrograms(version, packages));
}

/** terway-cli, found or built as {@link findOrBuild} does. */
export async function findOrBuildTerwayCli(): Promise<string> {
  return join(await findOrBuildPrograms('terway', TERWAY), 'terway-cli');
}

/** Files of the judge, by the place in Terway's sources where each is built. */
const JUDGE = {
  'cmd/terway-cli/judge.go': fileURLToPath(new URL('../plugins/judge/judge.go', import.meta.url)),
  'daemon/judge_pool.go': fileURLToPath(new URL('../plugins/judge/pool.go', import.meta.url)),
};

/**
 * The judge of documents that is made of Terway's own code, found or built in the same way: minutes,
 * once for each state of its own files.
 */
export async function findOrBuildTerwayJudge(): Promise<string> {
  const kind = await kindOf('terway-judge', Object.values(JUDGE));
  return join(await findOrBuildPrograms(kind, { ...TERWAY, additions: JUDGE }), 'terway-cli');
}

const MERGER = fileURLToPath(new URL('../plugins/merge/merge.go', import.meta.url));

/** What merges pairs of texts with the json-patch that Terway's release uses, found or built likewise. */
export async function findOrBuildMerger(): Promise<string> {
  const programs: GoPrograms = {
    ...TERWAY,
    packages: ['./cmd/merge-patch'],
    additions: { 'cmd/merge-patch/main.go': MERGER },
  };
  const kind = await kindOf('merge-patch', [MERGER]);
  return join(await findOrBuildPrograms(kind, programs), 'merge-patch');
}

/** Files that a plugin's own code is built with to answer one configuration after the other. */
const PLUGIN_JUDGE = fileURLToPath(new URL('../plugins/judge/plugin.go', import.meta.url));
const TUNING_JUDGE = fileURLToPath(new URL('../plugins/judge/tuning.go', import.meta.url));

/** The folder of the plugins of one release as judges, found or built as {@link findOrBuild} does. */
export async function findOrBuildPluginJudges(version: PluginRelease): Promise<string> {
  const additions = {
    ...Object.fromEntries(
      PLUGIN_TYPES.map((type) => [`plugins/meta/${type}/judge.go`, PLUGIN_JUDGE]),
    ),
    'plugins/meta/tuning/judge_tuning.go': TUNING_JUDGE,
  };
  const kind = await kindOf('plugin-judges', [PLUGIN_JUDGE, TUNING_JUDGE]);
  const packages = PLUGIN_TYPES.map((type) => `meta/${type}`);
  return findOrBuildPrograms(kind, { ...pluginPrograms(version, packages), additions });
}

/** The script that Terway's init container runs, of the same release. */
export async function findTerwayInit(): Promise<string> {
  const file = join(await findOrBuildPrograms('terway', TERWAY), 'init.sh');
  if (!existsSync(file)) await copyFromModule(TERWAY, 'hack/init.sh', file);
  return file;
}

/** The folder that holds the makers of networks of one release, found or built in the same way. */
export async function findOrBuildNetworkMakers(version: PluginRelease): Promise<string> {
  const packages = Object.entries(NETWORK_MAKERS).flatMap(([folder, types]) =>
    types.map((type) => `${folder}/${type}`),
  );
  return findOrBuildPrograms('network-makers', pluginPrograms(version, packages));
}

/** The plugins as their release workflow builds them: they say their version when asked. */
function pluginPrograms(version: PluginRelease, packages: readonly string[]): GoPrograms {
  return {
    module: PLUGINS_MODULE,
    version,
    packages: packages.map((path) => `${PLUGINS_MODULE}/plugins/${path}`),
    variables: { [`${PLUGINS_MODULE}/pkg/utils/buildversion.BuildVersion`]: `v${version}` },
  };
}
