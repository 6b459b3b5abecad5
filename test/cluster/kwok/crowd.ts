import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { waitFor } from '../../support/wait.ts';
import { findOrBuildCluster } from '../controlplane/binaries.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { Daemon } from '../controlplane/daemon.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { ask } from '../lab/api.ts';
import { controllersOf } from '../lab/controllers.ts';
import { findOrBuildKwok } from './binary.ts';
import { ownStages } from './stages.ts';

/** Calls at once. */
const AT_ONCE = 20;
const READY_TIMEOUT_MS = 600_000;

const API_SERVER_FLAGS = [
  // Its audit log would hold every object once more.
  '--audit-log-path=',
  '--audit-policy-file=',
  // The latter taints each new node until a controller that does not run here finds it ready.
  '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
];

const CONTROLLER_FLAGS = {
  // As many calls as a cluster of this size allows its controllers.
  both: ['--kube-api-qps=1000', '--kube-api-burst=2000'],
  /*
   * The controller of nodes would want a lease renewed for each of them. On a busy machine kwok is late
   * with that, the pods of such a node are marked as not ready, and kwok, unlike a kubelet, never
   * makes them ready again.
   */
  controllerManager: ['--controllers=daemonset-controller'],
};

/**
 * A real control plane with its DaemonSet controller and scheduler, and nodes that do not exist: kwok writes
 * what their kubelets would.
 */
export class Crowd {
  readonly plane: ControlPlane;
  readonly #controllers: readonly Daemon[];
  readonly #kwok: Daemon;
  readonly #stages: string;

  constructor(plane: ControlPlane, controllers: readonly Daemon[], kwok: Daemon, stages: string) {
    this.plane = plane;
    this.#controllers = controllers;
    this.#kwok = kwok;
    this.#stages = stages;
  }

  /** Has kwok write these stages, too, from now on. */
  async play(stages: readonly string[]): Promise<void> {
    await this.#kwok.stop();
    await writeFile(stagesFile(this.plane), [this.#stages, ...stages].join('\n---\n'));
    this.#kwok.start();
  }

  /** Adds so many nodes, called `n0001` and so on, ready from the start. */
  async addNodes(count: number): Promise<void> {
    const names = Array.from({ length: count }, (_, at) => `n${String(at + 1).padStart(4, '0')}`);
    for (let from = 0; from < count; from += AT_ONCE) {
      const some = names.slice(from, from + AT_ONCE);
      await Promise.all(
        some.map(async (name, at) =>
          ask(this.plane, 'POST', '/api/v1/nodes', node(name, from + at)),
        ),
      );
    }
  }

  /** Resolves when a DaemonSet of kube-system has a ready pod on so many nodes. */
  async untilReady(daemonSet: string, count: number): Promise<void> {
    const path = `/apis/apps/v1/namespaces/kube-system/daemonsets/${daemonSet}`;
    await waitFor(`${count} pods of ${daemonSet}`, READY_TIMEOUT_MS, async () => {
      const { status } = await ask<{ status?: { numberReady?: number } }>(this.plane, 'GET', path);
      return status?.numberReady === count ? true : undefined;
    });
  }

  /** Ends everything and removes what it wrote. */
  async stop(): Promise<void> {
    await this.#kwok.stop();
    await Promise.all(this.#controllers.map(async (daemon) => daemon.stop()));
    await this.plane.stop();
  }
}

function node(name: string, index: number) {
  const room = { cpu: '4', memory: '8Gi', pods: '110' };
  const address = `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`;
  const addresses = [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name } },
    status: {
      allocatable: room,
      capacity: room,
      addresses,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

const stagesFile = (plane: ControlPlane) => join(plane.dir, 'stages.yaml');

/** Starts it all, with no nodes yet. */
export async function startCrowd(): Promise<Crowd> {
  const program = await findOrBuildKwok();
  const stages = await ownStages();
  const plane = await startControlPlane({ apiServerFlags: API_SERVER_FLAGS });
  const kwok = new Daemon(
    'kwok',
    program,
    [`--kubeconfig=${plane.kubeconfig}`, '--manage-all-nodes', `--config=${stagesFile(plane)}`],
    join(plane.dir, 'kwok.log'),
    { env: { PATH: process.env.PATH, HOME: plane.dir } },
  );
  const binaries = await findOrBuildCluster(plane.binaries.version);
  const controllers = await controllersOf(plane, binaries, CONTROLLER_FLAGS);
  const crowd = new Crowd(plane, controllers, kwok, stages);
  for (const daemon of controllers) daemon.start();
  await crowd.play([]);
  return crowd;
}
