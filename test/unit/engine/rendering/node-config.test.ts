import t from 'tap';
import { ENI_CONF_FIELDS } from '../../../../src/engine/catalogue/eni-conf.ts';
import {
  DAEMON_DEFAULTS,
  isReadNowhere,
  readersOf,
} from '../../../../src/engine/catalogue/eni-conf-readers.ts';
import { type Facts, NO_FACTS } from '../../../../src/engine/core/facts.ts';
import {
  type NodeMember,
  type NodeOfConfig,
  nodeConfigOf,
} from '../../../../src/engine/rendering/node-config.ts';
import { configMap } from '../../../support/changes.ts';
import { BASE_VETH, type Data } from '../../../support/config-maps.ts';
import { knownVersion } from '../../../support/facts.ts';

const FACTS: Facts = { ...NO_FACTS, terway: knownVersion('1.17.5') };

const pool = (data: Data): NonNullable<NodeOfConfig['overlay']> => ({
  name: 'pool-a',
  object: configMap(data),
});
const patch = (members: object) => pool({ eni_conf: JSON.stringify(members) });

function configOf(base: object, node: Partial<NodeOfConfig> = {}, facts = FACTS) {
  const object = configMap({ ...BASE_VETH, eni_conf: JSON.stringify(base) });
  return nodeConfigOf(object, { kind: 'veth', ...node }, facts);
}

function memberOf(name: string, ...args: Parameters<typeof configOf>): NodeMember | undefined {
  return configOf(...args).members.find((member) => member.name === name);
}

t.test('each member has its origin', async (t) => {
  const base = {
    max_pool_size: 5,
    min_pool_size: 1,
    security_group: 'sg-1',
    vswitches: { a: ['v'] },
  };
  const overlay = patch({ max_pool_size: 10, security_group: null, vswitches: { b: ['w'] } });
  const { members, ipam } = configOf(base, { overlay });
  t.equal(ipam, 'own-pool');
  const told = members.map(({ name, origin, value }) => [name, origin, value]);
  t.same(told.slice(0, 4), [
    ['max_pool_size', 'overlay', 10],
    ['min_pool_size', 'eni-config', 1],
    ['security_group', 'overlay', undefined],
    [
      'vswitches',
      'both',
      new Map([
        ['a', ['v']],
        ['b', ['w']],
      ]),
    ],
  ]);
  t.ok(told.slice(4).length > 0);
  t.ok(told.slice(4).every(([, origin]) => origin === 'default'));
  t.same(
    memberOf('vswitches', base, { overlay: patch({ vswitches: { a: null, b: [] } }) })?.origin,
    'overlay',
  );
});

t.test('what is read in eni-config alone counts as it stands there', async (t) => {
  const overlay = patch({ service_cidr: '10.1.0.0/16', kube_client_qps: 9 });
  t.match(memberOf('service_cidr', { service_cidr: '10.0.0.0/16' }, { overlay }), {
    origin: 'eni-config',
    value: '10.0.0.0/16',
    readers: { base: ['daemon'] },
    loss: { how: 'has no effect here' },
  });
  t.match(memberOf('kube_client_qps', {}, { overlay }), {
    origin: 'overlay',
    dead: /eni-config's/,
  });
  t.match(memberOf('ip_stack', {}, { overlay: patch({ ip_stack: 'dual' }) }), {
    origin: 'overlay',
    value: 'dual',
    loss: { how: 'acts by half here' },
  });
});

t.test('who reads it, and when, is another under central IPAM', async (t) => {
  const central = { ipam_type: 'crd' };
  t.equal(configOf(central).ipam, 'central');
  t.equal(configOf({}, { overlay: patch(central) }).ipam, 'own-pool', 'eni-config decides');
  for (const [name, base, readers] of [
    ['max_pool_size', {}, { merged: ['daemon'] }],
    ['max_pool_size', central, { merged: ['node'] }],
    ['vswitches', central, { base: ['pod'], merged: ['node', 'pod'] }],
    ['eni_selection_policy', central, { merged: ['daemon'] }],
  ] as const) {
    t.same(memberOf(name, { ...base, [name]: 1 })?.readers, readers, name);
  }
});

t.test('members that do nothing there', async (t) => {
  const deadOf = (name: string, base: object, kind: NodeOfConfig['kind'] = 'veth', facts = FACTS) =>
    memberOf(name, { ...base, [name]: 1 }, { kind }, facts)?.dead;
  const central = { ipam_type: 'crd' };
  t.match(deadOf('max_pool_sice', {}), 'knows no such member');
  t.match(deadOf('version', {}), 'nothing reads it');
  t.match(deadOf('ip_warm_up_size', {}), 'a pool of its own');
  t.equal(deadOf('ip_warm_up_size', central), undefined);
  t.match(deadOf('rate_limit', central), 'central IPAM');
  t.match(deadOf('max_pool_size', {}, 'exclusive-eni'), 'exclusive-ENI');
  t.equal(deadOf('vswitches', {}, 'exclusive-eni'), undefined);
  const older = { ...NO_FACTS, terway: knownVersion('1.15.2') };
  t.match(deadOf('ip_warm_up_size', central, 'veth', older), 'installed Terway does not read it');
  t.equal(deadOf('ip_warm_up_size', central, 'veth', NO_FACTS), undefined, 'unknown is not dead');
  t.match(deadOf('enable_eip_migrate', {}), 'installed Terway');
});

t.test(
  'secrets are masked, however deep they are, and so is what Terway does not know',
  async (t) => {
    const secret = 'LTAI5tCANARY';
    const base = {
      access_key: secret,
      access_secret: secret,
      credential_path: secret,
      access_secrt: secret,
      odd: { a: [secret] },
      eni_tags: { password: secret, b: 'shown' },
      backoff_override: { eni_create: { token: [secret] } },
    };
    const { members } = configOf(base, { overlay: patch({ access_key: `${secret}2` }) });
    const told = JSON.stringify(members, (_, value: unknown) =>
      value instanceof Map ? [...(value as Iterable<unknown>)] : value,
    );
    t.notMatch(told, secret);
    t.match(told, 'shown');
  },
);

t.test('what the daemon does not start on', async (t) => {
  const overlay = pool({ eni_conf: '[]' });
  t.match(configOf({}, { overlay }), {
    members: [],
    refused: /of the ConfigMap that the label names/,
  });
  t.match(configOf([]), { members: [], refused: /^eni_conf of eni-config is no JSON object/ });
  t.equal(configOf({}, { overlay: pool({ eni_conf: '' }) }).refused, undefined, 'no patch');
  t.equal(configOf({}, { overlay: { name: 'gone', object: undefined } }).refused, undefined);
});

t.test('the file is that of the kind of node, with the chain that counts', async (t) => {
  const overlay = pool({ eni_conf: '{}', cni_chain: '- type: portmap\n' });
  t.match(configOf({}, { overlay }), { fileOf: { key: '10-terway.conf', isFromOverlay: false } });
  const newer = { ...NO_FACTS, terway: knownVersion('1.18.0') };
  t.match(configOf({}, { overlay }, newer), {
    fileOf: { key: 'cni_chain', isFromOverlay: true },
    file: { kind: 'file', text: /portmap/ },
  });
  t.match(configOf({}, { kind: 'exclusive-eni' }).file, { text: /host_stack_cidrs/ });
});

t.test('each member that Terway reads has its readers', async (t) => {
  t.same(Object.keys(ENI_CONF_FIELDS).filter(isReadNowhere), [
    'version',
    'region_id',
    'prefix',
    'enable_eip_migrate',
    'enable_eip_pool',
    'allow_eip_rob',
    'eni_cap_policy',
    'extra_routes',
    'eni_tag_block_list',
    'wait_trunk_eni',
    'disable_security_group_check',
  ]);
  for (const name of Object.keys(DAEMON_DEFAULTS)) t.notOk(isReadNowhere(name), name);
  for (const name of ['constructor', '__proto__', 'toString']) {
    t.same(readersOf(name, 'central'), {}, name);
  }
});
