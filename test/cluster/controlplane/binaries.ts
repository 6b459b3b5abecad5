import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { major } from 'semver';

import { withBuildLock } from '../../support/build-lock.ts';
import { buildProgram } from '../../support/go-build.ts';
import { run } from '../../support/output.ts';
import { cacheFolder } from '../../support/program-cache.ts';
import { programsFor } from '../../support/programs.ts';
import type { ProgramName } from '../../support/programs.ts';
import {
  DEFAULT_KUBERNETES_VERSION,
  requestedHelmMajor,
  requestedKubernetesVersion,
  versionIn,
  withinOneMinor,
} from '../../support/versions.ts';

/** Paths of the executable files of one control plane. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl: string;
  readonly helm: string;
  /** The release that kube-apiserver reports, without `v`. */
  readonly version: string;
}

/**
 * Finds the programs in $KUBEBUILDER_ASSETS, kubectl and helm also on PATH, then in the cache; builds
 * what is missing from Go modules into the cache: some minutes, once per release, told on stderr.
 *
 * The release is the one KUBERNETES_VERSION asks for; without it that of the kube-apiserver in
 * $KUBEBUILDER_ASSETS, else the default. A program that does not run, or is of an unfit release, is
 * passed over. HELM_MAJOR chooses between Helm 3 and 4. Rejects when something is missing and cannot be built.
 */
export async function findOrBuild(): Promise<Binaries> {
  const assets = foldersIn(process.env.KUBEBUILDER_ASSETS);
  const assetsAndPath = [...assets, ...foldersIn(process.env.PATH)];
  const requested = requestedKubernetesVersion();
  const helmMajor = requestedHelmMajor();

  const kubeApiserver = await find('kube-apiserver', assets, (version) =>
    requested === undefined ? true : version === requested,
  );
  const version = kubeApiserver?.version ?? requested ?? DEFAULT_KUBERNETES_VERSION;
  const etcd = await find('etcd', assets, () => true);
  const kubectl = await find('kubectl', assetsAndPath, (found) => withinOneMinor(found, version));
  const helm = await find('helm', assetsAndPath, (found) => major(found) === helmMajor);

  return {
    kubeApiserver: kubeApiserver?.path ?? (await cached('kube-apiserver', version)),
    etcd: etcd?.path ?? (await cached('etcd', version)),
    kubectl: kubectl?.path ?? (await cached('kubectl', version)),
    helm: helm?.path ?? (await cached(helmMajor === 4 ? 'helm4' : 'helm', version)),
    version,
  };
}

/** Path of Helm 4, for a control plane of this release (without `v`), in the cache or built into it. */
export const findOrBuildHelm4 = (version: string): Promise<string> => cached('helm4', version);

/** What a cluster runs besides its control plane, in order: each of the API server's own release. */
const CLUSTER_PROGRAMS = [
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const satisfies readonly ProgramName[];

/** Paths of the programs that make a cluster of a control plane. */
export type ClusterBinaries = Readonly<Record<(typeof CLUSTER_PROGRAMS)[number], string>>;

/**
 * Finds these programs of this Kubernetes release (without `v`) in $KUBEBUILDER_ASSETS, then in the
 * cache, or builds them as {@link findOrBuild} does.
 */
export async function findOrBuildCluster(version: string): Promise<ClusterBinaries> {
  const paths: Partial<Record<ProgramName, string>> = {};
  for (const name of CLUSTER_PROGRAMS) paths[name] = await findOrBuildOne(name, version);
  return paths as ClusterBinaries;
}

/** Path of the kube-controller-manager of this Kubernetes release (without `v`), had in the same way. */
export const findOrBuildControllerManager = (version: string): Promise<string> =>
  findOrBuildOne('kube-controller-manager', version);

async function findOrBuildOne(name: ProgramName, version: string): Promise<string> {
  const assets = foldersIn(process.env.KUBEBUILDER_ASSETS);
  const found = await find(name, assets, (itsVersion) => itsVersion === version);
  return found?.path ?? (await cached(name, version));
}

const versionCommands: Partial<Record<ProgramName, readonly string[]>> = {
  kubectl: ['version', '--client'],
  helm: ['version', '--short'],
};

interface Found {
  readonly path: string;
  readonly version: string;
}

function foldersIn(list: string | undefined): string[] {
  return (list ?? '').split(delimiter).filter((folder) => folder !== '');
}

async function find(
  name: ProgramName,
  folders: readonly string[],
  isFit: (version: string) => boolean,
): Promise<Found | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const version = await reportedVersion(name, path);
    if (version !== undefined && isFit(version)) return { path, version };
  }
  return undefined;
}

async function reportedVersion(name: ProgramName, path: string): Promise<string | undefined> {
  const output = await run(path, versionCommands[name] ?? ['--version']).catch(() => undefined);
  return output?.code === 0 ? versionIn(output.stdout) : undefined;
}

async function cached(name: ProgramName, kubernetesVersion: string): Promise<string> {
  const folder = cacheFolder('controlplane', kubernetesVersion);
  const path = join(folder, name);
  if (await isExecutable(path)) return path;

  await mkdir(folder, { recursive: true });
  const onWait = () => {
    tell(`waiting for another process that builds the control plane in ${folder}`);
  };
  await withBuildLock(join(folder, '.lock'), onWait, async () => {
    if (await isExecutable(path)) return;
    const program = programsFor(kubernetesVersion)[name];
    tell(`building ${name} ${program.version} from source, once, into ${folder} (minutes)`);
    const start = performance.now();
    await buildProgram(program, path);
    tell(`built ${name} in ${String(Math.round((performance.now() - start) / 1000))} s`);
  });
  return path;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

// stderr: tap owns stdout.
function tell(line: string): void {
  process.stderr.write(`control plane: ${line}\n`);
}
