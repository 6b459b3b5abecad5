import { createHash } from 'node:crypto';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { list, report } from './api.ts';
import type { Deployment, Pod, ReplicaSet } from './objects.ts';
import { createPod, deletePod, isReady, isTerminating, ownedBy } from './pods.ts';

const HASH = 'pod-template-hash';

/**
 * Stands in for the controllers of Deployments and ReplicaSets: takes one step of each rolling update,
 * within maxSurge and maxUnavailable, and writes what has come of it to their status.
 */
export async function syncDeployments(plane: ControlPlane, pods: readonly Pod[]): Promise<void> {
  const deployments = await list<Deployment>(plane, '/apis/apps/v1/deployments');
  if (deployments.length === 0) return;
  const replicaSets = await list<ReplicaSet>(plane, '/apis/apps/v1/replicasets');
  for (const deployment of deployments) {
    await step(plane, deployment, replicaSetsOf(deployment, replicaSets), pods);
  }
}

async function step(
  plane: ControlPlane,
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
  pods: readonly Pod[],
): Promise<void> {
  const { metadata, spec } = deployment;
  if (metadata === undefined || spec === undefined) return;
  const { replicas = 1, minReadySeconds = 0, strategy } = spec;
  const { name = '', namespace = '' } = metadata;
  const hash = createHash('sha256')
    .update(JSON.stringify(spec.template))
    .digest('hex')
    .slice(0, 10);
  const current = replicaSets.find((one) => one.metadata?.name === `${name}-${hash}`);
  if (current === undefined) return createReplicaSet(plane, deployment, hash);

  const isLive = (pod: Pod) => !isTerminating(pod);
  const fresh = ownedBy(pods, current).filter(isLive);
  const live = replicaSets.flatMap((one) => ownedBy(pods, one)).filter(isLive);
  const available = live.filter((pod) => isReady(pod, minReadySeconds));
  const maxSurge = absolute(strategy?.rollingUpdate?.maxSurge, replicas, Math.ceil);
  const maxUnavailable = absolute(strategy?.rollingUpdate?.maxUnavailable, replicas, Math.floor);
  if (fresh.length < replicas && live.length < replicas + maxSurge) {
    await createPod(plane, current, 'ReplicaSet', current.spec?.template);
  }
  const old = live.filter((pod) => !fresh.includes(pod));
  const [surplus] = [...old, ...fresh.slice(replicas)].sort(
    (a, b) => Number(isReady(a)) - Number(isReady(b)),
  );
  const others = available.filter((pod) => pod !== surplus).length;
  if (surplus && others >= replicas - maxUnavailable) await deletePod(plane, surplus);

  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  await report(plane, path, deployment.status, {
    observedGeneration: metadata.generation ?? 0,
    replicas: live.length,
    updatedReplicas: fresh.length,
    readyReplicas: live.filter((pod) => isReady(pod)).length,
    availableReplicas: available.length,
    unavailableReplicas: Math.max(0, replicas - available.length),
  });
  for (const replicaSet of replicaSets) await reportReplicaSet(plane, replicaSet, pods);
}

const replicaSetsOf = ({ metadata }: Deployment, all: readonly ReplicaSet[]) =>
  all.filter((one) => one.metadata?.ownerReferences?.[0]?.uid === metadata?.uid);

async function createReplicaSet(
  plane: ControlPlane,
  { metadata, spec }: Deployment,
  hash: string,
): Promise<void> {
  const { name = '', namespace = '', uid } = metadata ?? {};
  const { template, selector, replicas } = spec ?? {};
  const labels = { ...template?.metadata?.labels, [HASH]: hash };
  await plane.raw('POST', `/apis/apps/v1/namespaces/${namespace}/replicasets`, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      labels,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
    },
    spec: {
      replicas,
      selector: { matchLabels: { ...selector?.matchLabels, [HASH]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  });
}

async function reportReplicaSet(
  plane: ControlPlane,
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
): Promise<void> {
  const { name = '', namespace = '', generation = 0 } = replicaSet.metadata ?? {};
  const live = ownedBy(pods, replicaSet).filter((pod) => !isTerminating(pod));
  const ready = live.filter((pod) => isReady(pod)).length;
  const path = `/apis/apps/v1/namespaces/${namespace}/replicasets/${name}`;
  await report(plane, path, replicaSet.status, {
    observedGeneration: generation,
    replicas: live.length,
    readyReplicas: ready,
    availableReplicas: ready,
  });
}

function absolute(
  value: number | string | undefined,
  replicas: number,
  round: (x: number) => number,
): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(value ?? '25%', 10) / 100) * replicas);
}
