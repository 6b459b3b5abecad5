import type { ControlPlane } from '../controlplane/control-plane.ts';
import type { Stored } from './api.ts';
import { ask, list, patch, report } from './api.ts';
import { NODE_ADDRESSES } from './network.ts';
import { createPod, deletePod, isReady, isTerminating, ownedBy } from './pods.ts';
import type { DaemonSet, Job, Pod, Service } from './objects.ts';

/** Kinds besides pods that the stand-ins make for others. */
const OWNED = [
  ['apps/v1', 'replicasets'],
  ['discovery.k8s.io/v1', 'endpointslices'],
] as const;

const NODES = Object.keys(NODE_ADDRESSES);

/** Stands in for the scheduler: a node for each pod, never two alike with host ports on one node. */
export async function schedulePods(plane: ControlPlane, pods: readonly Pod[]): Promise<void> {
  for (const pod of pods.filter(({ spec }) => spec?.nodeName === undefined)) {
    const component = 'app.kubernetes.io/component';
    const alike = pods.filter(
      ({ metadata }) => metadata?.labels?.[component] === pod.metadata?.labels?.[component],
    );
    const taken = alike.map(({ spec }) => spec?.nodeName);
    const free = NODES.find((node) => !taken.includes(node));
    const node = pod.spec?.hostNetwork === true ? free : (free ?? NODES[0]);
    if (node === undefined) continue;
    const { name = '', namespace = '' } = pod.metadata ?? {};
    await ask(plane, 'POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    });
    return;
  }
}

/** Stands in for the DaemonSet controller: a pod on each node, made anew when the template changes. */
export async function syncDaemonSets(plane: ControlPlane, pods: readonly Pod[]): Promise<void> {
  for (const daemonSet of await list<DaemonSet>(plane, '/apis/apps/v1/daemonsets')) {
    const { metadata, spec } = daemonSet;
    if (metadata === undefined || spec === undefined) continue;
    const generation = String(metadata.generation);
    const own = ownedBy(pods, daemonSet);
    const current = own.filter(
      (pod) => pod.metadata?.labels?.['pod-template-generation'] === generation,
    );
    for (const node of NODES.filter((name) => !own.some((pod) => pod.spec?.nodeName === name))) {
      const labels = { 'pod-template-generation': generation };
      await createPod(plane, daemonSet, 'DaemonSet', spec.template, labels, node);
    }
    for (const pod of own) if (!current.includes(pod)) await deletePod(plane, pod);
    const ready = own.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
    const status = {
      observedGeneration: metadata.generation ?? 0,
      desiredNumberScheduled: NODES.length,
      currentNumberScheduled: own.length,
      updatedNumberScheduled: current.length,
      numberReady: ready,
      numberAvailable: ready,
      numberMisscheduled: 0,
    };
    const path = `/apis/apps/v1/namespaces/${metadata.namespace ?? ''}/daemonsets`;
    await report(plane, `${path}/${metadata.name ?? ''}`, daemonSet.status, status);
  }
}

/** Stands in for the Job controller, as far as a hook of a chart needs it: one pod, one try. */
export async function syncJobs(plane: ControlPlane, pods: readonly Pod[]): Promise<void> {
  for (const job of await list<Job>(plane, '/apis/batch/v1/jobs')) {
    const { metadata, spec, status } = job;
    if (metadata === undefined || spec === undefined) continue;
    if (status?.succeeded === 1 || status?.failed === 1) continue;
    const [pod] = ownedBy(pods, job);
    if (pod === undefined) await createPod(plane, job, 'Job', spec.template);
    const path = `/apis/batch/v1/namespaces/${metadata.namespace ?? ''}/jobs/${metadata.name ?? ''}`;
    const now = new Date();
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
    if (pod?.status?.phase === 'Succeeded') {
      const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
      const times = { startTime: metadata.creationTimestamp, completionTime: now };
      await patch(plane, `${path}/status`, { status: { succeeded: 1, ...times, conditions } });
    }
    if (pod?.status?.phase === 'Failed') {
      const conditions = [condition('FailureTarget'), condition('Failed')];
      const times = { startTime: metadata.creationTimestamp };
      await patch(plane, `${path}/status`, { status: { failed: 1, ...times, conditions } });
    }
  }
}

/** Stands in for the garbage collector: ends what has an owner that is gone. */
export async function collectGarbage(plane: ControlPlane, pods: readonly Pod[]): Promise<void> {
  const paths = ['deployments', 'replicasets', 'daemonsets'].map((name) => `/apis/apps/v1/${name}`);
  const owners = [...paths, '/apis/batch/v1/jobs', '/api/v1/services', '/api/v1/nodes'];
  const lists = await Promise.all(owners.map(async (path) => list<Stored>(plane, path)));
  const known = new Set(lists.flat().map(({ metadata }) => metadata.uid));
  const isOrphan = ({ metadata }: Pick<Pod, 'metadata'>) => {
    const uids = (metadata?.ownerReferences ?? []).map(({ uid }) => uid);
    return uids.length > 0 && !uids.some((uid) => known.has(uid));
  };
  for (const pod of pods) if (isOrphan(pod) && !isTerminating(pod)) await deletePod(plane, pod);
  for (const [group, resource] of OWNED) {
    for (const object of await list<Stored>(plane, `/apis/${group}/${resource}`)) {
      const { name, namespace = '' } = object.metadata;
      const path = `/apis/${group}/namespaces/${namespace}/${resource}/${name}`;
      if (isOrphan(object as Pod)) await plane.raw('DELETE', path);
    }
  }
}

/** Stands in for the EndpointSlice controller: a slice for each Service that selects pods. */
export async function syncEndpoints(plane: ControlPlane, pods: readonly Pod[]): Promise<void> {
  for (const { metadata, spec } of await list<Service>(plane, '/api/v1/services')) {
    const { selector } = spec ?? {};
    if (metadata === undefined || spec === undefined || selector === undefined) continue;
    const { name = '', namespace = '' } = metadata;
    const selected = pods.filter(
      (pod) =>
        pod.metadata?.namespace === namespace &&
        Object.entries(selector).every(([key, value]) => pod.metadata?.labels?.[key] === value),
    );
    const containers = selected[0]?.spec?.containers ?? [];
    const ports = containers.flatMap((container) => container.ports ?? []);
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-lab`,
        labels: { 'kubernetes.io/service-name': name },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid: metadata.uid }],
      },
      addressType: 'IPv4',
      endpoints: selected
        .filter(({ status }) => status?.podIP !== undefined)
        .map((pod) => ({
          addresses: [pod.status?.podIP],
          nodeName: pod.spec?.nodeName,
          conditions: {
            ready: isReady(pod) && !isTerminating(pod),
            serving: isReady(pod),
            terminating: isTerminating(pod),
          },
        })),
      ports: (spec.ports ?? []).map(({ name: portName, targetPort, port, protocol = 'TCP' }) => ({
        ...(portName !== undefined && { name: portName }),
        port:
          typeof targetPort === 'string'
            ? ports.find((one) => one.name === targetPort)?.containerPort
            : (targetPort ?? port),
        protocol,
      })),
    };
    await applySlice(plane, namespace, slice);
  }
}

async function applySlice(
  plane: ControlPlane,
  namespace: string,
  slice: { readonly metadata: { readonly name: string } },
): Promise<void> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/`;
  const query = '?fieldManager=lab&force=true';
  await ask(
    plane,
    'PATCH',
    path + slice.metadata.name + query,
    slice,
    'application/apply-patch+yaml',
  );
}
