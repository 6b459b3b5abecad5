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
  return Promise.all([
    controllerManagerOf(plane, binaries['kube-controller-manager'], [
      ...controllerManager,
      ...both,
    ]),
    daemonOf(plane, 'kube-scheduler', binaries['kube-scheduler'], both),
  ]);
}

/** The kube-controller-manager of a control plane, not started yet. */
export async function controllerManagerOf(
  plane: ControlPlane,
  program: string,
  flags: readonly string[] = [],
): Promise<Daemon> {
  return daemonOf(plane, 'kube-controller-manager', program, [
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${join(plane.dir, 'service-account.key')}`,
    `--root-ca-file=${join(plane.dir, 'ca.crt')}`,
    ...flags,
  ]);
}

async function daemonOf(
  plane: ControlPlane,
  name: string,
  program: string,
  flags: readonly string[],
): Promise<Daemon> {
  const kubeconfig = await plane.kubeconfigFor(`system:${name}`, []);
  const args = [`--kubeconfig=${kubeconfig}`, ...COMMON, ...flags];
  return new Daemon(name, program, args, join(plane.dir, `${name}.log`));
}
