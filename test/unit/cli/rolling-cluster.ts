import { type ApiCall, ApiError, type ApiServer } from '../../../src/kube/api.ts';
import { encodeHistory } from '../../../src/rollout/history/document.ts';
import { chainHash, textsHash } from '../../../src/rollout/history/revision.ts';
import type { Data } from '../../support/config-maps.ts';

const KUBE_SYSTEM = '/api/v1/namespaces/kube-system';
const READY = [{ type: 'Ready', status: 'True' }];
const LONG_AGO = '2026-01-01T00:00:00Z';
/** When {@link RollingCluster} was given its last text: nothing needs to be waited for. */
const CHANGED = '2026-01-02T00:00:00Z';

/** A cluster in memory whose Terway pods are made anew at once, as far as `rollout` asks. */
export class RollingCluster implements ApiServer {
  data: Data;
  /** Nodes on which Terway fails with the chain that is stored when it starts. */
  readonly harmedBy: (node: string, data: Data) => boolean;
  readonly restarts: string[] = [];
  /** What the creation of any other pod is answered. */
  refusesPods: ApiError | undefined;
  readonly checkPods = new Map<string, boolean>();
  readonly #history: readonly Data[];
  readonly #terway = new Map<string, { uid: string; startedAt: string; fails: boolean }>();
  #changed = CHANGED;

  constructor(
    nodes: readonly string[],
    history: readonly Data[],
    harmedBy: (node: string, data: Data) => boolean,
  ) {
    this.#history = history;
    this.data = history.at(-1) ?? {};
    this.harmedBy = harmedBy;
    for (const node of nodes) {
      this.#terway.set(node, { uid: `${node}-old`, startedAt: LONG_AGO, fails: false });
    }
  }

  async call<T>(call: ApiCall): Promise<T> {
    return (await this.#answer(call)) as T;
  }

  watch(): never {
    throw new Error('nothing is watched');
  }

  async #answer({ method, path, query = {}, body }: ApiCall): Promise<unknown> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (path === `${KUBE_SYSTEM}/configmaps`) {
      return listOf(query.fieldSelector === 'metadata.name=eni-config' ? [this.#configMap()] : []);
    }
    if (path === `${KUBE_SYSTEM}/configmaps/eni-config`) {
      if (method === 'PATCH') {
        this.data = { ...this.data, ...(body as { readonly data: Data }).data };
        this.#changed = new Date().toISOString();
      }
      return this.#configMap();
    }
    if (name === 'eni-config-guard-history') return this.#secret();
    if (name === 'daemonsets') {
      return listOf(
        query.fieldSelector === 'metadata.name=terway-eniip' ? [this.#daemonSet()] : [],
      );
    }
    if (path === '/api/v1/nodes') {
      return listOf(
        [...this.#terway.keys()].map((node) => ({ metadata: { name: node, labels: {} } })),
      );
    }
    if (path.startsWith('/api/v1/nodes/')) {
      const addresses = [{ type: 'InternalIP', address: '192.0.2.1' }];
      return { metadata: { name }, status: { conditions: READY, addresses } };
    }
    if (path.startsWith(`${KUBE_SYSTEM}/pods`)) return this.#pods(method, path, name, query, body);
    if (name === 'events') return listOf([]);
    throw new ApiError(404, 'NotFound', `${path} is not there`);
  }

  #pods(
    method: string,
    path: string,
    name: string,
    query: Readonly<Record<string, string>>,
    body: unknown,
  ): unknown {
    if (method === 'POST') {
      if (this.refusesPods) throw this.refusesPods;
      if (query.dryRun === 'All') return {};
      const pod = body as {
        readonly metadata: { readonly name: string };
        readonly spec: { readonly hostNetwork: boolean };
      };
      this.checkPods.set(pod.metadata.name, pod.spec.hostNetwork);
      return { metadata: { ...pod.metadata, uid: pod.metadata.name } };
    }
    if (path === `${KUBE_SYSTEM}/pods`) {
      if (query.labelSelector !== 'app=terway-eniip') {
        return listOf(
          [...this.checkPods.keys()].map((pod) => ({ metadata: { name: pod, uid: pod } })),
        );
      }
      const node = query.fieldSelector?.replace('spec.nodeName=', '');
      const nodes = [...this.#terway.keys()].filter(
        (other) => node === undefined || other === node,
      );
      return listOf(nodes.map((of) => this.#terwayPod(of)));
    }
    if (method === 'DELETE') {
      if (!this.checkPods.delete(name)) this.#restart(name.replace('terway-', ''));
      return {};
    }
    const status = this.checkPods.get(name)
      ? { phase: 'Succeeded' }
      : { phase: 'Running', podIP: '10.0.0.9', conditions: READY };
    return { metadata: { name, uid: name }, status };
  }

  #restart(node: string): void {
    this.restarts.push(node);
    const uid = `${node}-${this.restarts.length}`;
    const startedAt = new Date().toISOString();
    this.#terway.set(node, { uid, startedAt, fails: this.harmedBy(node, this.data) });
  }

  #terwayPod(node: string) {
    const { uid, startedAt, fails } = this.#terway.get(node)!;
    const end = {
      exitCode: fails ? 1 : 0,
      startedAt,
      finishedAt: startedAt,
      message: 'type not found',
    };
    const init = fails
      ? { restartCount: 3, state: { waiting: {} }, lastState: { terminated: end } }
      : { restartCount: 0, state: { terminated: end } };
    return {
      metadata: { name: `terway-${node}`, uid },
      spec: { nodeName: node },
      status: {
        phase: 'Running',
        conditions: fails ? [] : READY,
        initContainerStatuses: [{ name: 'terway-init', ...init }],
        containerStatuses: [{ name: 'terway', ready: !fails }],
      },
    };
  }

  #configMap() {
    const managedFields = [{ time: this.#changed }];
    return { metadata: { uid: 'cm', resourceVersion: '9', managedFields }, data: this.data };
  }

  #daemonSet() {
    const nodes = this.#terway.size;
    return {
      metadata: { name: 'terway-eniip', generation: 1 },
      spec: { selector: { matchLabels: { app: 'terway-eniip' } }, template: { spec: {} } },
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: nodes,
        updatedNumberScheduled: nodes,
        numberAvailable: nodes,
      },
    };
  }

  async #secret() {
    const revisions = this.#history.map((data, index) => {
      const texts = { data: new Map(Object.entries(data)), binaryData: new Map<string, string>() };
      return {
        number: index + 1,
        at: index === 0 ? '2025-12-01T00:00:00Z' : CHANGED,
        resourceVersion: String(index + 1),
        hash: textsHash(texts),
        chain: chainHash(texts.data),
        data,
      };
    });
    const value = await encodeHistory({ seen: '9', revisions });
    return { metadata: { resourceVersion: '1' }, data: { history: value.toString('base64') } };
  }
}

const listOf = (items: readonly unknown[]) => ({ metadata: { resourceVersion: '9' }, items });
