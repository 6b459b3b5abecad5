import type { RuleId } from '../../../../../src/engine/rules/index.ts';
import { BASE_VETH } from '../../../../support/config-maps.ts';
import { withEniConf } from './chains.ts';
import { cluster, rollingOut } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** Single members of eni_conf: types inside, limits by release, halves, values that act as another. */

const NEWEST = '1.17.5';

interface Verdict {
  readonly terway?: string | undefined;
  readonly deny?: readonly RuleId[];
  readonly warn?: readonly RuleId[];
  readonly says?: readonly string[];
}

const factsOf = (terway: string | undefined) => cluster(terway, '1.9.1');

/** The members are added to eni_conf. */
function member(name: string, members: object, verdict: Verdict = {}): WorkedEdit {
  const { terway = NEWEST, ...rest } = verdict;
  return edit(`eni_conf member: ${name}`, {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { ...members }),
    facts: factsOf('terway' in verdict ? verdict.terway : terway),
    ...rest,
  });
}

/** Text of members is added, so that duplicates and spellings of numbers are kept. */
function text(name: string, members: string, verdict: Verdict = {}): WorkedEdit {
  return edit(`eni_conf member: ${name}`, {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: (BASE_VETH.eni_conf ?? '').replace('{', `{${members},`) },
    facts: factsOf(NEWEST),
    ...verdict,
  });
}

const groups = (count: number) => Array.from({ length: count }, (_, index) => `sg-${index}`);
const CENTRAL = { ipam_type: 'crd' };
const TOO_LONG = '2562047h47m16.854775808s';

const SECURITY_GROUPS: readonly WorkedEdit[] = [
  member(
    'seven security groups, with a Terway that takes five',
    { security_group: '', security_groups: groups(7) },
    {
      terway: '1.12.1',
      deny: ['eni-conf-limits'],
      says: [
        "security_groups names 7 groups, and more than 5 needs Terway 1.13.6 or newer; this cluster runs 1.12.1 (from the guard's configuration): every Terway pod fails to start",
      ],
    },
  ),
  ...['1.9.17', '1.8.18', '1.13.4'].map((terway) =>
    member(
      `six security groups on ${terway}`,
      { security_groups: groups(6) },
      {
        terway,
        deny: ['eni-conf-limits'],
      },
    ),
  ),
  ...['1.13.6', '1.13.7', '1.14.0'].map((terway) =>
    member(`six security groups on ${terway}`, { security_groups: groups(6) }, { terway }),
  ),
  member(
    'five security groups on 1.9.17',
    { security_group: '', security_groups: groups(5) },
    {
      terway: '1.9.17',
    },
  ),
  member(
    'six security groups, with a Terway that is not known',
    { security_groups: groups(6) },
    {
      terway: undefined,
      warn: ['eni-conf-limits'],
    },
  ),
  edit('eni_conf member: six security groups while Terway is rolled out', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { security_groups: groups(6) }),
    facts: {
      ...factsOf('1.12.1'),
      terway: rollingOut(3, [
        ['1.12.1', 1],
        ['1.17.5', 2],
      ]),
    },
    deny: ['eni-conf-limits'],
  }),
  member(
    'one security group eleven times, which the daemon counts',
    { security_groups: Array.from({ length: 11 }, () => 'sg-uf6d0example') },
    {
      deny: ['eni-conf-limits'],
      says: [
        'security_groups names 11 groups; at most 10 are allowed: every Terway pod fails to start',
      ],
    },
  ),
];

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
      facts: factsOf(NEWEST),
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

const IP_STACK: readonly WorkedEdit[] = [
  ...(
    [
      ['1.17.5', ['field-value'], []],
      ['1.15.2', ['field-value'], []],
      ['1.18.0', [], []],
      [undefined, [], ['field-version']],
    ] as const
  ).map(([terway, deny, warn]) =>
    edit(`eni_conf member: CREATE with ip_stack ipv6, Terway ${terway ?? 'not known'}`, {
      new: withEniConf(BASE_VETH, { ip_stack: 'ipv6' }),
      facts: factsOf(terway),
      deny,
      warn,
    }),
  ),
  ...['IPv4', 'dual-stack', 'ipv4,ipv6'].map((ip_stack) =>
    edit(`eni_conf member: CREATE with ip_stack ${ip_stack}`, {
      new: withEniConf(BASE_VETH, { ip_stack }),
      facts: factsOf('1.18.0'),
      deny: ['field-value'],
    }),
  ),
  edit('eni_conf member: ip_stack added as dual', {
    old: withEniConf(BASE_VETH, { ip_stack: undefined }),
    new: withEniConf(BASE_VETH, { ip_stack: 'dual' }),
    deny: ['eni-conf-protected'],
    says: [
      'ip_stack was added, which changes what was used without it; ACK does not support changing it',
    ],
  }),
  edit('eni_conf member: ip_stack added as what it was without', {
    old: withEniConf(BASE_VETH, { ip_stack: null }),
    new: withEniConf(BASE_VETH, { ip_stack: 'ipv4' }),
  }),
  ...(
    [
      ['eni_tags', { a: 'b' }],
      ['service_cidr', '172.22.0.0/20'],
      ['credential_path', '/other'],
    ] as const
  ).map(([name, value]) =>
    edit(`eni_conf member: ${name} added`, {
      old: withEniConf(BASE_VETH, { [name]: undefined }),
      new: withEniConf(BASE_VETH, { [name]: value }),
      deny: ['eni-conf-protected'],
    }),
  ),
];

const RELEASES: readonly WorkedEdit[] = [
  ...(
    [
      [{ enable_eip_pool: false }, []],
      [{ enable_eip_pool: 'false' }, []],
      [{ enable_eip_migrate: false }, []],
      [{ enable_eip_migrate: 'false' }, []],
      [{ allow_eip_rob: 'false' }, []],
      [{ wait_trunk_eni: 'no' }, ['field-version']],
      [{ enable_eip_migrate: true }, ['field-version']],
      [{ enable_eip_pool: 'true' }, ['field-version']],
      [{ eni_cap_policy: 'preferTrunk' }, ['field-version']],
      [{ allow_eip_rob: 'true' }, ['field-version']],
      [{ eni_tag_block_list: {} }, []],
      [{ eni_tag_block_list: 'a' }, ['field-version']],
      [{ eni_tag_block_list: [{ key: 'a', value: 'b' }] }, ['field-version']],
    ] as const
  ).map(([members, deny]) =>
    member(`${JSON.stringify(members)} on a release that does not read it`, members, { deny }),
  ),
  ...(
    [
      [{ enable_eip_pool: 'true' }, []],
      [{ allow_eip_rob: 'true' }, []],
      [{ enable_eip_migrate: true }, []],
      [{ eni_cap_policy: 'preferTrunk' }, []],
      [{ enable_eip_pool: true }, ['field-type']],
      [{ enable_eip_migrate: 'true' }, ['field-type']],
    ] as const
  ).map(([members, deny]) =>
    member(`${JSON.stringify(members)} on a release that reads it`, members, {
      terway: '1.9.3',
      deny,
    }),
  ),
  ...(
    [
      ['1.8.18', true],
      ['1.9.10', false],
      ['1.9.16', true],
      ['1.10.0', false],
      ['1.13.2', false],
      ['1.13.4', true],
    ] as const
  ).map(([terway, isRead]) =>
    member(
      `enable_patch_pod_ips on ${terway}`,
      { enable_patch_pod_ips: false },
      {
        terway,
        deny: isRead ? [] : ['field-version'],
      },
    ),
  ),
];

const HALVES: readonly WorkedEdit[] = [
  member(
    'prefix mode without anything else',
    { enable_ip_prefix: true },
    {
      warn: ['eni-conf-halves'],
      says: [
        'enable_ip_prefix counts only together with ipam_type "crd" and ipv4_prefix_count: no program reads it here',
      ],
    },
  ),
  member(
    'prefix mode without a count',
    { ...CENTRAL, enable_ip_prefix: true },
    {
      warn: ['eni-conf-halves'],
      says: [
        'enable_ip_prefix counts only together with ipv4_prefix_count: nodes that join get no prefix, so their pods get no address',
      ],
    },
  ),
  member(
    'prefix mode with no prefixes',
    { ...CENTRAL, enable_ip_prefix: true, ipv4_prefix_count: 0 },
    { warn: ['eni-conf-halves'] },
  ),
  member(
    'prefix mode without central IPAM',
    { enable_ip_prefix: true, ipv4_prefix_count: 2 },
    {
      warn: ['eni-conf-halves'],
    },
  ),
  member('prefix mode', { ...CENTRAL, enable_ip_prefix: true, ipv4_prefix_count: 2 }),
  member(
    'a count of prefixes without prefix mode',
    { ...CENTRAL, ipv4_prefix_count: 2 },
    {
      warn: ['eni-conf-halves'],
    },
  ),
  member(
    'prefix mode switched off with a count',
    {
      ...CENTRAL,
      enable_ip_prefix: false,
      ipv4_prefix_count: 2,
    },
    { warn: ['eni-conf-halves'] },
  ),
  member(
    'five IPv6 prefixes without prefix mode',
    { ipv6_prefix_count: 5 },
    {
      warn: ['eni-conf-halves'],
    },
  ),
  member(
    'an IPv6 prefix on IPv4',
    { ...CENTRAL, enable_ip_prefix: true, ipv4_prefix_count: 1, ipv6_prefix_count: 1 },
    { warn: ['eni-conf-halves'] },
  ),
  member('a warm-up without central IPAM', { ip_warm_up_size: 5 }, { warn: ['eni-conf-halves'] }),
  member('a warm-up', { ...CENTRAL, ip_warm_up_size: 5 }),
  ...[
    'idle_ip_reclaim_interval',
    'idle_ip_reclaim_batch_size',
    'idle_ip_reclaim_jitter_factor',
  ].map((name) =>
    member(
      `${name} without idle_ip_reclaim_after`,
      { [name]: name.endsWith('size') ? 5 : name.endsWith('factor') ? '0.1' : '10m' },
      { warn: ['eni-conf-halves'] },
    ),
  ),
  ...(
    [
      ['max_eni', 5],
      ['min_eni', 2],
      ['eni_cap_ratio', 0.5],
      ['eni_cap_shift', 1],
      ['backoff_override', { eni_ops: { Steps: 3 } }],
    ] as const
  ).map(([name, value]) =>
    member(
      `${name} under central IPAM`,
      { ...CENTRAL, [name]: value },
      {
        warn: ['eni-conf-halves'],
      },
    ),
  ),
  member('what asks for nothing under central IPAM', {
    ...CENTRAL,
    eni_cap_ratio: 1,
    max_eni: 0,
    ip_warm_up_size: 0,
    ipv4_prefix_count: 0,
  }),
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
    'a warm-up above the pool',
    { ...CENTRAL, max_pool_size: 10, ip_warm_up_size: 20 },
    { warn: ['eni-conf-idle'] },
  ),
  edit('eni_conf member: all of it in brackets', {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: `[${BASE_VETH.eni_conf ?? ''}]` },
    deny: ['eni-conf-shape'],
  }),
];

export const ENI_CONF_MEMBERS_EDITS: readonly WorkedEdit[] = [
  ...SECURITY_GROUPS,
  ...TYPES_INSIDE,
  ...RANGES,
  ...IP_STACK,
  ...RELEASES,
  ...HALVES,
  ...VALUES,
];
