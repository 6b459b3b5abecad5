import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { answer } from '../../../src/admission/response.ts';
import type { Change, ConfigMap } from '../../../src/engine/core/eni-config.ts';
import {
  type Fact,
  type Facts,
  type FactSource,
  NO_FACTS,
  type VersionFact,
} from '../../../src/engine/core/facts.ts';
import { formatPath } from '../../../src/engine/json/path.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/engine/core/policy.ts';
import type { Verdict } from '../../../src/engine/core/decide.ts';
import { isNewer, parseVersion } from '../../../src/engine/core/version.ts';
import { RULE_IDS } from '../../../src/engine/rules/index.ts';
import { unicodeText } from '../../support/arbitraries.ts';
import { ALICE, type Write, update } from '../../support/changes.ts';
import { BASE_DATAPATH_V2, BASE_VETH, VETH_CONF, withConflist } from '../../support/config-maps.ts';
import { known } from '../../support/facts.ts';
import { assertProperty } from '../../support/properties.ts';
import { verdictOn } from '../../support/verdicts.ts';

/** What holds for every change, whatever stands in it. */

// ---------------------------------------------------------------------------------------------
// Changes of every kind
// ---------------------------------------------------------------------------------------------

/** A text with a slip: characters removed and others put there. */
const withSlip = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(text, fc.nat(), fc.nat(3), unicodeText({ maxLength: 2 }))
    .map(([whole, place, removed, inserted]) => {
      const at = place % (whole.length + 1);
      return whole.slice(0, at) + inserted + whole.slice(at + removed);
    });

const word = fc.oneof(
  fc.constantFrom('type', 'plugins', 'capabilities', 'portMappings', 'symmetric_routing', 'snat'),
  fc.constantFrom('masqAll', 'MASQALL', 'markMasqBit', 'backend', 'sysctl', 'name', 'cniVersion'),
  fc.constantFrom('__proto__', 'constructor', 'runtimeConfig', 'cni.dev/a', 'mtu', '', 'a.b'),
  unicodeText({ maxLength: 4 }),
);

const value = fc.oneof(
  fc.constantFrom('terway', 'portmap', 'portmapp', 'tuning', 'true', 'nftables', 'ebpf', '1m'),
  fc.constantFrom(null, true, false, 0, -1, 1.5, 13, 32, 2 ** 53, 1e300),
  fc.jsonValue(),
);

const entry = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.dictionary(word, value).map((members) => ({ type: 'portmap', ...members })),
  },
  { weight: 1, arbitrary: fc.dictionary(word, value) },
  { weight: 1, arbitrary: value },
);

const chainText = fc
  .tuple(fc.constantFrom('plugins', 'plugins', 'Plugins'), fc.array(entry, { maxLength: 4 }))
  .map(([name, entries]) => JSON.stringify({ [name]: [VETH_CONF, ...entries] }, null, 1));

const documentText = fc.oneof(
  chainText,
  withSlip(chainText),
  fc.constantFrom(...Object.values(BASE_VETH), ...Object.values(BASE_DATAPATH_V2)),
  withSlip(fc.constantFrom(...Object.values(BASE_VETH))),
  fc.json(),
  unicodeText(),
  fc.constantFrom(
    '',
    '\n',
    '\n\n{',
    '\r',
    '\t',
    '\ufeff',
    'null',
    '[]',
    '{}',
    '"',
    '\\',
    '{"a":1e400}',
  ),
  fc.nat(400).map((levels) => '['.repeat(levels)),
);

const configMaps: fc.Arbitrary<ConfigMap> = fc
  .record({
    data: fc.dictionary(
      fc.oneof(
        fc.constantFrom('10-terway.conf', '10-terway.conflist', 'eni_conf'),
        fc.constantFrom('disable_network_policy', 'in_cluster_loadbalance', 'note', '__proto__'),
      ),
      documentText,
    ),
    binaryData: fc.uniqueArray(fc.constantFrom('10-terway.conflist', '10-terway.conf', 'eni_conf')),
    immutable: fc.boolean(),
  })
  .map(({ data, binaryData, immutable }) => ({
    data: new Map(Object.entries(data)),
    binaryData: new Map(binaryData.map((key) => [key, 'AAAA'])),
    immutable,
  }));

const users = fc.constantFrom(
  ALICE,
  { name: 'system:ack', groups: [] },
  { name: '', groups: [''] },
);

const changes: fc.Arbitrary<Write> = fc.oneof(
  fc.record({
    operation: fc.constant('UPDATE' as const),
    old: configMaps,
    new: configMaps,
    user: users,
  }),
  fc.record({
    operation: fc.constant('CREATE' as const),
    old: fc.constant(undefined),
    new: configMaps,
    user: users,
  }),
  fc.record({
    operation: fc.constant('DELETE' as const),
    old: configMaps,
    new: fc.constant(undefined),
    user: users,
  }),
);

const versions = fc
  .constantFrom('1.5.5', '1.14.5', '1.15.2', '1.17.1')
  .map((text) => parseVersion(text)!);

/** What strangers may write: names of nodes and of a DaemonSet, tags, where a fact is from. */
const foreignText = fc.oneof(
  fc.constantFrom('', 'cn-hangzhou.10.0.1.7', '\u001b[2J', '\u202e', '\n  fix: ', '\ud800'),
  fc.constantFrom('n'.repeat(300), '\u0007'.repeat(300)),
  unicodeText({ maxLength: 4 }),
);

const hostileVersions = fc
  .tuple(versions, foreignText)
  .map(([{ normal }, suffix]) => parseVersion(`v${normal}-${suffix}`) ?? parseVersion(normal)!);

const moment = fc.oneof(fc.nat(10 ** 9), fc.constantFrom(NaN, Infinity, -1, 1e308));

const sources: fc.Arbitrary<FactSource> = fc.oneof(
  fc.constantFrom<FactSource>({ kind: 'node-probe' }, { kind: 'node-labels' }, { kind: 'nodes' }),
  fc.record({
    kind: fc.constantFrom('daemon-set', 'daemon-set-pods', 'config-map', 'namespace'),
    name: foreignText,
  }),
  fc.record({ kind: fc.constant('kubelet' as const), version: foreignText }),
  foreignText.map((value): FactSource => {
    return { kind: 'configuration', overrides: { value, source: { kind: 'node-probe' } } };
  }),
);

const factOf = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> =>
  fc
    .record(
      {
        value,
        source: sources,
        learntAt: moment,
      },
      { requiredKeys: ['value', 'source'] },
    )
    .map((fact) => fact);

const nodeGroups = fc.record({ count: fc.nat(20), names: fc.array(foreignText, { maxLength: 4 }) });

const spreads = fc
  .record({
    versions: fc.array(
      fc.record({ version: fc.oneof(versions, hostileVersions), nodes: nodeGroups }),
      { minLength: 1, maxLength: 3 },
    ),
    unknown: nodeGroups,
  })
  .map(({ versions: found, unknown }) => ({
    total: found.reduce((sum, { nodes }) => sum + nodes.count, unknown.count),
    versions: found.sort((a, b) => (isNewer(a.version, b.version.normal) ? 1 : -1)),
    unknown,
  }));

const versionFacts: fc.Arbitrary<VersionFact> = fc
  .tuple(
    factOf(fc.oneof(versions, hostileVersions)),
    fc.option(spreads, { nil: undefined }),
    fc.boolean(),
  )
  .map(([fact, spread, isEstimate]) => ({
    ...fact,
    ...(spread ? { spread, value: spread.versions[0]!.version } : {}),
    isEstimate,
  }));

const censuses = fc
  .record({
    probed: fc.nat(20),
    present: fc.subarray(['portmap', 'tuning', 'portmapp', 'istio-cni']),
    missing: fc.dictionary(fc.constantFrom('portmap', 'istio-cni', '__proto__'), nodeGroups),
  })
  .map(({ probed, present, missing }) => ({
    probed,
    present: new Set(present),
    missing: new Map(Object.entries(missing)),
  }));

const facts: fc.Arbitrary<Facts> = fc
  .record(
    {
      asOf: moment,
      terway: fc.oneof(versions.map(known), versionFacts),
      terwayDaemonSet: factOf(foreignText),
      binaries: factOf(censuses),
      kubeProxyMode: factOf(fc.constantFrom('iptables', 'ipvs', 'nftables', 'none')),
      nodesWithoutKubeProxy: factOf(nodeGroups),
      datapath: factOf(fc.constantFrom('veth', 'datapathv2', 'mixed')),
      exclusiveEniNodes: factOf(nodeGroups),
      kubelet: factOf(hostileVersions),
    },
    { requiredKeys: [] },
  )
  .chain((some) =>
    fc
      .dictionary(
        fc.constantFrom('portmap', 'tuning', 'firewall', 'bandwidth'),
        fc.oneof(versions.map(known), versionFacts),
      )
      .map((plugins) => ({ ...some, plugins: new Map(Object.entries(plugins)) })),
  );

const policies: fc.Arbitrary<Policy> = fc
  .record({
    mode: fc.constantFrom('enforce', 'enforce', 'warn', 'audit'),
    rules: fc.dictionary(
      fc.constantFrom<string>(...RULE_IDS),
      fc.constantFrom('off', 'audit', 'warn', 'deny'),
    ),
    onUnknownVersion: fc.constantFrom('warn', 'deny'),
    firstEntry: fc.constantFrom('strict', 'effective'),
    exempt: fc.boolean(),
  })
  .map((policy) => ({
    ...policy,
    rules: new Map(Object.entries(policy.rules)),
    minimumVersions: new Map<string, string>(),
    exempt: { users: new Set(policy.exempt ? ['system:ack'] : []), groups: new Set<string>() },
  }));

/** Characters of a finding's message, whatever stands in the object and the facts. */
const MAX_MESSAGE = 1500;

const UNSAFE_BUT_LF = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cs}]/u;

t.test('property: every change gets a verdict that can be told', (t) => {
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const verdict = verdictOn(change, facts, policy);
      if (verdict.findings.some(({ rule }) => rule === 'guard-error')) {
        throw new Error(verdict.findings.map(({ message }) => message).join('; '));
      }
      const { status, warnings = [] } = answer('uid', verdict, change.new);
      const told = verdict.findings.flatMap(({ message, fix }) => [message, fix.text]);
      if ([...told, ...warnings].some((text) => UNSAFE_BUT_LF.test(text))) return false;
      if (verdict.findings.some(({ message }) => message.length > MAX_MESSAGE)) return false;
      const texts = [
        status?.message ?? '',
        ...(status?.details?.causes ?? []).map((c) => c.message),
      ];
      return verdict.allowed
        ? status === undefined
        : (status?.details?.causes.length ?? 0) > 0 &&
            texts.every((text) => text !== '' && !UNSAFE_BUT_LF.test(text));
    }),
    3000,
  );
  t.end();
});

t.test('property: a change is refused if, and only if, a finding refuses', (t) => {
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const { allowed, findings } = verdictOn(change, facts, policy);
      return allowed !== findings.some(({ severity }) => severity === 'deny');
    }),
    1000,
  );
  t.end();
});

t.test('property: an object that stays as it is is never refused', (t) => {
  assertProperty(
    t,
    fc.property(configMaps, facts, policies, (object, facts, policy) => {
      const change: Change = { operation: 'UPDATE', old: object, new: object };
      return verdictOn(change, facts, policy).allowed;
    }),
    1000,
  );
  t.end();
});

t.test('property: nobody is refused in mode warn or audit, nor when exempt', (t) => {
  const exempt = { users: new Set(['alice', 'system:ack', '']), groups: new Set<string>() };
  const lenient = fc.constantFrom<Partial<Policy>>({ mode: 'warn' }, { mode: 'audit' }, { exempt });
  assertProperty(
    t,
    fc.property(changes, facts, policies, lenient, (change, facts, policy, more) => {
      return verdictOn(change, facts, { ...policy, ...more }).allowed;
    }),
    1000,
  );
  t.end();
});

t.test('property: a verdict depends on the change alone and leaves it as it was', (t) => {
  assertProperty(
    t,
    fc.property(changes, facts, policies, (change, facts, policy) => {
      const input = () => inspect([change, facts, policy], { depth: null });
      const before = input();
      const first = verdictOn(change, facts, policy);
      const second = verdictOn(change, facts, policy);
      return isDeepStrictEqual(first.findings, second.findings) && input() === before;
    }),
    500,
  );
  t.end();
});

// ---------------------------------------------------------------------------------------------
// The same document, written otherwise
// ---------------------------------------------------------------------------------------------

/** A verdict without what depends on places in the text. */
function essence({ allowed, findings }: Verdict): unknown {
  return {
    allowed,
    findings: findings
      .map(({ rule, severity, key, path }) => [rule, severity, key, formatPath(path ?? [])].join())
      .sort(),
  };
}

/** A plugin entry of each kind, right or wrong, with names that no other spelling repeats. */
const plugin = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom('portmap', 'portmapp', 'PORTMAP'),
      capabilities: fc.constantFrom({ portMappings: true }, { portMappings: 'true' }, {}, null),
      snat: fc.constantFrom<unknown>(true, false, 'true', null),
      masqAll: fc.constantFrom<unknown>(true, false, 1),
      MarkMasqBit: fc.constantFrom<unknown>(12, 32, 14, '13'),
      externalSetMarkChain: fc.constantFrom('KUBE-MARK-MASQ', ''),
      backend: fc.constantFrom('iptables', 'nftables', 'ipvs'),
      conditionsV4: fc.constantFrom(['!', '-d', '10.0.0.0/8'], ['ip', 'daddr'], []),
      runtimeConfig: fc.constantFrom({}, null),
      unknown: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('tuning'),
      sysctl: fc.dictionary(
        fc.constantFrom('net.a', 'kernel.b', 'net.ipv6.c'),
        fc.constantFrom('1', 1),
      ),
      mtu: fc.constantFrom(1400, 1, '1400'),
      mac: fc.constantFrom('0a:58:0a:00:00:01', 'nonsense'),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    {
      type: fc.constant('bandwidth'),
      ingressRate: fc.constantFrom(0, 1000),
      ingressBurst: fc.constantFrom(0, 1000),
      shapedSubnets: fc.constant(['10.0.0.0/8']),
    },
    { requiredKeys: ['type'] },
  ),
  fc.record({ type: fc.constantFrom('terway', 'istio-cni', 'vrf', 'a/b', '') }),
  fc.constantFrom(null, 1, 'portmap', [], {}),
);

const firstEntry = fc
  .record(
    {
      symmetric_routing: fc.constantFrom(true, false, 'true'),
      symmetric_routing_config: fc.constantFrom(
        { mark: 16, mask: 16 },
        { Backend: 'nftables' },
        {},
      ),
      mtu: fc.constantFrom(1400, 1500),
      network_policy_provider: fc.constantFrom('iptables', 'ebpf'),
    },
    { requiredKeys: [] },
  )
  .map((members) => ({ ...VETH_CONF, ...members }));

const chain = fc
  .tuple(firstEntry, fc.array(plugin, { maxLength: 4 }), fc.boolean())
  .map(([first, others, more]) => ({
    ...(more ? { name: 'mine', disableCheck: true } : {}),
    plugins: [first, ...others],
  }));

const verdictOf = (text: string, facts: Facts) =>
  essence(verdictOn(update(BASE_VETH, withConflist(BASE_VETH, text)), facts, DEFAULT_POLICY));

t.test('property: a verdict survives another format', (t) => {
  const formats: [name: string, format: (chain: unknown) => string][] = [
    ['minified', (value) => JSON.stringify(value)],
    ['four spaces', (value) => JSON.stringify(value, null, 4)],
    ['tabs', (value) => JSON.stringify(value, null, '\t')],
    ['CR LF', (value) => JSON.stringify(value, null, 2).replaceAll('\n', '\r\n')],
    ['white space around it', (value) => `\n\n ${JSON.stringify(value)}\n\n`],
    ['escapes', (value) => JSON.stringify(value).replaceAll('p', '\\u0070')],
  ];
  assertProperty(
    t,
    fc.property(chain, facts, fc.constantFrom(...formats), (value, facts, [, format]) => {
      const expected = verdictOf(JSON.stringify(value, null, 2), facts);
      return isDeepStrictEqual(verdictOf(format(value), facts), expected);
    }),
    1000,
  );
  t.end();
});

/** The same value with members of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, reversed(member)])
      .reverse(),
  );
}

t.test('property: a verdict survives another order of members', (t) => {
  assertProperty(
    t,
    fc.property(chain, facts, (value, facts) => {
      const expected = verdictOf(JSON.stringify(value), facts);
      return isDeepStrictEqual(verdictOf(JSON.stringify(reversed(value)), facts), expected);
    }),
    1000,
  );
  t.end();
});

t.test('property: the order of keys in data does not matter', (t) => {
  assertProperty(
    t,
    fc.property(configMaps, configMaps, (before, after) => {
      const turned = (object: ConfigMap) => ({
        ...object,
        data: new Map([...object.data].reverse()),
      });
      const change: Change = { operation: 'UPDATE', old: before, new: after };
      const other: Change = { ...change, old: turned(before), new: turned(after) };
      return isDeepStrictEqual(
        essence(verdictOn(change, NO_FACTS, DEFAULT_POLICY)),
        essence(verdictOn(other, NO_FACTS, DEFAULT_POLICY)),
      );
    }),
    500,
  );
  t.end();
});

// ---------------------------------------------------------------------------------------------
// What is known of the nodes
// ---------------------------------------------------------------------------------------------

/** A write of a whole chain over the base. */
const chainChanges = chain.map((value) =>
  update(BASE_VETH, withConflist(BASE_VETH, JSON.stringify(value, null, 2))),
);

const denialsOf = (change: Write, facts: Facts, policy: Policy) =>
  verdictOn(change, facts, policy)
    .findings.filter(({ severity }) => severity === 'deny')
    .map(({ rule, key, path }) => [rule, key, formatPath(path ?? [])].join());

const CHAINED = ['portmap', 'tuning', 'bandwidth', 'firewall', 'sbr', 'vrf'];

t.test('property: estimates refuse nothing that would pass with nothing known', (t) => {
  const estimate = versionFacts.map((fact) => ({ ...fact, isEstimate: true }));
  const estimates = fc.tuple(estimate, ...CHAINED.map(() => estimate));
  assertProperty(
    t,
    fc.property(
      fc.oneof(chainChanges, changes),
      facts.filter(({ terway }) => !terway),
      estimates,
      policies,
      (change, facts, [terway, ...plugins], policy) => {
        const unknown: Facts = { ...facts, plugins: new Map() };
        const refused = denialsOf(change, unknown, { ...policy, onUnknownVersion: 'warn' });
        const byType = plugins.map((fact, index) => [CHAINED[index]!, fact] as const);
        const estimated: Facts = { ...facts, terway, plugins: new Map(byType) };
        return denialsOf(change, estimated, policy).every((denial) => refused.includes(denial));
      },
    ),
    2000,
  );
  t.end();
});

t.test('property: nodes that differ are refused what one of them would be', (t) => {
  const node = { count: 1, names: ['cn-hangzhou.10.0.1.7'] };
  const release = fc
    .constantFrom('0.8.0', '1.4.0', '1.5.1', '1.6.2', '1.7.1', '1.8.0', '1.9.1')
    .map((text) => parseVersion(text)!);

  const plugins = (fact: VersionFact): Facts => ({
    plugins: new Map(CHAINED.map((type) => [type, fact])),
  });
  assertProperty(
    t,
    fc.property(chainChanges, release, release, (change, one, other) => {
      const [older, newer] = isNewer(one, other.normal) ? [other, one] : [one, other];
      const versions = [older, newer].map((version) => ({ version, nodes: node }));
      const unknown = { count: 0, names: [] };
      const mixed = plugins({ ...known(older), spread: { total: 2, versions, unknown } });
      const { allowed } = verdictOn(change, mixed, DEFAULT_POLICY);
      const apart = [older, newer].map(
        (version) => verdictOn(change, plugins(known(version)), DEFAULT_POLICY).allowed,
      );
      return allowed === apart.every(Boolean);
    }),
    2000,
  );
  t.end();
});
