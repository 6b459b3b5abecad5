import type { FieldSpec } from './field.ts';

const DAEMON = 'AliyunContainerService/terway: types/daemon/config.go';
const ACK = 'ACK: Customize Terway configuration parameters';

type Kind = FieldSpec['type'];

/** A field of the daemon's configuration; a wrong type stops nodeconfig in the init container. */
const field = (
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

const text: FieldSpec = field('string', undefined, 'Text.');
const textMap = { values: text };
const textList = { items: text };
const duration = { format: 'duration' } as const;
const fixed = { protected: true, source: `${DAEMON}; ${ACK}` } as const;

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
  ip_warm_up_size: field('integer', '1.16.4', 'Addresses made ready at start.'),
  idle_ip_reclaim_after: field('string', '1.16.0', 'Idle time before reclaim.', duration),
  idle_ip_reclaim_batch_size: field('integer', '1.16.0', 'Addresses per round, 1 to 10.', {
    max: 10,
  }),
  idle_ip_reclaim_interval: field('string', '1.16.0', 'Time between rounds (10m).', duration),
  idle_ip_reclaim_jitter_factor: field('string', '1.16.0', 'Text with a number from 0 to 1.', {
    format: 'fraction',
  }),
  min_eni: field('integer', '1.1.0', 'Fewest ENIs.'),
  max_eni: field('integer', '1.1.0', 'Most ENIs.'),
  prefix: field('string', '0.1.0', 'Name prefix.'),
  security_group: field('string', '0.1.0', 'Security group of new ENIs.'),
  security_groups: field('array', '1.1.1', 'Security groups of new ENIs, at most 10.', textList),
  eni_cap_ratio: field('number', '1.0.10', 'Share of the ENI limit to use (1).'),
  eni_cap_shift: field('integer', '1.1.0', 'ENIs to leave unused.'),
  vswitch_selection_policy: field('string', '1.1.0', 'Order in which vSwitches are used.', {
    // "most" is the name of a policy elsewhere, and acts as random here.
    acceptedValues: { values: ['ordered', 'random', ''], otherwise: 'random' },
  }),
  eni_selection_policy: field('string', '1.9.6', 'Which ENI gets the next pod.', {
    acceptedValues: { values: ['most_ips', 'least_ips', ''], otherwise: 'most_ips' },
  }),
  ip_stack: field('string', '1.1.0', 'ipv4 (default) or dual.', {
    ...fixed,
    enum: ['ipv4', 'dual', ''],
  }),
  enable_eni_trunking: field('boolean', '1.1.0', 'Trunk ENIs.', { neutralValue: false }),
  enable_eip_migrate: field('boolean', undefined, 'Keep EIPs when pods move.', { source: ACK }),
  enable_eip_pool: field('string', undefined, 'EIP pool, as text "true"; older releases.', {
    source: ACK,
  }),
  enable_erdma: field('boolean', '1.7.0', 'eRDMA.', { neutralValue: false }),
  custom_stateful_workload_kinds: field('array', '1.1.0', 'Kinds with fixed addresses.', textList),
  ipam_type: field('string', '1.2.0', 'crd, preferCRD or empty.'),
  backoff_override: field('object', '1.2.0', 'Retry settings by operation.', {
    values: field('object', undefined, 'Retry settings.'),
  }),
  extra_routes: field('array', '1.2.1', 'Extra routes of pods.', {
    items: field('object', undefined, 'A route.', {
      fields: { dst: field('string', undefined, 'Destination in CIDR notation.') },
    }),
  }),
  disable_device_plugin: field('boolean', '1.3.0', 'No device plugin.', { neutralValue: false }),
  kube_client_qps: field('number', '1.4.1', 'Client rate; only with kube_client_burst.'),
  kube_client_burst: field('integer', '1.4.1', 'Client burst; greater than kube_client_qps.'),
  eni_tag_filter: field('object', '1.5.5', 'Only ENIs with these tags.', textMap),
  eni_tag_block_list: field('array', undefined, 'ENIs with these tags are left alone.', {
    unreleasedAt: '1.17.5',
    items: field('object', undefined, 'A tag.', { fields: { key: text, value: text } }),
  }),
  resource_group_id: field('string', '1.8.0', 'Resource group of new ENIs.'),
  rate_limit: field('object', '1.10.0', 'Calls per second by API.', {
    values: field('integer', undefined, 'Calls per second.'),
  }),
  enable_patch_pod_ips: field('boolean', '1.13.4', 'Write pod addresses to annotations.', {
    // Also in 1.8.18 and from 1.9.16 on: an older 1.13 or 1.10 release is the exception.
    since: '1.8.18',
  }),
  ip_pool_sync_period: field('string', '1.15.0', 'Time between checks of the pool (120s).'),
  enable_ip_prefix: field('boolean', '1.17.1', 'Prefixes instead of addresses.', {
    neutralValue: false,
  }),
  ipv4_prefix_count: field('integer', '1.17.1', 'IPv4 prefixes per ENI.', { neutralValue: 0 }),
  ipv6_prefix_count: field('integer', '1.17.1', 'IPv6 prefixes per ENI, 0 or 1.', {
    neutralValue: 0,
    max: 1,
  }),
  wait_trunk_eni: field('boolean', '1.3.0', 'Removed.', { until: '1.9.6', neutralValue: false }),
  disable_security_group_check: field('boolean', '1.3.0', 'Removed.', {
    until: '1.9.6',
    neutralValue: false,
  }),
};
