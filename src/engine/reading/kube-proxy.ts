import { sourceClause, namesOf, originOf } from '../core/fact-text.ts';
import type { Facts } from '../core/facts.ts';
import { count } from '../text/text.ts';

/**
 * Why the iptables chain KUBE-MARK-MASQ is known to be missing, as the end of a sentence: ", as
 * there is no kube-proxy (...)", or " on 3 nodes without kube-proxy (...)"; undefined when nothing says so. Source:
 * kube-proxy makes it in its iptables and ipvs modes only.
 */
export function whyNoKubeMarks(facts: Facts): string | undefined {
  const { kubeProxyMode: mode, nodesWithoutKubeProxy: without } = facts;
  if (mode?.value === 'none') return `, as there is no kube-proxy${sourceClause(mode, facts)}`;
  if (mode?.value === 'nftables') {
    return `, as kube-proxy runs in nftables mode${sourceClause(mode, facts)}`;
  }
  if (!without || without.value.count === 0) return undefined;
  const nodes = `${count(without.value.count, 'node')} without kube-proxy`;
  return ` on ${nodes}${namesOf(without.value)}, ${originOf(without, facts)}`;
}

/** Whether kube-proxy is known to make KUBE-MARK-MASQ, and no node is known to be without it. */
export function hasKubeMarks(facts: Facts): boolean {
  const mode = facts.kubeProxyMode?.value;
  return (mode === 'iptables' || mode === 'ipvs') && whyNoKubeMarks(facts) === undefined;
}
