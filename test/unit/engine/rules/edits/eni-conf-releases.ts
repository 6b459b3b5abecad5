import { BASE_VETH } from '../../../../support/config-maps.ts';
import { withEniConf } from './chains.ts';
import { rollingOut } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';
import { member, runningTerway } from './eni-conf-member.ts';

/** Members of eni_conf that count, or are limited, by the release of Terway; ip_stack. */

const groups = (count: number) => Array.from({ length: count }, (_, index) => `sg-${index}`);

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
      ...runningTerway('1.12.1'),
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
      facts: runningTerway(terway),
      deny,
      warn,
    }),
  ),
  ...['IPv4', 'dual-stack', 'ipv4,ipv6'].map((ip_stack) =>
    edit(`eni_conf member: CREATE with ip_stack ${ip_stack}`, {
      new: withEniConf(BASE_VETH, { ip_stack }),
      facts: runningTerway('1.18.0'),
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

export const ENI_CONF_RELEASES_EDITS: readonly WorkedEdit[] = [
  ...SECURITY_GROUPS,
  ...IP_STACK,
  ...RELEASES,
];
