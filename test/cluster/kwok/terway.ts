import { daemonSet } from '../cluster-contents.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { ask } from '../lab/api.ts';
import type { Data } from '../../support/config-maps.ts';
import { podStage } from './stages.ts';

/** Terway in a crowd, as kwok plays it. */

export const TERWAY_PODS = '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Dterway-eniip';
export const DAEMON_SETS = '/apis/apps/v1/namespaces/kube-system/daemonsets';
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps';

/** The pods of the checks connect to nothing here: the one that is to connect just ends well. */
export const CONNECTED = podStage(
  'check-connects',
  [
    { key: '.metadata.labels["app.kubernetes.io/component"]', operator: 'In', values: ['check'] },
    { key: '.spec.hostNetwork', operator: 'In', values: ['true'] },
  ],
  { phase: 'Succeeded' },
);

const TERWAY = {
  key: '.metadata.labels["app"]',
  operator: 'In',
  values: ['terway-eniip'],
} as const;

/** Terway's next pod on this node fails in its init container again and again. */
export const failingOn = (node: string) => unready('terway-fails', node, FAILED);
/** Terway's next pod on this node has not come further than its init container. */
export const heldOn = (node: string) => unready('terway-holds', node, RUNNING);

const FAILED = {
  restartCount: 3,
  state: {
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' },
  },
  lastState: { terminated: { exitCode: 1, message: 'exec terway-cli: type not found' } },
};
const RUNNING = { restartCount: 0, state: { running: {} } };

const unready = (name: string, node: string, init: object) =>
  podStage(name, [TERWAY, { key: '.spec.nodeName', operator: 'In', values: [node] }], {
    // kwok goes on with pods that are pending.
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False' }],
    initContainerStatuses: [
      { name: 'terway-init', image: 'terway:v1.15.2', imageID: '', ready: false, ...init },
    ],
  });

/** Terway's pods are ready, and their init containers ended at this time. */
export const startedAt = (time: Date) => podStage('terway-started', [TERWAY], readyStatus(time));

/** What a kubelet says of a Terway pod that is ready. */
export function readyStatus(time: Date) {
  const ended = time.toISOString();
  const image = { image: 'terway:v1.15.2', imageID: '', ready: true, restartCount: 0 };
  const terminated = { exitCode: 0, startedAt: ended, finishedAt: ended };
  return {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    initContainerStatuses: [{ name: 'terway-init', ...image, state: { terminated } }],
    containerStatuses: [{ name: 'terway', ...image, state: { running: {} } }],
  };
}

/** Writes eni-config: POST '' makes it, PUT '/eni-config' takes its place. */
export async function store(plane: ControlPlane, method: string, path: string, data: Data) {
  await ask(plane, method, `${CONFIG_MAPS}${path}`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'eni-config', namespace: 'kube-system' },
    data,
  });
}

/** The texts of eni-config. */
export const stored = async (plane: ControlPlane): Promise<Data> =>
  (await ask<{ data: Data }>(plane, 'GET', `${CONFIG_MAPS}/eni-config`)).data;

/** What is left of the checks' pods. */
export async function checkPods(plane: ControlPlane): Promise<string> {
  const own = ['-A', '-oname', '-lapp.kubernetes.io/component=check'];
  return (await plane.kubectl(['get', 'pods', ...own])).stdout;
}

export function terway() {
  const image = 'registry.example.com/acs/terway:v1.15.2';
  return daemonSet('terway-eniip', {
    hostNetwork: true,
    tolerations: [{ operator: 'Exists' }],
    terminationGracePeriodSeconds: 0,
    initContainers: [{ name: 'terway-init', image }],
    containers: [{ name: 'terway', image }],
  });
}
