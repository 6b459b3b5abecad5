import { BASE_VETH } from '../../../../support/config-maps.ts';
import { withEniConf } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';
import { CENTRAL, RUNNING_NEWEST, member, text } from './eni-conf-member.ts';

/** Members of eni_conf: types inside, ranges, values that act as another. */

const TOO_LONG = '2562047h47m16.854775808s';

const TYPES_INSIDE: readonly WorkedEdit[] = [
  ...(
    [
      ['a duration as text', { Duration: '2s' }],
      ['a cap as text', { Cap: '1m' }],
      ['an initial delay as text', { InitialDelay: '500ms' }],
      ['a factor as text', { Factor: '1.5' }],
      ['a jitter as text', { Jitter: '0.3' }],
      ['steps as text', { Steps: '5' }],
      ['steps with a point', { Steps: 1.5 }],
      ['a duration in another letter case, as text', { duration: '2s' }],
    ] as const
  ).map(([name, setting]) =>
    member(
      `backoff_override, ${name}`,
      { backoff_override: { eni_create: setting } },
      {
        deny: ['field-type'],
        warn: 'duration' in setting ? ['json-name-case'] : [],
      },
    ),
  ),
  member(
    'backoff_override, a number in place of a setting',
    { backoff_override: { eni_ops: 5 } },
    {
      deny: ['field-type'],
    },
  ),
  member('backoff_override in nanoseconds', {
    backoff_override: {
      eni_create: { InitialDelay: 1_000_000_000, Duration: 2_000_000_000, Factor: 1.5, Steps: 3 },
    },
  }),
  member(
    'backoff_override, an initial delay on a release that has none',
    { backoff_override: { eni_create: { InitialDelay: 1 } } },
    { terway: '1.14.5', deny: ['field-version'] },
  ),
  text(
    'backoff_override, steps twice',
    '"backoff_override": {"eni_ops": {"Steps": 1, "steps": 2}}',
    {
      deny: ['json-duplicate'],
      warn: ['json-name-case'],
    },
  ),
  text('extra_routes, dst twice', '"extra_routes": [{"dst": "10.0.0.0/8", "DST": "10.1.0.0/16"}]', {
    deny: ['json-duplicate'],
    warn: ['json-name-case'],
  }),
  text('extra_routes, dst twice, once as a number', '"extra_routes": [{"dst": "::/0", "DST": 1}]', {
    deny: ['json-duplicate', 'field-type'],
    warn: ['json-name-case'],
  }),
  member(
    'extra_routes, an unknown member',
    { extra_routes: [{ dst: '10.0.0.0/8', gw: 'a' }] },
    {
      warn: ['field-unknown'],
    },
  ),
  text('vswitches, a zone twice', '"vswitches": {"a": [], "a": []}', { deny: ['json-duplicate'] }),
  text('a member in two spellings, of which the text decides', '"MAX_POOL_SIZE": "a"', {
    deny: ['json-duplicate'],
    warn: ['json-name-case'],
  }),
  ...(
    [
      ['max_pool_size', '"10"'],
      ['max_pool_size', 'true'],
      ['enable_eni_trunking', '"true"'],
      ['enable_eni_trunking', '1'],
      ['security_group', '["sg-1"]'],
      ['security_groups', '"sg-1"'],
      ['security_groups', '"sg-1,sg-2"'],
      ['security_groups', '[1]'],
      ['vswitches', '["vsw-1"]'],
      ['vswitches', '{"cn-shanghai-l": "vsw-1"}'],
      ['eni_tag_filter', '{"a": 1}'],
      ['rate_limit', '{"": "500"}'],
      ['idle_ip_reclaim_after', '300'],
      ['kube_client_qps', '"20"'],
      ['custom_stateful_workload_kinds', '"CloneSet"'],
      ['ip_pool_sync_period', '120'],
    ] as const
  ).map(([name, value]) =>
    edit(`eni_conf member: ${name}: ${value}`, {
      old: BASE_VETH,
      new: withEniConf(BASE_VETH, {
        kube_client_burst: name === 'kube_client_qps' ? 30 : undefined,
        [name]: JSON.parse(value) as unknown,
      }),
      facts: RUNNING_NEWEST,
      deny: ['field-type'],
    }),
  ),
];

const RANGES: readonly WorkedEdit[] = [
  member(
    'a batch of 20',
    { idle_ip_reclaim_after: '30m', idle_ip_reclaim_batch_size: 20 },
    {
      deny: ['field-value'],
      says: ['ACK documents 1 to 10 for "idle_ip_reclaim_batch_size", and this is outside of them'],
    },
  ),
  member('a batch of 10', { idle_ip_reclaim_after: '30m', idle_ip_reclaim_batch_size: 10 }),
  ...['1.5', '-0.1', '2', '1e1', 'Inf', 'NaN'].map((factor) =>
    member(
      `a jitter of ${factor}`,
      { idle_ip_reclaim_after: '30m', idle_ip_reclaim_jitter_factor: factor },
      {
        deny: ['field-value'],
        says: [
          'ACK documents 0 to 1 for "idle_ip_reclaim_jitter_factor", and this is outside of them',
        ],
      },
    ),
  ),
  ...['0', '1', '1e-1', '+.5', '1.0', '0x1p-2'].map((factor) =>
    member(`a jitter of ${factor}`, {
      idle_ip_reclaim_after: '30m',
      idle_ip_reclaim_jitter_factor: factor,
    }),
  ),
  ...['10%', '', 'a tenth', '0,1'].map((factor) =>
    member(
      `a jitter that is no number: "${factor}"`,
      { idle_ip_reclaim_after: '30m', idle_ip_reclaim_jitter_factor: factor },
      { deny: ['field-value'] },
    ),
  ),
  ...['99999999h', TOO_LONG, '10 m', '10M', '1d', ''].map((after) =>
    member(
      `an idle time of "${after}"`,
      { idle_ip_reclaim_after: after },
      {
        deny: ['field-value'],
      },
    ),
  ),
  ...['2562047h47m16.854775807s', '0', '1h30m', '1.5h'].map((after) =>
    member(`an idle time of ${after}`, { idle_ip_reclaim_after: after }),
  ),
  text('the largest integer', '"eni_cap_shift": 9223372036854775807'),
  text('the smallest integer', '"eni_cap_shift": -9223372036854775808'),
  text('an integer above the largest one', '"eni_cap_shift": 9223372036854775808', {
    deny: ['field-value'],
  }),
  text('a rate beyond 32 bits', '"kube_client_qps": -1e39, "kube_client_burst": 5', {
    deny: ['field-value'],
  }),
  ...['max_pool_size', 'min_pool_size', 'ip_warm_up_size'].map((name) =>
    member(
      `a negative ${name} under central IPAM`,
      { ...CENTRAL, [name]: -1 },
      {
        deny: ['eni-conf-limits'],
        warn: name === 'max_pool_size' ? ['eni-conf-idle'] : [],
      },
    ),
  ),
  member('a negative min_pool_size where each node has a pool', { min_pool_size: -1 }),
  member(
    'two IPv6 prefixes in prefix mode',
    { ...CENTRAL, enable_ip_prefix: true, ipv4_prefix_count: 2, ipv6_prefix_count: 2 },
    { deny: ['eni-conf-limits'], warn: ['eni-conf-halves'] },
  ),
];

const VALUES: readonly WorkedEdit[] = [
  ...(
    [
      ['vswitch_selection_policy', 'most'],
      ['vswitch_selection_policy', 'Random'],
      ['eni_selection_policy', 'most-ips'],
      ['ipam_type', 'CRD'],
      ['ipam_type', 'crd '],
      ['ipam_type', 'default'],
      ['ipam_type', 'preferCRD'],
      ['ip_pool_sync_period', '2 minutes'],
    ] as const
  ).map(([name, value]) =>
    member(`${name} "${value}"`, { [name]: value }, { warn: ['eni-conf-idle'] }),
  ),
  ...(
    [
      ['maxPoolSize', 5],
      ['max-pool-size', 5],
      ['idleIpReclaimAfter', '30m'],
      ['security-groups', ['sg-1']],
      ['vswitch', {}],
    ] as const
  ).map(([name, value]) => member(name, { [name]: value }, { warn: ['field-unknown'] })),
  member(
    'a retry setting of an operation that is none',
    { backoff_override: { eni_creat: {} } },
    {
      warn: ['eni-conf-idle'],
      says: [
        'Terway knows no such name in backoff_override, so it has no effect; did you mean "eni_create"?',
      ],
    },
  ),
  member(
    'a retry setting with a slip beside the one that is meant',
    { backoff_override: { eni_creat: {}, eni_create: {} } },
    { warn: ['eni-conf-idle'] },
  ),
  member(
    'a warm-up above the pool',
    { ...CENTRAL, max_pool_size: 10, ip_warm_up_size: 20 },
    { warn: ['eni-conf-idle'] },
  ),
  edit('eni_conf member: a name that no map of backoffs has', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { backoff_override: { foo: {} } }),
    warn: ['eni-conf-idle'],
  }),
  edit('eni_conf member: all of it in brackets', {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: `[${BASE_VETH.eni_conf ?? ''}]` },
    deny: ['eni-conf-shape'],
  }),
];

export const ENI_CONF_VALUES_EDITS: readonly WorkedEdit[] = [...TYPES_INSIDE, ...RANGES, ...VALUES];
