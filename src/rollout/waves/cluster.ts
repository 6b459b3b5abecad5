import { ApiError, type ApiServer } from '../../kube/api.ts';
import { CHECK_SELECTOR } from './check-pods.ts';
import type { EventJson, NodeJson, PodJson } from '../../kube/pod-json.ts';

/** What a rollout asks of the cluster, with the caller's rights. Each call rejects with ApiError. */
export interface Cluster {
  /** Terway's newest pod on the node. */
  terwayPod(node: string): Promise<PodJson | undefined>;
  /** Deletes this very pod; one that is gone already is no error. */
  deleteTerwayPod(pod: PodJson): Promise<void>;
  node(name: string): Promise<NodeJson | undefined>;
  /** Called again for the same pod, as when the answer was lost, it resolves with that one. */
  createCheckPod(manifest: CheckPodManifest): Promise<PodJson>;
  /** Rejects where the API server would not make it; nothing is made. */
  tryCheckPod(manifest: CheckPodManifest): Promise<void>;
  checkPod(name: string): Promise<PodJson | undefined>;
  eventsOf(pod: PodJson): Promise<readonly EventJson[]>;
  /** Removes it at once; one that is gone already is no error. */
  removeCheckPod(name: string): Promise<void>;
  /** Names of all pods of checks, of earlier rollouts, too. */
  checkPods(): Promise<readonly string[]>;
}

/** A pod of a check that is to be made. */
export interface CheckPodManifest {
  readonly metadata: { readonly name: string };
}

/** Where a rollout does what. */
export interface Places {
  /** Selects Terway's pods in kube-system. */
  readonly terwaySelector: string;
  /** Of the pods of checks. */
  readonly namespace: string;
}

interface List<T> {
  readonly items: readonly T[];
}

const KUBE_SYSTEM = '/api/v1/namespaces/kube-system';
const ENDED: readonly string[] = ['Failed', 'Succeeded'];

/** The cluster behind an API server. */
export function clusterOf(api: ApiServer, { terwaySelector, namespace }: Places): Cluster {
  const own = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const list = async <T>(path: string, query: Readonly<Record<string, string>>) =>
    (await api.call<List<T>>({ method: 'GET', path, query })).items;
  return {
    async terwayPod(node) {
      const fieldSelector = `spec.nodeName=${node}`;
      const pods = await list<PodJson>(`${KUBE_SYSTEM}/pods`, {
        labelSelector: terwaySelector,
        fieldSelector,
      });
      // One that was evicted has ended, and stays for a while.
      const running = pods.filter(({ status }) => !ENDED.includes(status?.phase ?? ''));
      // While one makes room for the next there are two.
      return running.find(({ metadata }) => !metadata.deletionTimestamp) ?? running[0];
    },
    async deleteTerwayPod({ metadata: { name, uid } }) {
      const path = `${KUBE_SYSTEM}/pods/${encodeURIComponent(name)}`;
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
      await unlessGone(api.call({ method: 'DELETE', path, body }));
    },
    node: async (name) =>
      unlessGone(api.call({ method: 'GET', path: `/api/v1/nodes/${encodeURIComponent(name)}` })),
    async createCheckPod(body) {
      try {
        return await api.call<PodJson>({ method: 'POST', path: `${own}/pods`, body });
      } catch (error) {
        if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
        return api.call({ method: 'GET', path: `${own}/pods/${body.metadata.name}` });
      }
    },
    async tryCheckPod(body) {
      await api.call({ method: 'POST', path: `${own}/pods`, query: { dryRun: 'All' }, body });
    },
    checkPod: async (name) => unlessGone(api.call({ method: 'GET', path: `${own}/pods/${name}` })),
    eventsOf: async ({ metadata: { uid } }) =>
      list(`${own}/events`, { fieldSelector: `involvedObject.uid=${uid}` }),
    async removeCheckPod(name) {
      const path = `${own}/pods/${encodeURIComponent(name)}`;
      // On a harmed node the kubelet may never confirm the end of a pod.
      await unlessGone(api.call({ method: 'DELETE', path, query: { gracePeriodSeconds: '0' } }));
    },
    async checkPods() {
      const pods = await list<PodJson>(`${own}/pods`, { labelSelector: CHECK_SELECTOR });
      return pods.map(({ metadata }) => metadata.name);
    },
  };
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    // 409: another pod has this name by now.
    if (error instanceof ApiError && (error.status === 404 || error.status === 409))
      return undefined;
    throw error;
  }
}
