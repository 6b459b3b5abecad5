import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

import { withBuildLock } from './build-lock.ts';
import { type GoPrograms, buildPrograms } from './go-module.ts';
import {
  NETWORK_MAKERS,
  PLUGIN_RELEASES,
  PLUGIN_TYPES,
  type PluginRelease,
  TERWAY_RELEASE,
} from './plugin-releases.ts';

const PLUGINS_MODULE = 'github.com/containernetworking/plugins';
const TERWAY_MODULE = 'github.com/AliyunContainerService/terway';

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
  for (const version of PLUGIN_RELEASES) plugins[version] = await cached(pluginPrograms(version));
  const terway = await cached({
    module: TERWAY_MODULE,
    version: TERWAY_RELEASE,
    packages: [`${TERWAY_MODULE}/cmd/terway-cli`],
    variables: {},
  });
  return { plugins: plugins as Binaries['plugins'], terwayCli: join(terway, 'terway-cli') };
}

/** The folder of one release of the plugins, found or built as {@link findOrBuild} does. */
export async function findOrBuildPlugins(version: PluginRelease): Promise<string> {
  return cached(pluginPrograms(version));
}

/** The folder that holds the makers of networks of one release, found or built in the same way. */
export async function findOrBuildNetworkMakers(version: PluginRelease): Promise<string> {
  const packages = Object.entries(NETWORK_MAKERS).flatMap(([folder, types]) =>
    types.map((type) => `${PLUGINS_MODULE}/plugins/${folder}/${type}`),
  );
  return cached({ ...pluginPrograms(version), packages });
}

/** The plugins as their release workflow builds them: they say their version when asked. */
function pluginPrograms(version: PluginRelease): GoPrograms {
  return {
    module: PLUGINS_MODULE,
    version,
    packages: PLUGIN_TYPES.map((type) => `${PLUGINS_MODULE}/plugins/meta/${type}`),
    variables: { [`${PLUGINS_MODULE}/pkg/utils/buildversion.BuildVersion`]: `v${version}` },
  };
}

/** The folder in the cache that holds `programs`, after building what is missing. */
async function cached(programs: GoPrograms): Promise<string> {
  const cacheHome = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const kind = basename(programs.module);
  const folder = join(cacheHome, 'eni-config-guard', kind, programs.version);
  const files = programs.packages.map((path) => join(folder, basename(path)));
  if (await areExecutable(files)) return folder;

  await mkdir(folder, { recursive: true });
  const onWait = () => tell(`waiting for another process that builds ${kind} in ${folder}`);
  await withBuildLock(join(folder, '.lock'), onWait, async () => {
    if (await areExecutable(files)) return;
    tell(`building ${kind} ${programs.version} from source, once, into ${folder}`);
    const start = performance.now();
    await buildPrograms(programs, folder);
    tell(
      `built ${kind} ${programs.version} in ${Math.round((performance.now() - start) / 1000)} s`,
    );
  });
  return folder;
}

async function areExecutable(files: readonly string[]): Promise<boolean> {
  const checks = await Promise.allSettled(files.map((file) => access(file, constants.X_OK)));
  return checks.every((check) => check.status === 'fulfilled');
}

// stderr: tap owns stdout.
function tell(line: string): void {
  process.stderr.write(`plugins: ${line}\n`);
}
