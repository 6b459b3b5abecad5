import { createHash } from 'node:crypto';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { list, patch } from './api.ts';
import { createPod, deletePod, isReady, isTerminating, ownedBy } from './pods.ts';
import type { Deployment, Pod } from './objects.ts';

const HASH = 'pod-template-hash';

/**
 * Stands in for the Deployment controller: takes one step of each rolling update, within maxSurge and
 * maxUnavailable, and writes the status. Pods belong to the Deployment itself: there is no ReplicaSet.
 */
export async function syncDeployments(plane: ControlPlane, pods: readonly Pod[]): Promise<void> {
  for (const deployment of await list<Deployment>(plane, '/apis/apps/v1/deployments')) {
    await step(plane, deployment, ownedBy(pods, deployment));
  }
}

async function step(
  plane: ControlPlane,
  deployment: Deployment,
  pods: readonly Pod[],
): Promise<void> {
  const { metadata, spec } = deployment;
  if (metadata === undefined || spec === undefined) return;
  const { replicas = 1, minReadySeconds = 0, strategy } = spec;
  const maxSurge = absolute(strategy?.rollingUpdate?.maxSurge, replicas, Math.ceil);
  const maxUnavailable = absolute(strategy?.rollingUpdate?.maxUnavailable, replicas, Math.floor);
  const hash = createHash('sha256')
    .update(JSON.stringify(spec.template))
    .digest('hex')
    .slice(0, 10);
  const live = pods.filter((pod) => !isTerminating(pod));
  const fresh = live.filter(({ metadata: pod }) => pod?.labels?.[HASH] === hash);
  const old = live.filter((pod) => !fresh.includes(pod));
  const available = live.filter((pod) => isReady(pod, minReadySeconds));

  if (fresh.length < replicas && live.length < replicas + maxSurge) {
    await createPod(plane, deployment, 'Deployment', spec.template, { [HASH]: hash });
  }
  const surplus = [...old, ...fresh.slice(replicas)].sort(
    (a, b) => Number(isReady(a)) - Number(isReady(b)),
  )[0];
  const needed = replicas - maxUnavailable;
  const isSpare =
    surplus && available.filter((pod) => pod !== surplus).length >= Math.min(needed, replicas);
  if (isSpare === true) await deletePod(plane, surplus);

  const status = {
    observedGeneration: metadata.generation,
    replicas: live.length,
    updatedReplicas: fresh.length,
    readyReplicas: live.filter((pod) => isReady(pod)).length,
    availableReplicas: available.length,
    unavailableReplicas: Math.max(0, replicas - available.length),
  };
  const { name = '', namespace = '' } = metadata;
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const { status: before } = deployment;
  const hasChanged = Object.entries(status).some(
    ([key, value]) => (before?.[key as keyof typeof status] ?? 0) !== (value ?? 0),
  );
  if (hasChanged) await patch(plane, `${path}/status`, { status });
}

function absolute(
  value: number | string | undefined,
  replicas: number,
  round: (x: number) => number,
): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(value ?? '25%', 10) / 100) * replicas);
}
