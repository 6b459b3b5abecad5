// Runs the cluster tests on several releases of Kubernetes and Helm, keeps what comes of each file and puts
// the table into README: hours on two cores, and the first time half an hour more for each release that is
// built. What a run that was ended early has kept stays; name the other files to go on.
//   npm run test:versions -- [--kubernetes=1.30.14] [--helm=4] [TEST FILES]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import {
  COMBINATIONS,
  type Combination,
  type FileRun,
  keepFileRun,
  readRuns,
} from '../support/version-runs.ts';
import { versionsTable, writeTable } from '../support/version-table.ts';

const ALL_FILES = [
  ...globSync('test/cluster/*.test.ts').sort(),
  // How an API server calls two guards by a Service.
  'test/cluster/stories/endpoints.test.ts',
];

const { values, positionals } = parseArgs({
  options: { kubernetes: { type: 'string' }, helm: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((file) => !ALL_FILES.includes(file));
if (unknown.length > 0) throw new Error(`no cluster tests: ${unknown.join(' ')}`);
const files = positionals.length > 0 ? positionals : ALL_FILES;
const isAskedFor = ({ kubernetes, helmMajor }: Combination) =>
  kubernetes === (values.kubernetes ?? kubernetes) &&
  String(helmMajor) === (values.helm ?? String(helmMajor));

for (const combination of COMBINATIONS.filter(isAskedFor)) {
  const { kubernetes, helmMajor } = combination;
  process.stderr.write(`versions: Kubernetes ${kubernetes}, Helm ${String(helmMajor)}\n`);
  const env = {
    ...process.env,
    KUBERNETES_VERSION: kubernetes,
    HELM_MAJOR: String(helmMajor),
  };
  await prepare(env);
  for (const file of files) {
    const run = await runFile(file, env);
    process.stderr.write(`${file}: ${JSON.stringify(run)}\n`);
    if (run.failed > 0) process.exitCode = 1;
    keepFileRun(combination, ALL_FILES, file, run);
    writeTable(versionsTable(readRuns()));
  }
}

async function prepare(env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['test/cluster/controlplane/prepare.ts'];
  const [status] = (await once(spawn('node', args, { env, stdio: 'inherit' }), 'exit')) as [
    number | null,
  ];
  if (status !== 0) throw new Error(`Kubernetes ${String(env.KUBERNETES_VERSION)} can't be had`);
}

async function runFile(file: string, env: NodeJS.ProcessEnv): Promise<FileRun> {
  const child = spawn('tap', ['--disable-coverage', '--timeout=600', file], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await text(child.stdout);
  for (const line of output.match(/^ *not ok .*$/gm) ?? [])
    process.stderr.write(`${line.trim()}\n`);
  return { day: new Date().toISOString().slice(0, 10), ...totalsIn(output), ...outageIn(output) };
}

function totalsIn(output: string): Pick<FileRun, 'passed' | 'failed'> {
  const line = /^# \{ total: .*\}$/m.exec(output)?.[0];
  if (line === undefined) throw new Error('the tests came to no end');
  const count = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(line)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail') };
}

function outageIn(output: string): Pick<FileRun, 'outage'> {
  const found = /while an endpoint was dead, (\d+) of (\d+) writes failed/.exec(output);
  return found === null ? {} : { outage: { failed: Number(found[1]), writes: Number(found[2]) } };
}
