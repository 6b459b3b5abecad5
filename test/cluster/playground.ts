import { dirname, join } from 'node:path';

import { startAskingCluster } from './asking-cluster.ts';
import {
  applyNode,
  applyTerway,
  configureKubeProxy,
  probeNode,
  reportTerway,
} from './cluster-contents.ts';
import { manifest } from './guarded-cluster.ts';
import type { GuardedCluster } from './guarded-cluster.ts';
import { registerRestartGate } from './restart-webhook.ts';
import { FACTS_RIGHTS, userWith } from './rights.ts';
import {
  BASE_VENDOR,
  PORTMAP,
  VENDOR_CHAINS,
  VENDOR_CONF,
  conflist,
  withConflist,
} from '../support/config-maps.ts';
import { MAIN } from '../support/program.ts';

/** What the playground is made of, and what can be tried in it. */

/** A command to type, and what it is for. */
export interface Suggestion {
  readonly about: string;
  readonly line: string;
  /** It opens an editor. */
  readonly isInteractive?: true;
}

export interface Playground {
  readonly cluster: GuardedCluster;
  readonly suggestions: readonly Suggestion[];
}

const NODES = ['node-a', 'node-b', 'node-c'];

const vendorExample = (name: string) => withConflist(BASE_VENDOR, VENDOR_CHAINS[name] ?? '');

/** A chain that every new pod would fail with. */
const BROKEN = withConflist(BASE_VENDOR, conflist([VENDOR_CONF, { ...PORTMAP, snat: 'true' }]));

/**
 * A control plane with a guard that learns from it, answers restarts of Terway and lets break-glass
 * through. No node runs: what they would say is written into the API server.
 */
export async function startPlayground(): Promise<Playground> {
  const cluster = await startAskingCluster({
    facts: { source: 'cluster', refreshSeconds: 10 },
    restartGate: 'deny',
  });
  const { plane, guard } = cluster;
  try {
    await userWith(plane, 'eni-config-guard', FACTS_RIGHTS);
    await fill(cluster);
    await registerRestartGate(plane, guard);
    return { cluster, suggestions: suggestionsFor(cluster) };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function fill(cluster: GuardedCluster): Promise<void> {
  const { plane } = cluster;
  for (const node of NODES) {
    await applyNode(plane, node);
    await probeNode(plane, node, { portmap: 'v1.7.1', tuning: 'v1.7.1' });
  }
  await applyTerway(plane, 'v1.15.2');
  await reportTerway(plane, NODES.length);
  await configureKubeProxy(plane, 'kube-proxy-worker', 'mode: ipvs\n');
  await cluster.store(vendorExample('private access'));
  await cluster.file('public-access.yaml', manifest(vendorExample('public access')));
  await cluster.file('broken.yaml', manifest(BROKEN));
}

function suggestionsFor({ plane, guard }: GuardedCluster): Suggestion[] {
  const file = (name: string) => join(plane.dir, name);
  const guardCommand = (name: string) => `${process.execPath} ${MAIN} ${name}`;
  return [
    {
      about:
        'Misspell "portmap" and save: the editor comes back and says where and how to mend it.',
      line: 'kubectl edit cm -nkube-system eni-config',
      isInteractive: true,
    },
    {
      about: "See what the vendor's example for public access would do, without doing it.",
      line: `kubectl replace --dry-run=server -f ${file('public-access.yaml')}`,
    },
    {
      about: 'See what the guard knows of the cluster, and whether Terway can restart.',
      line: `${guardCommand('facts')}; ${guardCommand('status')}`,
    },
    {
      about: 'A chain that breaks every new pod is refused.',
      line: `kubectl replace -f ${file('broken.yaml')}`,
    },
    {
      about: 'Break the glass for an hour: you may, as you hold every right.',
      line:
        "kubectl annotate cm -nkube-system eni-config eni-config-guard/bypass-reason='I try it out' " +
        "eni-config-guard/bypass-until=$(date -u -d '+1 hour' +%FT%TZ)",
    },
    {
      about: 'Now the same chain is stored, with a warning.',
      line: `kubectl replace -f ${file('broken.yaml')}`,
    },
    {
      about: 'The restart gate keeps Terway from restarting on it.',
      line: 'kubectl rollout restart -nkube-system daemonset/terway-eniip',
    },
    {
      about: 'See what the guard has decided, and about whom.',
      line: `tail -n 3 ${guard.logFile}`,
    },
  ];
}

/** What is printed when it is ready. */
export function instructions({ cluster, suggestions }: Playground): string {
  const { plane } = cluster;
  return [
    '',
    `Kubernetes ${plane.binaries.version} with a guarded kube-system/eni-config. In another terminal:`,
    '',
    `  export KUBECONFIG=${plane.kubeconfig} PATH=${dirname(plane.binaries.kubectl)}:$PATH`,
    '',
    ...suggestions.flatMap(({ about, line }) => [about, `  ${line}`, '']),
    'Ctrl-C here ends everything.',
    '',
  ].join('\n');
}
