import { parse } from 'semver';

import { ETCD_VERSION, HELM_4_VERSION, HELM_VERSION } from './versions.ts';

/** A program of a cluster that comes out of a Go module alone, by the name of its executable file. */
export type ProgramName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kubectl'
  | 'helm'
  | 'helm4'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy';

/** How to get a program out of a Go module. */
export interface Program {
  readonly name: ProgramName;
  readonly module: string;
  /** Module version with its leading `v`. */
  readonly version: string;
  /** The main package. */
  readonly package: string;
  /** String variables set at link time, given the text of the module's own go.mod. */
  readonly variables: (goMod: string) => Record<string, string>;
}

/** The programs that make a cluster of this Kubernetes release (without `v`), but for its containers. */
export function programsFor(kubernetesVersion: string): Record<ProgramName, Program> {
  const kubernetes = (name: ProgramName): Program => ({
    name,
    module: 'k8s.io/kubernetes',
    version: `v${kubernetesVersion}`,
    package: `k8s.io/kubernetes/cmd/${name}`,
    variables: () => kubernetesVariables(kubernetesVersion),
  });
  return {
    etcd: {
      name: 'etcd',
      module: 'go.etcd.io/etcd/server/v3',
      version: `v${ETCD_VERSION}`,
      package: 'go.etcd.io/etcd/server/v3',
      variables: () => ({}),
    },
    'kube-apiserver': kubernetes('kube-apiserver'),
    kubectl: kubernetes('kubectl'),
    'kube-controller-manager': kubernetes('kube-controller-manager'),
    'kube-scheduler': kubernetes('kube-scheduler'),
    kubelet: kubernetes('kubelet'),
    'kube-proxy': kubernetes('kube-proxy'),
    helm: {
      name: 'helm',
      module: 'helm.sh/helm/v3',
      version: `v${HELM_VERSION}`,
      package: 'helm.sh/helm/v3/cmd/helm',
      variables: helmVariables,
    },
    helm4: {
      name: 'helm4',
      module: 'helm.sh/helm/v4',
      version: `v${HELM_4_VERSION}`,
      package: 'helm.sh/helm/v4/cmd/helm',
      // It reads the release of its client library from what Go builds in.
      variables: () => ({ 'helm.sh/helm/v4/internal/version.version': `v${HELM_4_VERSION}` }),
    },
  };
}

// Without these a program says v0.0.0-master, and kubectl warns of a version skew.
function kubernetesVariables(version: string): Record<string, string> {
  const { major, minor } = parse(version, {}, true);
  const values = { gitVersion: `v${version}`, gitMajor: String(major), gitMinor: String(minor) };
  return Object.fromEntries(
    ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) =>
      Object.entries(values).map(([name, value]) => [`${path}.${name}`, value]),
    ),
  );
}

// `helm template` and `helm lint` assume a cluster of the release of Helm's own client library. When
// it is not linked in they assume Kubernetes 1.20 and refuse charts that ask for a newer one.
function helmVariables(goMod: string): Record<string, string> {
  const minor = /^\s*k8s\.io\/client-go v0\.(\d+)\./m.exec(goMod)?.[1];
  if (minor === undefined) throw new Error("Helm's go.mod does not require k8s.io/client-go v0.x");
  return {
    'helm.sh/helm/v3/internal/version.version': `v${HELM_VERSION}`,
    'helm.sh/helm/v3/internal/version.metadata': '',
    ...Object.fromEntries(
      ['helm.sh/helm/v3/pkg/chartutil', 'helm.sh/helm/v3/pkg/lint/rules'].flatMap((path) => [
        [`${path}.k8sVersionMajor`, '1'],
        [`${path}.k8sVersionMinor`, minor],
      ]),
    ),
  };
}
