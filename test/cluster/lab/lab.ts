import { setTimeout as sleep } from 'node:timers/promises';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { startControlPlane } from '../controlplane/start.ts';
import { waitFor } from '../../support/wait.ts';
import { ask, list } from './api.ts';
import {
  collectGarbage,
  schedulePods,
  syncDaemonSets,
  syncEndpoints,
  syncJobs,
} from './controllers.ts';
import { syncDeployments } from './deployments.ts';
import { Kubelet } from './kubelet.ts';
import { CONTROL_PLANE_ADDRESS, NODE_ADDRESSES } from './network.ts';
import type { EndpointSlice, Pod } from './objects.ts';

// Endpoints follow a pod's end after two or three looks; on real clusters it takes about as long.
const LOOK_EVERY_MS = 100;

const PODS = '/api/v1/namespaces/kube-system/pods';
const STORY_LINES = 15;

/** A real control plane, and stand-ins for whatever of a cluster a Helm chart needs beyond it. */
export class Lab {
  readonly plane: ControlPlane;
  readonly kubelet: Kubelet;
  readonly #stopped = new AbortController();
  readonly #over: Promise<void>;
  /** Why the stand-ins could not do their work, last time they looked. */
  complaint: string | undefined;

  constructor(plane: ControlPlane) {
    this.plane = plane;
    this.kubelet = new Kubelet(plane);
    this.#over = this.#run();
  }

  /** The pods that are not on their way out, oldest first. */
  async pods(component: 'webhook' | 'node-probe'): Promise<Pod[]> {
    const query = `labelSelector=app.kubernetes.io/component=${component}`;
    const pods = await list<Pod>(this.plane, `${PODS}?${query}`);
    return pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  }

  /** Resolves when the API server has been told that a pod takes no calls. */
  async untilWithdrawn(podName: string): Promise<void> {
    const path = '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices';
    const { spec } = await ask<Pod>(this.plane, 'GET', `${PODS}/${podName}`);
    await waitFor(`${podName} to be withdrawn`, 20_000, async () => {
      const slices = await list<EndpointSlice>(this.plane, path);
      const isThere = slices
        .flatMap(({ endpoints }) => endpoints ?? [])
        .some(({ nodeName, conditions }) => nodeName === spec?.nodeName && conditions?.ready);
      return isThere ? undefined : true;
    });
  }

  /** What the stand-ins complain of and what the pods have printed, for a failed test's message. */
  async story(): Promise<string> {
    const pods = await list<Pod>(this.plane, '/api/v1/pods');
    const names = pods.map(({ metadata }) => metadata?.name ?? '');
    const logs = names.map(async (name) => {
      const log = await this.kubelet.log(name).catch(String);
      return `${name} printed:\n${log.split('\n').slice(-STORY_LINES).join('\n')}`;
    });
    return [`the lab: ${this.complaint ?? 'no complaint'}`, ...(await Promise.all(logs))].join(
      '\n',
    );
  }

  /** Ends all processes and removes what they wrote. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#over;
    await this.kubelet.stop();
    await this.plane.stop();
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.complaint = await this.#look().then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #look(): Promise<void> {
    const pods = await list<Pod>(this.plane, '/api/v1/pods');
    await this.kubelet.sync(pods);
    const parts = [
      syncEndpoints,
      syncDeployments,
      syncDaemonSets,
      syncJobs,
      collectGarbage,
      schedulePods,
    ];
    await Promise.all(parts.map(async (part) => part(this.plane, pods)));
  }
}

/** Starts it all, with nodes and what controllers put into every namespace. */
export async function startLab(): Promise<Lab> {
  const plane = await startControlPlane({
    address: CONTROL_PLANE_ADDRESS,
    // The API server finds a webhook's pods by itself, as no kube-proxy does it here.
    apiServerFlags: ['--enable-aggregator-routing=true'],
  });
  try {
    for (const [name, address] of Object.entries(NODE_ADDRESSES))
      await addNode(plane, name, address);
    await publishRootCa(plane);
    return new Lab(plane);
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function addNode(plane: ControlPlane, name: string, address: string): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
  await ask(plane, 'POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
  });
  const status = { addresses: [{ type: 'InternalIP', address }] };
  await ask(
    plane,
    'PATCH',
    `/api/v1/nodes/${name}/status`,
    { status },
    'application/merge-patch+json',
  );
}

async function publishRootCa(plane: ControlPlane): Promise<void> {
  const core = '/api/v1/namespaces/kube-system';
  await ask(plane, 'POST', `${core}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt' },
    data: { 'ca.crt': plane.authority },
  });
  await ask(plane, 'POST', `${core}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
}
