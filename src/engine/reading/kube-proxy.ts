import type { Facts } from '../core/facts.ts';

/**
 * Whether the iptables chain KUBE-MARK-MASQ is known to be on every node. Source: kube-proxy makes it
 * in its iptables and ipvs modes only.
 */
export function hasKubeMarks({ kubeProxyMode, nodesWithoutKubeProxy: without }: Facts): boolean {
  const mode = kubeProxyMode?.value;
  return (mode === 'iptables' || mode === 'ipvs') && (without?.value.count ?? 0) === 0;
}
