import { startControlPlane } from './controlplane/start.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startGuard } from './guard.ts';
import type { Guard, GuardConfig } from './guard.ts';
import { GuardedCluster } from './guarded-cluster.ts';

/** What the guard may do in the cluster, and no more: two questions. */
const GUARD_USER = 'eni-config-guard';
const GUARD_RIGHTS = [
  'create clusterrole guard-asks --verb=create --resource=subjectaccessreviews.authorization.k8s.io',
  `create clusterrolebinding guard-asks --clusterrole=guard-asks --user=${GUARD_USER}`,
  'create role guard-reads -n kube-system --verb=get --resource=configmaps --resource-name=eni-config',
  `create rolebinding guard-reads -n kube-system --role=guard-reads --user=${GUARD_USER}`,
];

/** Lets a user write ConfigMaps and DaemonSets of kube-system; the guard decides on the rest. */
export async function allowEditing(plane: ControlPlane, user: string): Promise<string> {
  const name = `edits-${user.replaceAll(/[^a-z.-]/g, '-')}`;
  const verbs = 'get,list,create,update,patch,delete';
  const resources = 'configmaps,daemonsets.apps';
  await kubectl(
    plane,
    `create role ${name} -n kube-system --verb=${verbs} --resource=${resources}`,
  );
  await kubectl(plane, `create rolebinding ${name} -n kube-system --role=${name} --user=${user}`);
  return plane.kubeconfigFor(user, []);
}

/** Like `startGuardedCluster`, with a guard that may put its questions to the API server. */
export async function startAskingCluster(config?: GuardConfig): Promise<GuardedCluster> {
  const plane = await startControlPlane();
  try {
    for (const right of GUARD_RIGHTS) await kubectl(plane, right);
    const cluster = new GuardedCluster(plane, await startAskingGuard(plane, config));
    await cluster.register();
    return cluster;
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

/** A guard with the account of the cluster's guard, or of another user. */
export async function startAskingGuard(
  plane: ControlPlane,
  config?: GuardConfig,
  user = GUARD_USER,
): Promise<Guard> {
  return startGuard(config, { env: { KUBECONFIG: await plane.kubeconfigFor(user, []) } });
}

async function kubectl(plane: ControlPlane, line: string): Promise<void> {
  const { code, stderr } = await plane.kubectl(line.split(' '));
  if (code !== 0) throw new Error(stderr);
}
