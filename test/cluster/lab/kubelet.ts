import { readFile } from 'node:fs/promises';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { withAccount } from './account.ts';
import { patch } from './api.ts';
import { NODE_ADDRESSES } from './network.ts';
import { PodLife } from './pod-life.ts';
import type { PodState } from './pod-life.ts';
import { PodFolder } from './pod.ts';
import type { Extras } from './pod.ts';
import type { Pod } from './objects.ts';

const NO_EXTRAS: Extras = { mounts: [], env: {} };

interface Running {
  readonly pod: Pod;
  readonly life: PodLife;
  readonly folder: PodFolder;
  reported: string;
}

/**
 * Stands in for the kubelets of all nodes: runs the containers of the pods that are bound to a node as
 * processes of this machine, and writes what becomes of them to the pods' status.
 */
export class Kubelet {
  readonly #plane: ControlPlane;
  readonly #running = new Map<string, Running>();
  /** What containers that start from now on get in addition. */
  extras = NO_EXTRAS;
  /** Whether containers that end stay dead, as when they can't be started. */
  isCrippled = false;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
  }

  /**
   * Brings the processes in line with these, all pods of the cluster, and reports on them. Rejects when
   * the API server does not answer or a pod can't be run.
   */
  async sync(pods: readonly Pod[]): Promise<void> {
    for (const pod of pods) {
      if (pod.spec?.nodeName === undefined) continue;
      const running = this.#running.get(uidOf(pod)) ?? (await this.#start(pod));
      if (running === undefined) continue;
      if (running.life.failure !== undefined) throw running.life.failure;
      if (pod.metadata?.deletionTimestamp !== undefined) void this.#end(running);
      await this.#report(running);
    }
    const known = new Set(pods.map(uidOf));
    for (const [uid, running] of this.#running) if (!known.has(uid)) await this.#forget(running);
  }

  /** Kills the processes of a pod (SIGKILL); as always, they are started again a second later. */
  async killContainers(podName: string): Promise<void> {
    await this.#named(podName).life.kill();
  }

  /** Everything a pod's containers have printed. */
  async log(podName: string): Promise<string> {
    return readFile(this.#named(podName).folder.logFile, 'utf8');
  }

  /** Brings the files of all volumes up to date, as a kubelet does every minute or so. */
  async refreshVolumes(): Promise<void> {
    for (const { folder } of this.#running.values()) await folder.mountVolumes();
  }

  /** Kills all processes. */
  async stop(): Promise<void> {
    for (const running of this.#running.values()) await this.#forget(running);
  }

  async #start(pod: Pod): Promise<Running | undefined> {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return undefined;
    const address = NODE_ADDRESSES[pod.spec?.nodeName ?? ''];
    if (address === undefined) throw new Error(`there is no node ${pod.spec?.nodeName ?? ''}`);
    const placed = { ...pod, status: { ...pod.status, podIP: address, hostIP: address } };
    const complete = await withAccount(this.#plane, placed);
    const folder = new PodFolder(this.#plane, complete);
    const life = new PodLife(complete, folder, {
      extras: () => this.extras,
      mayStart: () => !this.isCrippled,
    });
    const running = { pod: complete, life, folder, reported: '' };
    this.#running.set(uidOf(pod), running);
    return running;
  }

  async #end(running: Running): Promise<void> {
    await running.life.end(running.pod.metadata?.deletionGracePeriodSeconds);
    const options = { gracePeriodSeconds: 0, preconditions: { uid: uidOf(running.pod) } };
    await this.#plane.raw('DELETE', pathOf(running.pod), options).catch(() => undefined);
  }

  async #forget(running: Running): Promise<void> {
    this.#running.delete(uidOf(running.pod));
    await running.life.end(0);
  }

  async #report(running: Running): Promise<void> {
    const { state } = running.life;
    const text = JSON.stringify(state);
    if (text === running.reported) return;
    await patch(this.#plane, `${pathOf(running.pod)}/status`, {
      status: statusOf(running.pod, state),
    });
    running.reported = text;
  }

  #named(podName: string): Running {
    const found = [...this.#running.values()].find(({ pod }) => pod.metadata?.name === podName);
    if (found === undefined) throw new Error(`no pod ${podName} runs`);
    return found;
  }
}

function statusOf(pod: Pod, { isReady, ...state }: PodState) {
  const status = isReady ? 'True' : 'False';
  const { podIP, hostIP } = pod.status ?? {};
  return {
    ...state,
    podIP,
    hostIP,
    podIPs: [{ ip: podIP }],
    conditions: [{ type: 'Ready', status, lastTransitionTime: new Date() }],
  };
}

const uidOf = ({ metadata }: Pod) => metadata?.uid ?? '';

/** Path of a pod below the API server's root. */
function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata?.namespace ?? ''}/pods/${metadata?.name ?? ''}`;
}
