import { join } from 'node:path';

import type { ControlPlane } from '../controlplane/control-plane.ts';
import { Daemon } from '../controlplane/daemon.ts';
import type { ClusterBinaries } from '../controlplane/binaries.ts';

const COMMON = ['--leader-elect=false', '--secure-port=0'];

/** Further flags. */
export interface ControllerFlags {
  readonly both?: readonly string[];
  readonly controllerManager?: readonly string[];
}

/** kube-controller-manager and kube-scheduler of a control plane, not started yet. */
export async function controllersOf(
  plane: ControlPlane,
  binaries: ClusterBinaries,
  { both = [], controllerManager = [] }: ControllerFlags = {},
): Promise<Daemon[]> {
  const daemon = async (
    name: 'kube-controller-manager' | 'kube-scheduler',
    flags: readonly string[],
  ) => {
    const kubeconfig = await plane.kubeconfigFor(`system:${name}`, []);
    const args = [`--kubeconfig=${kubeconfig}`, ...COMMON, ...flags, ...both];
    return new Daemon(name, binaries[name], args, join(plane.dir, `${name}.log`));
  };
  return Promise.all([
    daemon('kube-controller-manager', [
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${join(plane.dir, 'service-account.key')}`,
      `--root-ca-file=${join(plane.dir, 'ca.crt')}`,
      ...controllerManager,
    ]),
    daemon('kube-scheduler', []),
  ]);
}
