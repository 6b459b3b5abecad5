/** A real control plane with a guard, left running to be played with until Ctrl-C. */
import './build.ts';

import { dirname, join } from 'node:path';

import { startGuardedCluster, manifest } from '../test/cluster/guarded-cluster.ts';
import { BASE_VENDOR, VENDOR_CHAINS, withConflist } from '../test/support/config-maps.ts';

const EXAMPLE_FILE = 'public-access.yaml';

const vendorExample = (name: string) => withConflist(BASE_VENDOR, VENDOR_CHAINS[name] ?? '');

process.stdout.write('Starting an API server and a guard ...\n');
const cluster = await startGuardedCluster({
  facts: { terwayVersion: '1.15.2', pluginVersions: { portmap: '1.7.1' }, kubeProxyMode: 'ipvs' },
});
try {
  await cluster.store(vendorExample('private access'));
  await cluster.file(EXAMPLE_FILE, manifest(vendorExample('public access')));
  process.stdout.write(instructions());
  await interrupted();
} finally {
  await cluster.stop();
}
process.stdout.write('\nStopped; nothing is left behind.\n');

function instructions(): string {
  const { plane, guard } = cluster;
  const example = join(plane.dir, EXAMPLE_FILE);
  return `
Kubernetes ${plane.binaries.version} with a guarded kube-system/eni-config. In another terminal:

  export KUBECONFIG=${plane.kubeconfig} PATH=${dirname(plane.binaries.kubectl)}:$PATH

Misspell "portmap" and save: the editor comes back and says where and how to mend it.
  kubectl edit cm -nkube-system eni-config

See what the vendor's example for public access would do, without doing it.
  kubectl replace --dry-run=server -f ${example}

See what the guard has decided, and about whom.
  tail -n 3 ${guard.logFile}

Ctrl-C here ends everything.
`;
}

async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    // Kept for good: one Ctrl-C may arrive more than once, from the terminal and through npm.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
