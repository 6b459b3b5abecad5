// Compares the catalogue with the sources of the releases that the Go module proxy serves:
// containernetworking/plugins up to the one it calls latest, and Terway. Prints what each release of
// the plugins added or dropped, and every disagreement; exit status 1 when there is one.
//
//   npm run catalogue:check
import { gt } from 'semver';

import { PLUGIN_RELEASES } from '../../support/plugin-releases.ts';
import { comparePlugins, compareTerway } from './compare.ts';
import { type PluginSources, pluginSources, terwaySources } from './sources.ts';

const latest = await pluginSources('latest');
const releases: PluginSources[] = [];
for (const release of PLUGIN_RELEASES) releases.push(await pluginSources(release));
const isNewer = gt(latest.version, releases.at(-1)!.version);
if (isNewer) releases.push(latest);
print(`plugins ${releases.map(({ version }) => version).join(', ')}; latest is ${latest.version}`);
for (const [index, { version, fields }] of releases.entries()) {
  const before = releases[index - 1]?.fields;
  for (const [type, shapes] of Object.entries(fields)) {
    const former = before?.[type as keyof typeof before];
    if (!former) continue;
    for (const name of Object.keys(shapes)) {
      if (!Object.hasOwn(former, name)) print(`  ${version}: ${type} added ${name}`);
    }
    for (const name of Object.keys(former)) {
      if (!Object.hasOwn(shapes, name)) print(`  ${version}: ${type} dropped ${name}`);
    }
  }
}

const terway = await terwaySources();
print(`Terway ${terway.version}: ${Object.keys(terway.eniConf).length} members of eni_conf`);
const disagreements = [
  ...releases.flatMap((release) => comparePlugins(release)),
  ...compareTerway(terway),
  ...(isNewer ? [`plugins ${latest.version} are newer than all that the tests run`] : []),
];
for (const line of disagreements) print(line);
print(disagreements.length === 0 ? 'The catalogue agrees with all of them.' : '');
process.exitCode = disagreements.length === 0 ? 0 : 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
