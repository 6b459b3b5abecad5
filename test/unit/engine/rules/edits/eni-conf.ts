import { BASE_VETH } from '../../../../support/config-maps.ts';
import { withEniConf } from './chains.ts';
import { cluster } from './clusters.ts';
import { type WorkedEdit, edit } from './edit.ts';

/** eni_conf. */
export const ENI_CONF_EDITS: readonly WorkedEdit[] = [
  edit('B38 an IP stack that the daemon refuses, and that is not to be changed', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { ip_stack: 'ipv6' }),
    deny: ['eni-conf-protected', 'field-value'],
  }),
  edit('eni_conf: not JSON', {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: '{"version": "1"' },
    deny: ['json-syntax'],
  }),
  edit('eni_conf: a list', {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: '[]' },
    deny: ['eni-conf-shape'],
  }),
  ...(
    [
      ['credential_path', '/other'],
      ['service_cidr', '172.22.0.0/20'],
      ['eni_tags', { 'ack.aliyun.com': 'other' }],
      ['ip_stack', 'dual'],
    ] as const
  ).flatMap(([name, value]) => [
    edit(`eni_conf: ${name} changed`, {
      old: BASE_VETH,
      new: withEniConf(BASE_VETH, { [name]: value }),
      deny: ['eni-conf-protected'],
    }),
    edit(`eni_conf: ${name} removed`, {
      old: BASE_VETH,
      new: withEniConf(BASE_VETH, { [name]: undefined }),
      deny: ['eni-conf-protected'],
    }),
  ]),
  edit('eni_conf: reformatted', {
    old: BASE_VETH,
    new: { ...BASE_VETH, eni_conf: JSON.stringify(JSON.parse(BASE_VETH.eni_conf ?? '')) },
  }),
  edit('eni_conf: vswitches changed', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { vswitches: { 'cn-shanghai-n': ['vsw-new'] } }),
  }),
  edit('eni_conf: a value that the daemon refuses', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { idle_ip_reclaim_interval: 'ten minutes' }),
    facts: cluster('1.16.0', '1.7.1'),
    deny: ['field-value'],
  }),
  edit('eni_conf: a whole number with a point, which Go does not take for one', {
    old: BASE_VETH,
    new: {
      ...BASE_VETH,
      eni_conf: (BASE_VETH.eni_conf ?? '').replace('"max_pool_size": 8', '"max_pool_size": 8.0'),
    },
    deny: ['field-type'],
  }),
  edit('eni_conf: a member in another letter case', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { max_pool_size: undefined, Max_Pool_Size: 8 }),
    warn: ['json-name-case'],
  }),
  edit('eni_conf: repaired', {
    old: { ...BASE_VETH, eni_conf: '{"version": "1"' },
    new: BASE_VETH,
  }),
  edit('eni_conf: CREATE with an empty object', { new: { ...BASE_VETH, eni_conf: '{}' } }),
  edit('eni_conf: an unknown member', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { max_pool_sice: 5 }),
    warn: ['field-unknown'],
  }),
  edit('eni_conf: eleven security groups', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, {
      security_groups: Array.from({ length: 10 }, (_, index) => `sg-${index}`),
    }),
    deny: ['eni-conf-limits'],
  }),
  edit('eni_conf: ten security groups', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, {
      security_groups: Array.from({ length: 9 }, (_, index) => `sg-${index}`),
    }),
  }),
  edit('eni_conf: one client limit without the other', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { kube_client_qps: 20 }),
    deny: ['eni-conf-limits'],
  }),
  edit('eni_conf: both client limits', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { kube_client_qps: 20, kube_client_burst: 30 }),
  }),
  edit('eni_conf: a client burst that only equals the rate', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { kube_client_qps: 20, kube_client_burst: 20 }),
    deny: ['eni-conf-limits'],
    says: ['kube_client_burst must be greater than kube_client_qps'],
  }),
  edit('eni_conf: a smaller maximum than minimum', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { max_pool_size: 1 }),
    warn: ['eni-conf-idle'],
  }),
  edit('eni_conf: a protected member in another letter case, which the daemon does not read', {
    old: BASE_VETH,
    new: {
      ...BASE_VETH,
      eni_conf: BASE_VETH.eni_conf!.replace('"service_cidr"', '"SERVICE_CIDR"'),
    },
    deny: ['eni-conf-protected'],
    warn: ['json-name-case'],
  }),
  edit('eni_conf: a period that the daemon cannot read', {
    old: BASE_VETH,
    new: {
      ...BASE_VETH,
      eni_conf: BASE_VETH.eni_conf!.replace('{', '{"ip_pool_sync_period": "soon",'),
    },
    warn: ['eni-conf-idle'],
  }),
  edit('eni_conf: kube_client_burst without kube_client_qps', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { kube_client_burst: 20 }),
    deny: ['eni-conf-limits'],
  }),
  edit('eni_conf: a member in another spelling beside the one that counts', {
    old: BASE_VETH,
    new: withEniConf(BASE_VETH, { maxPoolSize: 10 }),
    warn: ['field-unknown'],
    says: [
      'eni_conf does not know "maxPoolSize", so it has no effect; "max_pool_size", which it knows, stands here as well',
    ],
  }),
];
