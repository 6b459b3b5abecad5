import { PODS } from './network.ts';
import type { Place } from './network.ts';

/** The configuration files of a node's three servers. All paths are the node's. */

const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
const CNI_FOLDER = '/etc/cni/net.d';
export const PLUGIN_FOLDER = '/opt/cni/bin';
export const AUTHORITY_FILE = '/etc/kubernetes/ca.crt';
/** Where containerd learns how registries are reached: a folder for each, with a hosts.toml. */
export const REGISTRIES_FOLDER = '/etc/containerd/certs.d';
export const KUBECONFIG_FOLDER = '/etc/kubernetes';

/** For containerd. */
export const CONTAINERD_CONFIG = `
version = 3
root = '/var/lib/containerd'
state = '/run/containerd'

[grpc]
  address = '${CONTAINERD_SOCKET}'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = 'pause:lab'

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '${REGISTRIES_FOLDER}'

[plugins.'io.containerd.cri.v1.runtime']
  # Without the right to lower it (CAP_SYS_RESOURCE) no sandbox would start.
  restrict_oom_score_adj = true

  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['${PLUGIN_FOLDER}']
    conf_dir = '${CNI_FOLDER}'

  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'
`;

/** What may differ between kubelets. */
export interface KubeletOptions {
  /** The cgroup of the node's pods, in every hierarchy. */
  readonly cgroup: string;
  /**
   * How often a kubelet looks at each of its pods, as a Go duration; with it the files of ConfigMaps
   * and Secrets follow their objects. Kubernetes' own default is a minute.
   */
  readonly syncFrequency: string;
}

/** For the kubelet (JSON, which is YAML). */
export function kubeletConfig({ address }: Place, { cgroup, syncFrequency }: KubeletOptions) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address,
    authentication: { x509: { clientCAFile: AUTHORITY_FILE } },
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    // This machine's disk and memory are not the node's own: nothing is evicted for them.
    evictionHard: { 'memory.available': '1Mi', 'nodefs.available': '1Mi' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    syncFrequency,
  };
}

/** For kube-proxy (JSON, which is YAML). In iptables mode it makes the chain KUBE-MARK-MASQ. */
export function kubeProxyConfig({ name }: Place) {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: `${KUBECONFIG_FOLDER}/kube-proxy` },
    hostnameOverride: name,
    mode: 'iptables',
    clusterCIDR: PODS,
    // These are settings of the whole machine.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
