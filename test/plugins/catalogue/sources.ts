import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { sourcesOf } from '../../support/go-module.ts';
import { run } from '../../support/output.ts';
import { PLUGINS_MODULE, TERWAY_MODULE } from '../../support/plugin-binaries.ts';
import { PLUGIN_TYPES, TERWAY_RELEASE } from '../../support/plugin-releases.ts';
import type { PluginType } from '../../support/plugin-releases.ts';

/** What the sources of releases say that programs read, for comparison with the catalogue. */

/** The JSON type of a field in the catalogue's words; `foreign` for one of another module. */
export interface Shape {
  readonly type: 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array' | 'foreign';
  readonly items?: Shape;
  readonly values?: Shape;
  readonly fields?: Shapes;
}
export type Shapes = Readonly<Record<string, Shape>>;

const READER = fileURLToPath(new URL('structs.go', import.meta.url));

/** The struct that each plugin decodes its entry into. */
const PLUGIN_STRUCTS: Readonly<Record<PluginType, string>> = {
  portmap: 'PortMapConf',
  tuning: 'TuningConf',
  bandwidth: 'PluginConf',
  firewall: 'FirewallNetConf',
  sbr: 'PluginConf',
  vrf: 'VRFNetConf',
};

/** A release of containernetworking/plugins. */
export interface PluginSources {
  readonly version: string;
  readonly fields: Readonly<Record<PluginType, Shapes>>;
  /** Every plugin that is released, whether or not the catalogue knows it. */
  readonly types: readonly string[];
}

/** Reads the sources of a release, or of the one that the module proxy calls `latest`. */
export async function pluginSources(release: string): Promise<PluginSources> {
  const { folder, version } = await sourcesOf({ module: PLUGINS_MODULE, version: release });
  const wanted = PLUGIN_TYPES.map((type) => `plugins/meta/${type}:${PLUGIN_STRUCTS[type]}`);
  const structs = await readStructs(folder, PLUGINS_MODULE, wanted);
  const fields = Object.fromEntries(
    PLUGIN_TYPES.map((type, index) => [type, structs[wanted[index]!]!]),
  ) as PluginSources['fields'];
  const kinds = await Promise.all(
    ['meta', 'main', 'ipam'].map((kind) =>
      readdir(join(folder, 'plugins', kind), { withFileTypes: true }),
    ),
  );
  // Those of Windows are in a folder of their own.
  const types = kinds.flat().filter((entry) => entry.isDirectory() && entry.name !== 'windows');
  return { version, fields, types: types.map(({ name }) => name) };
}

/** Terway's release that the module proxy serves. */
export interface TerwaySources {
  readonly version: string;
  readonly eniConf: Shapes;
  /** What the plugin and the policy container decode an entry into. */
  readonly entry: Shapes;
  /** The Go text of terway-cli, which looks some members up by their names. */
  readonly cli: string;
}

export async function terwaySources(): Promise<TerwaySources> {
  const { folder, version } = await sourcesOf({ module: TERWAY_MODULE, version: TERWAY_RELEASE });
  const daemon = 'types/daemon:Config';
  const decoded = ['plugin/driver/types:CNIConf', 'cmd/terway-cli:CNIConfig'];
  const structs = await readStructs(folder, TERWAY_MODULE, [daemon, ...decoded]);
  const cliFolder = join(folder, 'cmd/terway-cli');
  const files = (await readdir(cliFolder)).filter((name) => /(?<!_test)\.go$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(cliFolder, name), 'utf8')));
  return {
    version,
    eniConf: structs[daemon]!,
    entry: Object.assign({}, ...decoded.map((name) => structs[name])) as Shapes,
    cli: texts.join('\n'),
  };
}

async function readStructs(
  folder: string,
  module: string,
  wanted: readonly string[],
): Promise<Readonly<Record<string, Shapes>>> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  const { code, stdout, stderr } = await run('go', ['run', READER, folder, module, ...wanted], {
    env,
  });
  if (code !== 0) throw new Error(`reading the sources of ${module} failed: ${stderr.trim()}`);
  return JSON.parse(stdout) as Readonly<Record<string, Shapes>>;
}
