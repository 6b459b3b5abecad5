import { randomBytes } from 'node:crypto';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { ask } from './api.ts';
import type { ObjectMeta, Pod, PodTemplate } from './objects.ts';

/** An object that owns pods. */
export interface Owner {
  readonly metadata?: ObjectMeta;
}

/** The pods that say they belong to this object. */
export function ownedBy(pods: readonly Pod[], { metadata }: Owner): Pod[] {
  return pods.filter((pod) =>
    (pod.metadata?.ownerReferences ?? []).some(({ uid }) => uid === metadata?.uid),
  );
}

/** Whether a pod has been ready for this long. */
export function isReady({ status }: Pod, seconds = 0): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return false;
  const since = new Date(ready.lastTransitionTime ?? 0).getTime();
  return Date.now() - since >= seconds * 1000;
}

/** Whether a pod is on its way out. */
export function isTerminating({ metadata }: Pod): boolean {
  return metadata?.deletionTimestamp !== undefined;
}

/** Makes a pod from an owner's template; the scheduler's stand-in finds it a node unless one is named. */
export async function createPod(
  plane: ControlPlane,
  { metadata }: Owner,
  kind: 'ReplicaSet' | 'DaemonSet' | 'Job',
  template: PodTemplate | undefined,
  labels: Readonly<Record<string, string>> = {},
  nodeName?: string,
): Promise<void> {
  const { name = '', namespace = '', uid } = metadata ?? {};
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template?.metadata,
      name: `${name}-${randomBytes(3).toString('hex')}`,
      labels: { ...template?.metadata?.labels, ...labels },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
    spec: { ...template?.spec, ...(nodeName !== undefined && { nodeName }) },
  };
  await ask(plane, 'POST', `/api/v1/namespaces/${namespace}/pods`, pod);
}

/** Asks for a pod's end; its kubelet's stand-in does the rest. */
export async function deletePod(plane: ControlPlane, { metadata }: Pod): Promise<void> {
  const path = `/api/v1/namespaces/${metadata?.namespace ?? ''}/pods/${metadata?.name ?? ''}`;
  await plane.raw('DELETE', path);
}
