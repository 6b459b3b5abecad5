/**
 * What releases are made with: docs/releasing.md.
 *
 *   fill           writes what comes from release.json into workflows, chart and pages
 *   check          sees whether a release can be made; exit status 1 when not
 *   chart DIGEST   packages the chart into release/, with the image of that digest as its default
 *   notes          prints the changelog's section of this version
 */
import { writeFileSync } from 'node:fs';

import { run } from '../../test/support/output.ts';
import { packageChart } from './chart.ts';
import { checks } from './check.ts';
import { ROOT, readRelease, readText } from './data.ts';
import { filledFiles } from './fill.ts';
import { changelogEntry } from './versions.ts';

const [command, digest = ''] = process.argv.slice(2);
switch (command) {
  case 'fill':
    for (const [path, text] of Object.entries(filledFiles(readRelease()))) {
      writeFileSync(new URL(path, ROOT), text);
    }
    break;
  case 'check':
    await check();
    break;
  case 'chart':
    await packageChart(helm, readRelease().image, digest);
    break;
  case 'notes': {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    process.stdout.write(`${changelogEntry(version) ?? ''}\n`);
    break;
  }
  default:
    process.stderr.write('release: fill, check, chart DIGEST or notes\n');
    process.exitCode = 2;
}

async function check(): Promise<void> {
  for (const { name, problems } of checks(readRelease())) {
    const found = await problems();
    process.stdout.write(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
    for (const line of found) process.stdout.write(`       ${line}\n`);
    if (found.length > 0) process.exitCode = 1;
  }
}

/** The helm on the path; rejects with what it says. */
async function helm(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run('helm', args);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}
