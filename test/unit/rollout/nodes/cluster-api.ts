import { ApiError, type ApiCall, type ApiServer } from '../../../../src/kube/api.ts';
import { encodeProbeResult } from '../../../../src/probe/result.ts';
import type { PodJson } from '../../../../src/kube/pod-json.ts';

export interface FakeCluster {
  readonly nodes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly PodJson[];
  /** Of eni-config; absent: there is none. */
  readonly data?: Readonly<Record<string, string>>;
  /** Of Terway's DaemonSets; `terway-eniip` alone unless given. */
  readonly daemonSets?: readonly string[];
  /** When eni-config was last written. */
  readonly written?: string;
  /** By node, the version of its CNI plugins. */
  readonly plugins?: Readonly<Record<string, string>>;
  /** By pod, what its init container has logged. */
  readonly logs?: Readonly<Record<string, string>>;
  /** What a path that ends so is answered instead. */
  readonly failures?: Readonly<Record<string, ApiError>>;
}

const SYSTEM = '/api/v1/namespaces/kube-system';
const IMAGE = { name: 'probe', image: 'guard:1' };
const PROBE_SPEC = { initContainers: [IMAGE], containers: [IMAGE] };

/** An API server with a cluster of nodes, as far as `nodes` asks it, and what it was called with. */
export function clusterApi(cluster: FakeCluster): { api: ApiServer; calls: readonly ApiCall[] } {
  const calls: ApiCall[] = [];
  const answer = (call: ApiCall): unknown => {
    const { path, query = {} } = call;
    calls.push(call);
    for (const [end, failure] of Object.entries(cluster.failures ?? {})) {
      if (path.endsWith(end)) throw failure;
    }
    if (path.endsWith('/log')) return cluster.logs?.[path.split('/').at(-2) ?? ''] ?? '';
    const items = itemsAt(cluster, path, query);
    if (!items) throw new ApiError(404, 'NotFound', 'there is none');
    return { metadata: { resourceVersion: '1' }, items };
  };
  const call = async (call: ApiCall) => answer(call);
  return { api: { call } as unknown as ApiServer, calls };
}

function itemsAt(
  { nodes, pods, data, written, plugins = {}, daemonSets = ['terway-eniip'] }: FakeCluster,
  path: string,
  { fieldSelector = '', labelSelector = '' }: Readonly<Record<string, string>>,
): readonly object[] | undefined {
  switch (path) {
    case '/api/v1/nodes':
      return Object.entries(nodes).map(([name, labels]) => ({ metadata: { name, labels } }));
    case `${SYSTEM}/configmaps`: {
      const managedFields = written === undefined ? [] : [{ time: `2026-11-25T${written}:00Z` }];
      return data ? [{ metadata: { managedFields }, data }] : [];
    }
    case '/apis/apps/v1/namespaces/kube-system/daemonsets': {
      const name = fieldSelector.slice('metadata.name='.length);
      if (daemonSets.includes(name)) return [daemonSet(name, { app: name }, {})];
      return name.endsWith('node-probe') ? [daemonSet(name, { app: name }, PROBE_SPEC)] : [];
    }
    case '/apis/apps/v1/namespaces/kube-system/controllerrevisions':
      return [];
    case `${SYSTEM}/pods`:
      return labelSelector === 'app=terway-eniip'
        ? pods
        : Object.entries(plugins).map(([node, version]) => probePod(node, version));
    default:
      return undefined;
  }
}

const daemonSet = (name: string, matchLabels: object, spec: object) => ({
  metadata: { name, uid: name },
  spec: { selector: { matchLabels }, template: { spec } },
});

function probePod(nodeName: string, version: string): object {
  const binaries = new Map([
    ['portmap', { version }],
    ['tuning', { version: 'v1.6.2' }],
    ['terway', {}],
  ]);
  const message = encodeProbeResult({ binaries });
  const terminated = { exitCode: 0, finishedAt: '2026-11-25T07:00:00Z', message };
  return {
    spec: { nodeName, ...PROBE_SPEC },
    status: { initContainerStatuses: [{ name: 'probe', state: { terminated } }] },
  };
}
