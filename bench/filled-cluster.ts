import { encodeProbeResult } from '../src/probe/result.ts';
import type { ControlPlane } from '../test/cluster/controlplane/control-plane.ts';

/** A cluster as large as they come: nodes, and on each a pod of the node probe and one of Terway. */

/** Requests under way at a time while the cluster is filled. */
const CONCURRENCY = 24;
const PODS = '/api/v1/namespaces/kube-system/pods';

const nodeName = (index: number) =>
  `cn-hangzhou.10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

/** Some 10 KB, most of it the images that a node lists, as on any node that has run for a while. */
function node(index: number): object {
  const images = Array.from({ length: 50 }, (_, image) => ({
    names: [
      `registry-vpc.cn-hangzhou.example.com/acs/component-${image}@sha256:${'0123456789abcdef'.repeat(4)}`,
      `registry-vpc.cn-hangzhou.example.com/acs/component-${image}:v1.${image}.0`,
    ],
    sizeBytes: 100_000_000 + image,
  }));
  return {
    metadata: { name: nodeName(index), labels: { 'kubernetes.io/os': 'linux' } },
    status: {
      nodeInfo: { kubeletVersion: index % 100 === 0 ? 'v1.33.3-aliyun.1' : 'v1.34.1-aliyun.1' },
      images,
    },
  };
}

export const RESULTS = ['v1.6.2', 'v1.7.1', 'v1.8.0'].map((version) =>
  encodeProbeResult({
    binaries: new Map(
      [
        'bandwidth',
        'bridge',
        'firewall',
        'host-local',
        'loopback',
        'portmap',
        'sbr',
        'tuning',
        'vrf',
      ].map((name) => [name, { version, specVersions: ['0.3.1', '0.4.0', '1.0.0'] }] as const),
    ),
  }),
);

const PROBE_IMAGE = 'registry-vpc.cn-hangzhou.example.com/acs/eni-config-guard:v1';
const PROBE_LABELS = {
  'app.kubernetes.io/name': 'eni-config-guard',
  'app.kubernetes.io/component': 'node-probe',
};
const PROBE_SPEC = {
  initContainers: [{ name: 'probe', image: PROBE_IMAGE }],
  containers: [{ name: 'pause', image: PROBE_IMAGE }],
};

/** Without it the results of pods do not count. */
const probeDaemonSet = () => ({
  metadata: { name: 'eni-config-guard-node-probe' },
  spec: {
    selector: { matchLabels: PROBE_LABELS },
    template: { metadata: { labels: PROBE_LABELS }, spec: PROBE_SPEC },
  },
});

const probePod = (index: number) => ({
  metadata: { name: `eni-config-guard-node-probe-${index}`, labels: PROBE_LABELS },
  spec: { nodeName: nodeName(index), ...PROBE_SPEC },
});

function probeStatus(index: number): object {
  const message = RESULTS[index % RESULTS.length];
  const time = new Date(1.7e12 + index * 1000).toISOString().replace('.000', '');
  const terminated = { exitCode: 0, startedAt: time, finishedAt: time, message };
  const status = { name: 'probe', image: '', imageID: '', ready: true, restartCount: 0 };
  return { status: { initContainerStatuses: [{ ...status, state: { terminated } }] } };
}

async function send(plane: ControlPlane, ...call: Parameters<ControlPlane['raw']>): Promise<void> {
  const { status, body } = await plane.raw(...call);
  if (status >= 300) throw new Error(`${call[1]}: ${body}`);
}

/** Fills the API server; with `terway` each node has a pod of Terway, too. */
export async function fillCluster(
  plane: ControlPlane,
  nodes: number,
  { terway = false } = {},
): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let index = next++; index < nodes; index = next++) {
      await send(plane, 'POST', '/api/v1/nodes', node(index));
      await makePod(
        plane,
        `eni-config-guard-node-probe-${index}`,
        probePod(index),
        probeStatus(index),
      );
      if (terway)
        await makePod(plane, `terway-eniip-${index}`, terwayPod(index), terwayStatus(index));
    }
  };
  await send(plane, 'POST', DAEMON_SETS, probeDaemonSet());
  if (terway) await send(plane, 'POST', DAEMON_SETS, terwayDaemonSet());
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

async function makePod(plane: ControlPlane, name: string, pod: object, status: object) {
  await send(plane, 'POST', PODS, pod);
  await send(plane, 'PATCH', `${PODS}/${name}/status`, status, 'application/merge-patch+json');
}

const DAEMON_SETS = '/apis/apps/v1/namespaces/kube-system/daemonsets';
const TERWAY_IMAGE = 'registry-vpc.cn-hangzhou.example.com/acs/terway:v1.15.2';
const TERWAY_LABELS = { app: 'terway-eniip' };

/** As much as Terway's chart writes: environment, mounts, volumes. */
const TERWAY_SPEC = (() => {
  const volumes = Array.from({ length: 16 }, (_, index) => ({
    name: `volume-${index}`,
    hostPath: { path: `/var/lib/terway/${index}`, type: 'DirectoryOrCreate' },
  }));
  const container = (name: string) => ({
    name,
    image: TERWAY_IMAGE,
    command: ['/usr/bin/terwayd', '-log-level', 'info', '-daemon-mode', 'ENIMultiIP'],
    env: Array.from({ length: 10 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'text' })),
    volumeMounts: volumes.map(({ name: volume }) => ({
      name: volume,
      mountPath: `/host/${volume}`,
    })),
    securityContext: { privileged: true },
  });
  return {
    hostNetwork: true,
    tolerations: [{ operator: 'Exists' }],
    initContainers: [container('terway-init')],
    containers: [container('terway'), container('policy')],
    volumes,
  };
})();

const terwayDaemonSet = () => ({
  metadata: { name: 'terway-eniip' },
  spec: {
    selector: { matchLabels: TERWAY_LABELS },
    template: { metadata: { labels: TERWAY_LABELS }, spec: TERWAY_SPEC },
  },
});

const terwayPod = (index: number) => ({
  metadata: {
    name: `terway-eniip-${index}`,
    labels: { ...TERWAY_LABELS, 'controller-revision-hash': '5d8c9f7b6d' },
  },
  spec: { ...TERWAY_SPEC, nodeName: nodeName(index) },
});

function terwayStatus(index: number): object {
  const time = new Date(1.7e12 + index * 1000).toISOString().replace('.000', '');
  const common = { image: TERWAY_IMAGE, imageID: TERWAY_IMAGE, ready: true, restartCount: 0 };
  const terminated = { exitCode: 0, startedAt: time, finishedAt: time, reason: 'Completed' };
  const status = { type: 'Ready', status: 'True', lastTransitionTime: time };
  const running = (name: string) => ({ name, ...common, state: { running: { startedAt: time } } });
  return {
    status: {
      phase: 'Running',
      conditions: [
        status,
        { ...status, type: 'PodReadyToStartContainers' },
        { ...status, type: 'Initialized' },
        { ...status, type: 'ContainersReady' },
        { ...status, type: 'PodScheduled' },
      ],
      initContainerStatuses: [{ name: 'terway-init', ...common, state: { terminated } }],
      containerStatuses: [running('terway'), running('policy')],
    },
  };
}
