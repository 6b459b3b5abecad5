/**
 * What `nodes` costs on a cluster as large as they come: a real API server with NODES nodes, each with a
 * pod of Terway and one of the node probe, and the built program beside it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startControlPlane } from '../test/cluster/controlplane/start.ts';
import { BASE_VETH } from '../test/support/config-maps.ts';
import { fillCluster } from './filled-cluster.ts';
import { memoryOf } from './memory.ts';
import { median, printFigures } from './report.ts';

const NODES = Number(process.argv[2] ?? 15_000);
const RUNS = 3;
const LOOK_MS = 20;

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Runs the command once; seconds and the most memory in MiB. */
async function measure(kubeconfig: string, ...flags: readonly string[]) {
  const begin = performance.now();
  const env = { PATH: process.env.PATH, KUBECONFIG: kubeconfig };
  const child = spawn(process.execPath, [main, 'nodes', ...flags], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => (lines += chunk.toString().split('\n').length - 1));
  let peak = 0;
  const looks = setInterval(() => {
    const now = memoryOf(child, 'VmHWM');
    if (!Number.isNaN(now)) peak = now;
  }, LOOK_MS);
  await once(child, 'exit');
  clearInterval(looks);
  if (lines < NODES) throw new Error(`${lines} lines for ${NODES} nodes`);
  return { seconds: (performance.now() - begin) / 1000, peak };
}

// Its audit log would hold every object a second time.
const apiServerFlags = ['--audit-log-path=', '--audit-policy-file=', '--allow-privileged'];
const plane = await startControlPlane({ apiServerFlags });
try {
  const begin = performance.now();
  const path = '/api/v1/namespaces/kube-system/configmaps';
  await plane.raw('POST', path, { metadata: { name: 'eni-config' }, data: BASE_VETH });
  await fillCluster(plane, NODES, { terway: true });
  process.stdout.write(`filled in ${Math.round((performance.now() - begin) / 1000)} s\n`);
  for (const flags of [[], ['--output', 'json']]) {
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await measure(plane.kubeconfig, ...flags));
    printFigures(`nodes ${flags.join(' ')} on ${NODES} nodes, of ${RUNS} runs`, [
      {
        what: 'time',
        value: median(runs.map(({ seconds }) => seconds)),
        unit: 's',
        wanted: '< 10',
      },
      {
        what: 'peak of resident memory',
        value: Math.max(...runs.map(({ peak }) => peak)),
        unit: 'MiB',
        wanted: '< 100',
      },
    ]);
  }
} finally {
  await plane.stop();
}
process.exit();
