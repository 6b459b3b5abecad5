import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import type { Change, ConfigMap } from '../../../src/engine/core/eni-config.ts';
import { type Facts, NO_FACTS, type VersionFact } from '../../../src/engine/core/facts.ts';
import { formatPath } from '../../../src/engine/json/path.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/engine/core/policy.ts';
import type { Verdict } from '../../../src/engine/core/decide.ts';
import { isNewer, parseVersion } from '../../../src/engine/core/version.ts';
import { type Write, update } from '../../support/changes.ts';
import { BASE_VETH, VETH_CONF, withConflist } from '../../support/config-maps.ts';
import { known } from '../../support/facts.ts';
import { assertProperty } from '../../support/properties.ts';
import { verdictOn } from '../../support/verdicts.ts';
import { configMaps, changes, versionFacts, facts, policies } from '../../support/any-change.ts';

/** What holds between the verdicts on two changes. */

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
    200,
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
    200,
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
    150,
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
    200,
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
    200,
  );
  t.end();
});
