import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { findOrBuild } from '../../test/cluster/controlplane/binaries.ts';
import { guardArchive } from '../../test/support/image/archive.ts';
import { run } from '../../test/support/output.ts';
import { type ReleaseData, ROOT, gapsIn, readText } from './data.ts';
import { releasedChart } from './chart.ts';
import { filledFiles, usedActions } from './fill.ts';
import { materialGaps } from './materials.ts';
import { changelogEntry, otherVersions } from './versions.ts';
import { workflowComplaints } from './workflows.ts';

/** One thing that must hold before a release: its name, and what is wrong, a line for each. */
interface Check {
  readonly name: string;
  readonly problems: () => readonly string[] | Promise<readonly string[]>;
}

/** What `release:check` looks at, the cheapest first. */
export const checks = (data: ReleaseData): readonly Check[] => [
  { name: 'release.json is filled', problems: () => gapsIn(data) },
  { name: 'what comes from release.json is up to date', problems: () => unfilled(data) },
  { name: 'one version everywhere', problems: () => otherVersions(pages()) },
  { name: 'the changelog has the version', problems: () => changelogGaps() },
  { name: 'contracts are those of this release', problems: () => contractGaps() },
  { name: 'SBOM and notices are complete', problems: () => materialGaps() },
  { name: 'workflows', problems: async () => workflowComplaints() },
  { name: 'the chart lints and packages', problems: async () => chartComplaints() },
  { name: 'the image builds', problems: async () => imageComplaints() },
];

/** Files that differ from what release.json makes of them. */
function unfilled(data: ReleaseData): string[] {
  const actions = usedActions();
  const stale = Object.entries(filledFiles(data)).filter(([path, text]) => readText(path) !== text);
  return [
    ...stale.map(([path]) => `${path}: run npm run release:fill`),
    ...actions
      .filter((name) => !Object.hasOwn(data.actions, name))
      .map((name) => `release.json: actions lacks ${name}`),
    ...Object.keys(data.actions)
      .filter((name) => !actions.includes(name))
      .map((name) => `release.json: no workflow uses ${name}`),
  ];
}

function pages(): string[] {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' });
  return files.filter((path) => path.endsWith('.md') && !/node_modules|CHANGELOG/.test(path));
}

const packageVersion = () => (JSON.parse(readText('package.json')) as { version: string }).version;

function changelogGaps(): string[] {
  const version = packageVersion();
  const entry = changelogEntry(version);
  if (entry === undefined) return [`CHANGELOG.md has no section "## ${version}"`];
  if (entry === '') return [`CHANGELOG.md says nothing of ${version}`];
  return changelogEntry('Unreleased') ? ['CHANGELOG.md: Unreleased is not empty'] : [];
}

function contractGaps(): string[] {
  const schema = readText('docs/schemas/configuration.json');
  const number = (JSON.parse(schema) as { 'x-schema': number })['x-schema'];
  const path = `test/contracts/configuration.${number}.json`;
  return readText(path) === schema ? [] : [`${path}: copy docs/schemas/configuration.json there`];
}

async function chartComplaints(): Promise<string[]> {
  const { helm } = await findOrBuild();
  // Any will do: nothing is pulled.
  const folder = releasedChart('registry.example.com/eni-config-guard', '');
  const parent = join(folder, '..');
  const calls = [
    ['lint', '--strict', folder],
    ['package', folder, '--destination', parent],
  ];
  const outputs = [];
  for (const args of calls) outputs.push(await run(helm, args));
  await rm(parent, { recursive: true });
  return outputs.flatMap(({ code, stdout, stderr }) =>
    code === 0 ? [] : `${stdout}${stderr}`.trim().split('\n'),
  );
}

async function imageComplaints(): Promise<string[]> {
  return guardArchive().then(
    () => [],
    (error: unknown) => [(error as Error).message],
  );
}
