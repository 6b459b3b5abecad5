/**
 * How the pods of a node get their network: by the chain of eni-config, by an ENI each, by Terway for
 * Windows, or not from a node at all.
 */
export type NetworkMode = 'chain' | 'exclusive-eni' | 'windows' | 'virtual';

const EXCLUSIVE_ENI = 'k8s.aliyun.com/exclusive-mode-eni-type';

/**
 * The mode of a node by its labels: Terway's DaemonSet is for Linux, and a virtual node has no network
 * of its own. Sources: Terway's tests, Kubernetes' well-known labels.
 */
export function networkModeOf(labels: Readonly<Record<string, string>>): NetworkMode {
  if (labels['kubernetes.io/os'] === 'windows') return 'windows';
  if (labels.type === 'virtual-kubelet') return 'virtual';
  return labels[EXCLUSIVE_ENI]?.toLowerCase() === 'enionly' ? 'exclusive-eni' : 'chain';
}
