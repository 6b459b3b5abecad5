import { CENTRAL_IPAM } from '../core/central-ipam.ts';
import type { FieldSpec } from './field.ts';

const DAEMON = 'AliyunContainerService/terway: types/daemon/config.go';
const BACKOFF = 'AliyunContainerService/terway: pkg/backoff/backoff.go';
const ACK = 'ACK: Customize Terway configuration parameters';

type Kind = FieldSpec['type'];

/** What Go has in a field that is absent, so that writing it asks for nothing. */
const ZERO: Readonly<Record<Kind, Pick<FieldSpec, 'neutralValue' | 'isNeutralEmpty'>>> = {
  string: { neutralValue: '' },
  boolean: { neutralValue: false },
  integer: { neutralValue: 0 },
  number: { neutralValue: 0 },
  object: { isNeutralEmpty: true },
  array: { isNeutralEmpty: true },
};

/**
 * A field that the daemon tells from an absent one whatever it holds, as Go has a pointer there; a
 * wrong type stops nodeconfig in the init container.
 */
const pointer = (
  type: Kind,
  since: string | undefined,
  meaning: string,
  more: Partial<FieldSpec> = {},
): FieldSpec => ({
  type,
  ...(since === undefined ? {} : { since }),
  effect: 'terway-start',
  meaning,
  source: DAEMON,
  ...more,
});

/** Any other field of the daemon's configuration. */
const field = (...[type, since, meaning, more]: Parameters<typeof pointer>): FieldSpec =>
  pointer(type, since, meaning, { ...ZERO[type], ...more });

const text: FieldSpec = field('string', undefined, 'Text.');
const textMap = { values: text };
const textList = { items: text };
const duration = { format: 'duration' } as const;

/** A time of a retry setting: Go reads a time.Duration from nanoseconds. */
const nanoseconds = (meaning: string, since?: string) =>
  field('integer', since, meaning, { isNanoseconds: true, source: BACKOFF });

/** What retries have settings for, in any release up to 1.17.5; the empty name is for all others. */
const BACKOFF_NAMES = [
  '',
  'eni_create',
  'eni_delete_confirm',
  'eni_ip_ops',
  'eni_ops',
  'eni_release',
  'meta_assign_private_ip',
  'meta_unassign_private_ip',
  'wait_ecs_hdeni_status',
  'wait_ecs_leni_status',
  'wait_eni_ip_removed',
  'wait_eni_status',
  'wait_hdeni_status',
  'wait_leni_status',
  'wait_member_eni_status',
  'wait_networkinterface_status',
  'wait_node_status',
  'wait_podeni_status',
  'wait_sts_token_ready',
];

/** Names in the letter case of Go: the struct has no JSON tags. */
const BACKOFF_FIELDS: Readonly<Record<string, FieldSpec>> = {
  InitialDelay: nanoseconds('Time before the first try, in nanoseconds.', '1.15.0'),
  Duration: nanoseconds('Time before the second try, in nanoseconds.'),
  Factor: field('number', undefined, 'What the time grows by.', { source: BACKOFF }),
  Jitter: field('number', undefined, 'Share of the time that is random.', { source: BACKOFF }),
  Steps: field('integer', undefined, 'Number of tries.', { source: BACKOFF }),
  Cap: nanoseconds('Longest time between tries, in nanoseconds.'),
};

const fixed = { protected: true, source: `${DAEMON}; ${ACK}` } as const;

/** How many security groups Terway takes, from which release on, and how many before. */
export const MAX_SECURITY_GROUPS = 10;
export const MANY_SECURITY_GROUPS_SINCE = '1.13.6';
export const FEW_SECURITY_GROUPS = 5;

/**
 * Members of `eni_conf`, Terway's daemon configuration. Values are secrets: messages about them
 * name the member and never what it holds.
 */
export const ENI_CONF_FIELDS: Readonly<Record<string, FieldSpec>> = {
  version: field('string', '0.1.0', 'Version of the format, "1".'),
  access_key: field('string', '0.1.0', 'Access key id (secret).'),
  access_secret: field('string', '0.1.0', 'Access key (secret).'),
  region_id: field('string', '1.5.7', 'Region.'),
  credential_path: field('string', '1.1.0', 'File with credentials.', fixed),
  service_cidr: field('string', '0.1.0', 'Service CIDRs, separated by commas.', fixed),
  vswitches: field('object', '1.0.10', 'Zone to list of vSwitch ids.', {
    values: field('array', undefined, 'vSwitch ids of a zone.', textList),
  }),
  eni_tags: field('object', '1.1.0', 'Tags of new ENIs.', { ...textMap, ...fixed }),
  max_pool_size: field('integer', '0.1.0', 'Most idle addresses kept (default 5).'),
  min_pool_size: field('integer', '0.1.0', 'Fewest idle addresses kept (default 0).'),
  ip_warm_up_size: field('integer', '1.16.4', 'Addresses made ready on a new node.'),
  idle_ip_reclaim_after: pointer('string', '1.16.0', 'Idle time before reclaim.', duration),
  idle_ip_reclaim_batch_size: pointer('integer', '1.16.0', 'Addresses per round (5).', {
    documentedRange: [1, 10],
    source: `${DAEMON}; ${ACK}`,
  }),
  idle_ip_reclaim_interval: pointer('string', '1.16.0', 'Time between rounds (10m).', duration),
  idle_ip_reclaim_jitter_factor: pointer('string', '1.16.0', 'Text with a number ("0.1").', {
    format: 'float',
    documentedRange: [0, 1],
    source: `${DAEMON}; ${ACK}`,
  }),
  min_eni: field('integer', '1.1.0', 'Fewest ENIs.'),
  max_eni: field('integer', '1.1.0', 'Most ENIs.'),
  prefix: field('string', '0.1.0', 'Name prefix.'),
  security_group: field('string', '0.1.0', 'Security group of new ENIs.'),
  security_groups: field(
    'array',
    '1.1.1',
    `Security groups of new ENIs: at most ${MAX_SECURITY_GROUPS}, before ${MANY_SECURITY_GROUPS_SINCE} ${FEW_SECURITY_GROUPS}.`,
    { ...textList, source: `${DAEMON}; ACK: Terway release notes` },
  ),
  eni_cap_ratio: field('number', '1.0.10', 'Share of the ENI limit to use (1).'),
  eni_cap_shift: field('integer', '1.1.0', 'ENIs to leave unused.'),
  vswitch_selection_policy: field('string', '1.1.0', 'Order in which vSwitches are used.', {
    // "most" is the name of a policy elsewhere, and acts as random here.
    acceptedValues: { values: ['ordered', 'random', ''], otherwise: 'random' },
  }),
  eni_selection_policy: field('string', '1.9.6', 'Which ENI gets the next pod.', {
    acceptedValues: { values: ['most_ips', 'least_ips', ''], otherwise: 'most_ips' },
  }),
  ip_stack: field('string', '1.1.0', 'ipv4 (default), dual or ipv6.', {
    ...fixed,
    defaultValue: 'ipv4',
    enum: ['ipv4', 'dual', 'ipv6', ''],
    enumUnreleasedAt: { ipv6: '1.17.5' },
    source: `${DAEMON}; ${ACK}; ipv6: read, not run, at commit b84d7fbd`,
  }),
  enable_eni_trunking: field('boolean', '1.1.0', 'Trunk ENIs.'),
  enable_eip_migrate: field('boolean', '1.6.0', 'Keep EIPs when pods move.', { until: '1.9.6' }),
  enable_eip_pool: field('string', '1.1.0', 'EIP pool, as text "true".', {
    until: '1.9.6',
    neutralValue: 'false',
  }),
  allow_eip_rob: field('string', '1.1.0', 'EIPs of other instances, as text "true".', {
    until: '1.9.6',
    neutralValue: 'false',
  }),
  eni_cap_policy: field('string', '1.2.0', 'Which ENIs the limit is for; preferTrunk or empty.', {
    until: '1.11.1',
  }),
  enable_erdma: field('boolean', '1.7.0', 'eRDMA.'),
  custom_stateful_workload_kinds: field('array', '1.1.0', 'Kinds with fixed addresses.', textList),
  ipam_type: field('string', '1.2.0', 'crd: a controller gives addresses to nodes.', {
    // A constant preferCRD is there too, which no release reads.
    acceptedValues: { values: [CENTRAL_IPAM, ''], otherwise: '' },
  }),
  backoff_override: field('object', '1.2.0', 'Retry settings by operation.', {
    names: BACKOFF_NAMES,
    values: field('object', undefined, 'Retry settings.', {
      fields: BACKOFF_FIELDS,
      source: BACKOFF,
    }),
  }),
  extra_routes: field('array', '1.2.1', 'Extra routes of pods.', {
    items: field('object', undefined, 'A route.', {
      fields: { dst: field('string', undefined, 'Destination in CIDR notation.') },
    }),
  }),
  disable_device_plugin: field('boolean', '1.3.0', 'No device plugin.'),
  kube_client_qps: field('number', '1.4.1', 'Client rate; only with kube_client_burst.', {
    single: true,
  }),
  kube_client_burst: field('integer', '1.4.1', 'Client burst; greater than kube_client_qps.'),
  eni_tag_filter: field('object', '1.5.5', 'Only ENIs with these tags.', textMap),
  eni_tag_block_list: field('array', undefined, 'ENIs with these tags are left alone.', {
    unreleasedAt: '1.17.5',
    source: `${DAEMON}; read, not run, at commit 89aadf8bbc19`,
    items: field('object', undefined, 'A tag.', { fields: { key: text, value: text } }),
  }),
  resource_group_id: field('string', '1.8.0', 'Resource group of new ENIs.'),
  rate_limit: field('object', '1.10.0', 'Calls per second by API.', {
    values: field('integer', undefined, 'Calls per second.'),
  }),
  enable_patch_pod_ips: pointer('boolean', '1.13.4', 'Write pod addresses to annotations.', {
    sinceOnLines: ['1.8.18', '1.9.16'],
    // Releases without the field do it always.
    neutralValue: true,
  }),
  ip_pool_sync_period: field('string', '1.15.0', 'Time between checks of the pool (120s).', {
    ...duration,
    withoutFormat: '120s',
  }),
  enable_ip_prefix: field('boolean', '1.17.1', 'Prefixes instead of addresses, on new nodes.'),
  ipv4_prefix_count: field('integer', '1.17.1', 'IPv4 prefixes of a node.'),
  ipv6_prefix_count: field('integer', '1.17.1', 'IPv6 prefixes of a node without IPv4, 0 or 1.'),
  wait_trunk_eni: field('boolean', '1.3.0', 'Removed.', { until: '1.9.6' }),
  disable_security_group_check: field('boolean', '1.3.0', 'Removed.', { until: '1.9.6' }),
};
