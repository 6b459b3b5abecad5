import t from 'tap';
import type { Change } from '../../../../src/engine/core/eni-config.ts';
import { NO_FACTS } from '../../../../src/engine/core/facts.ts';
import { DEFAULT_POLICY } from '../../../../src/engine/core/policy.ts';
import { creation, update } from '../../../support/changes.ts';
import {
  BASE_VETH,
  type Data,
  GOOD,
  PORTMAP,
  VETH_CONF,
  conflist,
  withConflist,
} from '../../../support/config-maps.ts';
import { known } from '../../../support/facts.ts';
import { verdictOn } from '../../../support/verdicts.ts';
import { withEniConf } from './edits/chains.ts';

/** When accepted changes act. */

const RESTART = 'kubectl rollout restart -n kube-system daemonset.apps/terway-eniip';

const told = (change: Change, facts = NO_FACTS, policy = DEFAULT_POLICY) =>
  verdictOn(change, facts, policy)
    .findings.filter(({ rule }) => ['restart-needed', 'takes-effect'].includes(rule))
    .map(({ key, message }) => `${key}: ${message}`);

const CENTRAL = withEniConf(BASE_VETH, { ipam_type: 'crd' });
const PREFIXES = { enable_ip_prefix: true, ipv4_prefix_count: 2 };
const AT_ONCE =
  "eni_conf: eni_conf acts at once where it is read from the API (central IPAM: nodes, and pods that are made), else at each start of Terway's containers";
const AT_START = "at the next start of Terway's containers there (a crash is one); on all:";

const conf = (data: Data): Data => ({
  ...data,
  '10-terway.conf': JSON.stringify({ ...VETH_CONF, mtu: 1400 }),
});

t.test('an accepted change is told when it acts', (t) => {
  const larger = { max_pool_size: 20 };
  const rows: [name: string, change: Change, messages: string[]][] = [
    [
      'a chain',
      update(BASE_VETH, GOOD),
      [`10-terway.conflist: this chain takes effect after: ${RESTART}`],
    ],
    [
      'the chain taken away',
      update(withConflist(BASE_VETH, conflist([VETH_CONF])), BASE_VETH),
      [`10-terway.conflist: the default chain takes effect after: ${RESTART}`],
    ],
    [
      'eni_conf where each node has a pool of its own',
      update(BASE_VETH, withEniConf(BASE_VETH, larger)),
      [`eni_conf: eni_conf acts on a node ${AT_START} ${RESTART}`],
    ],
    ['eni_conf under central IPAM', update(CENTRAL, withEniConf(CENTRAL, larger)), [AT_ONCE]],
    [
      'prefix mode under central IPAM',
      update(CENTRAL, withEniConf(CENTRAL, PREFIXES)),
      [`${AT_ONCE}; enable_ip_prefix counts for nodes that join only`],
    ],
    [
      'eni_conf in another layout',
      update(BASE_VETH, { ...BASE_VETH, eni_conf: `${BASE_VETH.eni_conf ?? ''}\n` }),
      [],
    ],
    [
      'a switch',
      update(BASE_VETH, { ...BASE_VETH, disable_network_policy: 'true' }),
      [`disable_network_policy: disable_network_policy acts on a node ${AT_START} ${RESTART}`],
    ],
    [
      'both switches',
      update(BASE_VETH, {
        ...BASE_VETH,
        disable_network_policy: 'true',
        in_cluster_loadbalance: 'false',
      }),
      [
        `disable_network_policy: disable_network_policy and in_cluster_loadbalance act on a node ${AT_START} ${RESTART}`,
      ],
    ],
    ['a new object', creation(BASE_VETH), []],
    ['a dry run', { ...update(CENTRAL, withEniConf(CENTRAL, larger)), isDryRun: true }, []],
    ['another key', update(BASE_VETH, { ...BASE_VETH, felix_relay_service: 'typha' }), []],
    [
      'a change that is refused',
      update(BASE_VETH, withEniConf(BASE_VETH, { max_pool_size: '20' })),
      [],
    ],
  ];
  for (const [name, change, messages] of rows) t.same(told(change), messages, name);
  t.end();
});

t.test('10-terway.conf, where its change is let through', (t) => {
  const policy = { ...DEFAULT_POLICY, rules: new Map([['conf-changed', 'warn'] as const]) };
  const facts = { ...NO_FACTS, terwayDaemonSet: known('terway') };
  t.same(told(update(BASE_VETH, conf(BASE_VETH)), facts, policy), [
    '10-terway.conf: 10-terway.conf takes effect after: kubectl rollout restart -n kube-system daemonset.apps/terway',
  ]);
  const chain = withConflist(BASE_VETH, conflist([{ ...VETH_CONF, mtu: 1400 }, PORTMAP]));
  t.same(told(update(chain, conf(chain)), facts, policy), [], 'ignored beside a chain');
  t.end();
});

t.test('a refusal of eni_conf under central IPAM says that it acts at once', (t) => {
  const withIpam = (ipam_type: string, more: object) =>
    JSON.stringify({ ...JSON.parse(BASE_VETH.eni_conf ?? ''), ipam_type, ...more });
  const told = (before: string, after: string) => {
    const change = update({ ...BASE_VETH, eni_conf: before }, { ...BASE_VETH, eni_conf: after });
    return verdictOn(change).findings.find(({ severity }) => severity === 'deny')?.message;
  };
  const central = withIpam('crd', {});
  const atOnce = 'under central IPAM (ipam_type "crd") it acts at once, also on new pods';
  t.match(told(central, withIpam('crd', { max_pool_size: 'eight' })), atOnce);
  t.match(told(central, central.replace('{', '{,')), atOnce, 'a text that can not be read');
  const local = withIpam('', {});
  t.notMatch(told(local, withIpam('', { max_pool_size: 'eight' })), 'at once');
  t.notMatch(told(local, local.replace('{', '{,')), 'at once');
  t.end();
});
