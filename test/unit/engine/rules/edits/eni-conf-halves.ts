import { BASE_VETH } from '../../../../support/config-maps.ts';
import { withEniConf } from './chains.ts';
import { type WorkedEdit, edit } from './edit.ts';
import { CENTRAL, member, runningTerway } from './eni-conf-member.ts';

/** Members of eni_conf that count only together with another. */

export const ENI_CONF_HALVES_EDITS: readonly WorkedEdit[] = [
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
  edit('eni_conf member: CREATE with an IPv4 prefix on IPv6', {
    new: withEniConf(BASE_VETH, {
      ...CENTRAL,
      ip_stack: 'ipv6',
      enable_ip_prefix: true,
      ipv4_prefix_count: 1,
      ipv6_prefix_count: 1,
    }),
    facts: runningTerway('1.18.0'),
    warn: ['eni-conf-halves'],
  }),
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
