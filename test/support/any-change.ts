import fc from 'fast-check';
import type { ConfigMap } from '../../src/engine/core/eni-config.ts';
import {
  type Fact,
  type Facts,
  type FactSource,
  type VersionFact,
} from '../../src/engine/core/facts.ts';
import { type Policy } from '../../src/engine/core/policy.ts';
import { isNewer, parseVersion } from '../../src/engine/core/version.ts';
import { RULE_IDS } from '../../src/engine/rules/index.ts';
import { unicodeText } from './arbitraries.ts';
import { ALICE, type Write } from './changes.ts';
import { BASE_DATAPATH_V2, BASE_VETH, VETH_CONF } from './config-maps.ts';
import { known } from './facts.ts';

/** Changes, facts and policies of every kind. */

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

export const configMaps: fc.Arbitrary<ConfigMap> = fc
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

export const changes: fc.Arbitrary<Write> = fc.oneof(
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

export const versionFacts: fc.Arbitrary<VersionFact> = fc
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

export const facts: fc.Arbitrary<Facts> = fc
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

export const policies: fc.Arbitrary<Policy> = fc
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
