import { guardArchive } from '../../support/image/archive.ts';
import { findOrBuildNodePlugins, findOrBuildPlugins } from '../../support/plugin-binaries.ts';
import { BASE_VETH } from '../../support/config-maps.ts';
import { LAB_RELEASE } from '../../support/plugin-releases.ts';
import { waitFor } from '../../support/wait.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Daemon } from '../controlplane/daemon.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { ask, list } from './api.ts';
import { findOrBuildLab } from './binaries.ts';
import { packBusybox } from './busybox-image.ts';
import { controllersOf } from './controllers.ts';
import { CONTROL_PLANE_ADDRESS, PLACES } from './network.ts';
import { isReady } from './objects.ts';
import type { EndpointSlice, Node, Pod } from './objects.ts';
import { TERWAY_RIGHTS, terwayDaemonSet } from './terway/daemon-set.ts';
import { packTerway } from './terway/image.ts';
import { Worker } from './worker.ts';

const PODS = '/api/v1/namespaces/kube-system/pods';
const READY_TIMEOUT_MS = 120_000;

/** What may differ between labs. */
export interface LabOptions {
  /** Of all kubelets; short, so that tests need not wait for a minute. */
  readonly syncFrequency?: string;
  /** How many; all by default. */
  readonly nodes?: number;
  /** No image of the guard, which takes a minute to build, is on the nodes. */
  readonly hasNoGuard?: true;
}

/**
 * A cluster on this machine: a real control plane with its controllers and scheduler, and nodes with
 * containerd, kubelet and kube-proxy. Terway's DaemonSet makes the nodes' pod network.
 */
export class Lab {
  readonly plane: ControlPlane;
  readonly workers: readonly Worker[];
  readonly #controllers: readonly Daemon[];

  constructor(plane: ControlPlane, controllers: readonly Daemon[], workers: readonly Worker[]) {
    this.plane = plane;
    this.#controllers = controllers;
    this.workers = workers;
  }

  /** The guard's pods that are not on their way out, oldest first. */
  async pods(component: 'webhook' | 'trust' | 'node-probe'): Promise<Pod[]> {
    const query = `labelSelector=app.kubernetes.io/component=${component}`;
    const pods = await list<Pod>(this.plane, `${PODS}?${query}`);
    return pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  }

  /** The worker of this name. */
  worker(name: string | undefined): Worker {
    const found = this.workers.find((worker) => worker.name === name);
    if (found === undefined) throw new Error(`there is no node ${String(name)}`);
    return found;
  }

  /** Everything that the first container of a pod in kube-system has printed since its last start. */
  async log(podName: string): Promise<string> {
    return this.#log(podName);
  }

  /** What it had printed when it ended before that. */
  async lastWords(podName: string): Promise<string> {
    return this.#log(podName, '--previous');
  }

  /** Kills the processes of a pod (SIGKILL), past its kubelet; resolves when they are gone. */
  async kill(podName: string): Promise<void> {
    await this.#signal(podName, 'SIGKILL', async (worker, id) => {
      await waitFor(`${podName} to be dead`, 20_000, async () =>
        new RegExp(`^${id} .*RUNNING`, 'm').test(await worker.ctr('tasks', 'list'))
          ? undefined
          : true,
      );
    });
  }

  /** Has the processes of a pod do nothing (SIGSTOP) until they are to go on (SIGCONT). */
  async signal(podName: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    await this.#signal(podName, signal, () => Promise.resolve());
  }

  /** Resolves when the API server has been told that a pod takes no calls. */
  async untilWithdrawn(podName: string): Promise<void> {
    const path = '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices';
    await waitFor(`${podName} to be withdrawn`, 30_000, async () => {
      const slices = await list<EndpointSlice>(this.plane, path);
      const isThere = slices
        .flatMap(({ endpoints }) => endpoints ?? [])
        .some(({ targetRef, conditions }) => targetRef?.name === podName && conditions?.ready);
      return isThere ? undefined : true;
    });
  }

  /** What the cluster has to say, for a failed test's message. */
  async story(): Promise<string> {
    const lines = ['get pods -A -owide', 'get events -A --sort-by=.lastTimestamp', 'get nodes'];
    const logs = 'logs -nkube-system --tail=15 --prefix -l app.kubernetes.io/component=webhook';
    const outputs = await Promise.all(
      [...lines, logs].map(async (line) => this.plane.kubectl(line.split(' '))),
    );
    return outputs
      .map(({ stdout, stderr }) => `${stdout}${stderr}`.split('\n').slice(-40).join('\n'))
      .join('\n');
  }

  /** Ends everything and removes what it wrote. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.map(async (worker) => worker.stop()));
    await Promise.all(this.#controllers.map(async (daemon) => daemon.stop()));
    await this.plane.stop();
  }

  async #log(podName: string, ...flags: readonly string[]): Promise<string> {
    const args = ['logs', '-nkube-system', podName, ...flags];
    const { code, stdout, stderr } = await this.plane.kubectl(args);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  async #signal(
    podName: string,
    signal: string,
    wait: (worker: Worker, containerId: string) => Promise<void>,
  ): Promise<void> {
    const { spec, status } = await ask<Pod>(this.plane, 'GET', `${PODS}/${podName}`);
    const worker = this.worker(spec?.nodeName);
    for (const { containerID = '', state } of status?.containerStatuses ?? []) {
      if (state?.running === undefined) continue;
      const id = containerID.replace('containerd://', '');
      await worker.ctr('tasks', 'kill', '--signal', signal, id);
      await wait(worker, id);
    }
  }
}

/** Starts it all; resolves when every node is ready and eni-config is {@link BASE_VETH}. */
export async function startLab({
  syncFrequency = '2s',
  nodes = PLACES.length,
  hasNoGuard,
}: LabOptions = {}): Promise<Lab> {
  const binaries = await findOrBuildLab();
  const plugins = [
    await findOrBuildNodePlugins(LAB_RELEASE),
    await findOrBuildPlugins(LAB_RELEASE),
  ];
  const plane = await startControlPlane({ address: CONTROL_PLANE_ADDRESS, hasNodes: true });
  const controllers = await controllersOf(plane, binaries.cluster);
  const started: Worker[] = [];
  const lab = new Lab(plane, controllers, started);
  try {
    for (const daemon of controllers) daemon.start();
    const images = await Promise.all([
      packBusybox(plane.dir),
      packTerway(plane.dir),
      ...(hasNoGuard ? [] : [guardArchive()]),
    ]);
    const parts = { binaries, images, plugins, syncFrequency };
    const joining = PLACES.slice(0, nodes).map(async (place) =>
      Worker.start(plane, place, parts).then((worker) => started.push(worker)),
    );
    await Promise.allSettled(joining);
    await Promise.all(joining);
    await installTerway(plane);
    await untilReady(lab);
    return lab;
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

async function installTerway(plane: ControlPlane): Promise<void> {
  const metadata = { name: 'eni-config', namespace: 'kube-system' };
  const eniConfig = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: BASE_VETH };
  const objects = [eniConfig, ...TERWAY_RIGHTS, terwayDaemonSet()];
  const stdin = objects.map((object) => JSON.stringify(object)).join('\n');
  const { code, stderr } = await plane.kubectl(['create', '-f', '-'], { stdin });
  if (code !== 0) throw new Error(stderr);
}

async function untilReady(lab: Lab): Promise<void> {
  try {
    await waitFor('every node to join and be ready', READY_TIMEOUT_MS, async () => {
      const nodes = await list<Node>(lab.plane, '/api/v1/nodes');
      return nodes.filter(isReady).length === lab.workers.length ? true : undefined;
    });
  } catch (error) {
    const logs = lab.workers.map((worker) => worker.lastLogLines());
    throw new Error([await lab.story(), ...logs].join('\n'), { cause: error });
  }
}
