import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { findOrBuildPrograms } from '../../support/program-cache.ts';
import { findOrBuild, findOrBuildCluster } from '../controlplane/binaries.ts';
import type { ClusterBinaries } from '../controlplane/binaries.ts';

const MODULE = 'github.com/containerd/containerd/v2';
/** The release of containerd that is built. */
const VERSION = '2.1.4';
const NAMES = ['containerd', 'containerd-shim-runc-v2', 'ctr'];

/** Paths of the programs that the lab runs. */
export interface LabBinaries {
  readonly cluster: ClusterBinaries;
  /** containerd, its shim and its client. */
  readonly containerd: readonly string[];
}

/**
 * Finds the programs in $KUBEBUILDER_ASSETS, then in the cache, or builds them: a quarter of an hour
 * on two cores, once per release, told on stderr.
 */
export async function findOrBuildLab(): Promise<LabBinaries> {
  const { version } = await findOrBuild();
  return { cluster: await findOrBuildCluster(version), containerd: await findOrBuildContainerd() };
}

async function findOrBuildContainerd(): Promise<string[]> {
  const assets = (process.env.KUBEBUILDER_ASSETS ?? '').split(delimiter).filter(Boolean);
  for (const folder of assets) {
    const files = NAMES.map((name) => join(folder, name));
    const checks = await Promise.allSettled(files.map((file) => access(file, constants.X_OK)));
    if (checks.every(({ status }) => status === 'fulfilled')) return files;
  }
  const folder = await findOrBuildPrograms('containerd', {
    module: MODULE,
    version: VERSION,
    packages: NAMES.map((name) => `${MODULE}/cmd/${name}`),
    variables: {},
    // Of file systems only overlayfs is used; the others take C libraries.
    tags: ['no_btrfs', 'no_devmapper', 'no_zfs'],
  });
  return NAMES.map((name) => join(folder, name));
}
