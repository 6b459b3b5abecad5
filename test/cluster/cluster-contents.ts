import { encodeProbeResult } from '../../src/probe/result.ts';
import type { RawResponse } from './controlplane/admin-client.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';

/**
 * What controllers, kubelets and the node probe would write into a cluster. None of them runs here,
 * so tests write it for them, through the API and its status subresources.
 */

const CORE = '/api/v1';
const KUBE_SYSTEM = `${CORE}/namespaces/kube-system`;
export const DAEMON_SETS = '/apis/apps/v1/namespaces/kube-system/daemonsets';

const terwayImage = (version: string) => `registry-vpc.example.com/acs/terway:${version}`;

/** Writes the Terway DaemonSet, or changes its image. It is not rolled out: no controller runs. */
export async function applyTerway(
  plane: ControlPlane,
  version: string,
  name = 'terway-eniip',
): Promise<void> {
  const image = terwayImage(version);
  const containers = [{ name: 'terway', image }];
  const initContainers = [{ name: 'terway-init', image }];
  const manifest = daemonSet(name, { initContainers, containers });
  await apply(plane, `${DAEMON_SETS}/${name}`, manifest);
}

/** A DaemonSet in kube-system, whose pods are as `spec` says. */
export function daemonSet(name: string, spec: object) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
    },
  };
}

/** Says of the DaemonSet that `updated` of `nodes` run what it asks for. */
export async function reportTerway(
  plane: ControlPlane,
  nodes: number,
  updated = nodes,
  name = 'terway-eniip',
): Promise<void> {
  const path = `${DAEMON_SETS}/${name}`;
  const { metadata } = JSON.parse((await plane.raw('GET', path)).body) as {
    readonly metadata: { readonly generation: number };
  };
  await patchStatus(plane, path, {
    observedGeneration: metadata.generation,
    desiredNumberScheduled: nodes,
    currentNumberScheduled: nodes,
    updatedNumberScheduled: updated,
    numberMisscheduled: 0,
    numberReady: nodes,
    numberAvailable: nodes,
  });
}

/** The Terway pod of a node, in place of its former one. */
export async function runTerway(plane: ControlPlane, node: string, version: string) {
  const image = terwayImage(version);
  const name = `terway-eniip-${node}`;
  await replacePod(plane, name, { labels: { app: 'terway-eniip' }, node, image });
  await patchStatus(plane, `${KUBE_SYSTEM}/pods/${name}`, { phase: 'Running' });
}

/** The Terway pod of a node whose init container ended at that time, ready since. */
export async function runTerwayInit(
  plane: ControlPlane,
  node: string,
  endedAt: Date,
  version = 'v1.15.2',
): Promise<void> {
  const image = terwayImage(version);
  const name = `terway-eniip-${node}`;
  await replacePod(plane, name, { labels: { app: 'terway-eniip' }, node, image, isTerway: true });
  const time = `${endedAt.toISOString().slice(0, -5)}Z`;
  const status = { image: 'i', imageID: 'i', ready: true, restartCount: 0 };
  const terminated = { exitCode: 0, startedAt: time, finishedAt: time, reason: 'Completed' };
  await patchStatus(plane, `${KUBE_SYSTEM}/pods/${name}`, {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    initContainerStatuses: [{ name: 'terway-init', ...status, state: { terminated } }],
    containerStatuses: [{ name: 'terway', ...status, state: { running: { startedAt: time } } }],
  });
}

/** What the node probe tells of a node, when it finished; its pod takes the place of a former one. */
export async function probeNode(
  plane: ControlPlane,
  node: string,
  versions: Readonly<Record<string, string>>,
  finishedAt: Date = new Date(),
): Promise<void> {
  const binaries = new Map(Object.entries(versions).map(([name, version]) => [name, { version }]));
  await finishProbe(plane, node, encodeProbeResult({ binaries }), finishedAt);
}

/** A probe pod of a node whose probe has ended with this message. */
export async function finishProbe(
  plane: ControlPlane,
  node: string,
  message: string,
  finishedAt: Date,
  exitCode = 0,
): Promise<void> {
  const image = 'registry.example.com/eni-config-guard:1';
  await apply(plane, `${DAEMON_SETS}/${PROBE}`, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: PROBE, namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: PROBE_LABELS },
      template: { metadata: { labels: PROBE_LABELS }, spec: containersOf(image) },
    },
  });
  const name = `${PROBE}-${node}`;
  await replacePod(plane, name, { labels: PROBE_LABELS, node, image });
  await reportProbe(plane, name, message, `${finishedAt.toISOString().slice(0, -5)}Z`, exitCode);
}

const PROBE = 'eni-config-guard-node-probe';
export const PROBE_LABELS = {
  'app.kubernetes.io/name': 'eni-config-guard',
  'app.kubernetes.io/component': 'node-probe',
};

/** Writes the end of the probe into the status of a pod, as a kubelet does. */
export async function reportProbe(
  plane: ControlPlane,
  pod: string,
  message: string,
  finishedAt: string,
  exitCode = 0,
): Promise<void> {
  const startedAt = '2026-01-01T00:00:00Z';
  const terminated = { exitCode, startedAt, finishedAt, message, reason: 'Completed' };
  const image = { image: 'i', imageID: 'i', ready: true, restartCount: 0 };
  await patchStatus(plane, `${KUBE_SYSTEM}/pods/${pod}`, {
    initContainerStatuses: [{ name: 'probe', ...image, state: { terminated } }],
  });
}

export async function removeProbe(plane: ControlPlane, node: string): Promise<void> {
  await remove(plane, `${KUBE_SYSTEM}/pods/eni-config-guard-node-probe-${node}`);
}

export async function applyNode(
  plane: ControlPlane,
  name: string,
  labels: Readonly<Record<string, string>> = {},
  kubeletVersion = 'v1.34.1-aliyun.1',
): Promise<void> {
  await remove(plane, `${CORE}/nodes/${name}`);
  expectStatus(
    await plane.raw('POST', `${CORE}/nodes`, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/os': 'linux', ...labels } },
      status: { nodeInfo: { kubeletVersion } },
    }),
    201,
  );
}

export async function removeNode(plane: ControlPlane, name: string): Promise<void> {
  await remove(plane, `${CORE}/nodes/${name}`);
}

/** kube-proxy's configuration as this ConfigMap has it; undefined removes the ConfigMap. */
export async function configureKubeProxy(
  plane: ControlPlane,
  name: 'kube-proxy-worker' | 'kube-proxy',
  text: string | undefined,
): Promise<void> {
  const path = `${KUBE_SYSTEM}/configmaps/${name}`;
  if (text === undefined) return remove(plane, path);
  await apply(plane, path, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system' },
    data: { 'config.conf': text },
  });
}

async function replacePod(
  plane: ControlPlane,
  name: string,
  pod: {
    readonly labels: object;
    readonly node: string;
    readonly image: string;
    readonly isTerway?: true;
  },
): Promise<void> {
  await remove(plane, `${KUBE_SYSTEM}/pods/${name}`);
  const { labels, node, image, isTerway } = pod;
  expectStatus(
    await plane.raw('POST', `${KUBE_SYSTEM}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { nodeName: node, ...(isTerway ? terwayContainersOf(image) : containersOf(image)) },
    }),
    201,
  );
}

const terwayContainersOf = (image: string) => ({
  initContainers: [{ name: 'terway-init', image }],
  containers: [{ name: 'terway', image }],
});

const containersOf = (image: string) => ({
  initContainers: [{ name: 'probe', image }],
  containers: [{ name: 'main', image }],
});

async function apply(plane: ControlPlane, path: string, manifest: object): Promise<void> {
  const query = '?fieldManager=tests&force=true';
  const type = 'application/apply-patch+yaml';
  expectStatus(await plane.raw('PATCH', `${path}${query}`, manifest, type), 200, 201);
}

async function patchStatus(plane: ControlPlane, path: string, status: object): Promise<void> {
  const type = 'application/merge-patch+json';
  expectStatus(await plane.raw('PATCH', `${path}/status`, { status }, type), 200);
}

/** No kubelet is there that would confirm the end of a pod. */
async function remove(plane: ControlPlane, path: string): Promise<void> {
  expectStatus(await plane.raw('DELETE', `${path}?gracePeriodSeconds=0`), 200, 404);
}

function expectStatus({ status, body }: RawResponse, ...expected: readonly number[]): void {
  if (!expected.includes(status)) throw new Error(`the API server answered ${status}: ${body}`);
}
