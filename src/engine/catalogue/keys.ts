/** The keys of the guarded object that a program reads, as data. */

/** One key of `data`. */
export interface KeySpec {
  readonly key: string;
  readonly meaning: string;
  readonly source: string;
}

const COMMON = 'AliyunContainerService/terway: cmd/terway-cli/common.go';
const CNI_CHAIN_SOURCE =
  'AliyunContainerService/terway at 1a4532b7ef5f63f29dc932ca92431fecdd96eadc: ' +
  'cmd/terway-cli/{common,cni}.go and the page on custom CNI chains';
const CHART = 'AliyunContainerService/terway: charts/terway/templates/terwayd/daemonset.yaml';

const KEYS: readonly KeySpec[] = [
  { key: '10-terway.conf', meaning: "ACK's own plugin entry.", source: COMMON },
  { key: '10-terway.conflist', meaning: 'The chain of plugins.', source: COMMON },
  { key: 'eni_conf', meaning: 'Configuration of the daemon.', source: COMMON },
  { key: 'disable_network_policy', meaning: 'NetworkPolicy off or on.', source: COMMON },
  { key: 'in_cluster_loadbalance', meaning: 'Load balancing by cilium.', source: COMMON },
  {
    key: 'cni_chain',
    meaning: 'List of plugins, in YAML, that replaces the chain in Terway newer than 1.17.5.',
    source: `${CNI_CHAIN_SOURCE}; read, not run`,
  },
  { key: 'felix_relay_service', meaning: 'Typha service of Calico policy.', source: CHART },
  { key: 'static-rules.json', meaning: 'Rules of Windows nodes.', source: CHART },
];

export const KEY_NAMES: readonly string[] = KEYS.map(({ key }) => key);
