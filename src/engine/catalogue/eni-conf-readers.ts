/**
 * Who reads which member of `eni_conf` on a node, and from where, as of Terway 1.17.5. Sources:
 * hack/init.sh, cmd/terway-cli/node.go, daemon/{builder,config,daemon}.go, pkg/k8s/k8s.go,
 * pkg/eni/node_reconcile.go, pkg/controller/pod/pod_controller.go, pkg/controller/webhook/mutating.go
 * and types/daemon/config.go.
 */

/**
 * How the addresses of a node are kept, as its daemon decides by `ipam_type` of eni-config: in a pool
 * of the node's own, or by a controller.
 */
export type Ipam = 'own-pool' | 'central';

/**
 * `init`: the init container; `daemon`: the daemon at its start; `node`: the daemon at each look at its
 * node, without a restart; `pod`: the controller for each new pod that needs an ENI or lacks a vSwitch.
 */
export type Reader = 'init' | 'daemon' | 'node' | 'pod';

/** Who reads a member. */
export interface MemberReaders {
  /** In eni-config itself, whatever is merged over it. */
  readonly base?: readonly Reader[];
  /** In what is merged for the node. */
  readonly merged?: readonly Reader[];
}

type Table = Readonly<Record<string, MemberReaders>>;

const DAEMON = { merged: ['daemon'] } as const;
const NODE = { merged: ['node'] } as const;
const BASE_DAEMON = { base: ['daemon'] } as const;

/** The daemon makes its client and its service before it merges. */
const BASE_ONLY: Table = {
  service_cidr: BASE_DAEMON,
  kube_client_qps: BASE_DAEMON,
  kube_client_burst: BASE_DAEMON,
  enable_patch_pod_ips: BASE_DAEMON,
};

const OWN_POOL: Table = {
  ...BASE_ONLY,
  ...Object.fromEntries(
    [
      'access_key',
      'access_secret',
      'credential_path',
      'vswitches',
      'eni_tags',
      'max_pool_size',
      'min_pool_size',
      'idle_ip_reclaim_after',
      'idle_ip_reclaim_batch_size',
      'idle_ip_reclaim_interval',
      'idle_ip_reclaim_jitter_factor',
      'min_eni',
      'max_eni',
      'security_group',
      'security_groups',
      'eni_cap_ratio',
      'eni_cap_shift',
      'vswitch_selection_policy',
      'eni_selection_policy',
      'enable_eni_trunking',
      'custom_stateful_workload_kinds',
      'backoff_override',
      'disable_device_plugin',
      'eni_tag_filter',
      'resource_group_id',
      'rate_limit',
      'ip_pool_sync_period',
    ].map((name) => [name, DAEMON]),
  ),
  ip_stack: { base: ['init'], merged: ['daemon'] },
  // Which service runs is decided by eni-config; the pool of that by what is merged.
  ipam_type: { base: ['daemon'], merged: ['daemon'] },
  enable_erdma: { base: ['init', 'daemon'], merged: ['daemon'] },
};

/** The webhook of the controller asks for no node, so it takes eni-config's. */
const PODS = { base: ['pod'], merged: ['node', 'pod'] } as const;

const CENTRAL: Table = {
  ...BASE_ONLY,
  ...Object.fromEntries(
    [
      'eni_tags',
      'max_pool_size',
      'min_pool_size',
      'ip_warm_up_size',
      'idle_ip_reclaim_after',
      'idle_ip_reclaim_batch_size',
      'idle_ip_reclaim_interval',
      'idle_ip_reclaim_jitter_factor',
      'vswitch_selection_policy',
      'enable_eni_trunking',
      'eni_tag_filter',
      'resource_group_id',
      'ipv4_prefix_count',
      'ip_pool_sync_period',
    ].map((name) => [name, NODE]),
  ),
  ip_stack: { base: ['init', 'daemon'], merged: ['node'] },
  ipam_type: BASE_DAEMON,
  enable_erdma: { base: ['init', 'daemon'], merged: ['node'] },
  eni_selection_policy: DAEMON,
  enable_ip_prefix: { merged: ['daemon', 'node'] },
  ipv6_prefix_count: { merged: ['daemon', 'node'] },
  vswitches: PODS,
  security_group: PODS,
  security_groups: PODS,
};

const TABLES: Readonly<Record<Ipam, Table>> = { 'own-pool': OWN_POOL, central: CENTRAL };

const FOR_PODS = ['vswitches', 'security_group', 'security_groups'];

/** Set to 0 on nodes in exclusive-ENI mode, which keep no addresses in stock. */
const WITHOUT_STOCK = ['max_pool_size', 'min_pool_size', 'min_eni'];

/** Who reads the member on a node; neither of the two where nothing does. */
export function readersOf(name: string, ipam: Ipam, isExclusiveEni = false): MemberReaders {
  if (isExclusiveEni && WITHOUT_STOCK.includes(name)) return {};
  const table = TABLES[ipam];
  const readers = Object.hasOwn(table, name) ? (table[name] ?? {}) : {};
  if (!isExclusiveEni || ipam === 'central' || !FOR_PODS.includes(name)) return readers;
  return { ...readers, merged: [...(readers.merged ?? []), 'pod'] };
}

/** What the daemon takes where a member is absent, as JSON has it. */
export const DAEMON_DEFAULTS: Readonly<Record<string, string | number | boolean>> = {
  ip_stack: 'ipv4',
  eni_cap_ratio: 1,
  vswitch_selection_policy: 'random',
  eni_selection_policy: 'most_ips',
  enable_patch_pod_ips: true,
  idle_ip_reclaim_batch_size: 5,
  idle_ip_reclaim_interval: '10m',
  idle_ip_reclaim_jitter_factor: '0.1',
  ip_pool_sync_period: '120s',
};

const WHO: Readonly<Record<Reader, string>> = {
  init: 'the init container',
  daemon: 'the daemon',
  node: 'the daemon',
  pod: 'the controller',
};

/** What becomes of a member that is set in an overlay and does not act, or not everywhere. */
export interface Loss {
  /** The end of a sentence that begins with the member. */
  readonly how: string;
  readonly why: string;
}

/** The loss of a member in an overlay; undefined where it acts. */
export function lossInOverlay(name: string, ipam: Ipam): Loss | undefined {
  if (name === 'enable_ip_prefix') {
    return { how: 'has no effect on nodes that are there', why: 'it counts for nodes that join' };
  }
  const { base = [], merged = [] } = readersOf(name, ipam);
  const who = [...new Set(base.map((reader) => WHO[reader]))];
  if (who.length === 0 || base.includes('pod')) return undefined;
  return {
    how: merged.length === 0 ? 'has no effect here' : 'acts by half here',
    why: `${who.join(' and ')} ${who.length === 1 ? 'takes' : 'take'} it from eni-config's eni_conf`,
  };
}

/** Whether nothing reads the member, however addresses are kept. */
export const isReadNowhere = (name: string): boolean =>
  !Object.hasOwn(OWN_POOL, name) && !Object.hasOwn(CENTRAL, name);
