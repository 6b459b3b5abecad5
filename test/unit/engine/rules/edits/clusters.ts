import type {
  Fact,
  FactSource,
  Facts,
  NodeGroup,
  VersionFact,
} from '../../../../../src/engine/core/facts.ts';
import type { Version } from '../../../../../src/engine/core/version.ts';
import { CHAINED_PLUGINS } from '../../../../support/chained-plugins.ts';
import { known, knownVersion, version } from '../../../../support/facts.ts';

/** Clusters, as far as they are known, that the tables of edits are judged for. */

/** What is known of a cluster; plugins of one release come together. */
export function cluster(
  terway: string | undefined,
  plugins: string | undefined,
  more: Partial<Facts> = {},
): Facts {
  return {
    ...(terway === undefined ? {} : { terway: knownVersion(terway) }),
    plugins: new Map(
      plugins === undefined ? [] : CHAINED_PLUGINS.map((t) => [t, knownVersion(plugins)]),
    ),
    ...more,
  };
}

/** A cluster that ACK made lately: where an edit does not say otherwise. */
export const ACK = cluster('1.15.2', '1.7.1', { kubeProxyMode: known('ipvs') });

const NOW = Date.UTC(2026, 0, 1);

export const seen = <T>(value: T, source: FactSource): Fact<T> => ({
  value,
  source,
  learntAt: NOW - 10_000,
});
export const asProbed = <T>(value: T): Fact<T> => ({
  value,
  source: { kind: 'node-probe' },
  learntAt: NOW - 4 * 60_000,
});

/** So many nodes, named as ACK does, from an address on. */
export const group = (count: number, first = 7): NodeGroup => ({
  count,
  names: Array.from({ length: Math.min(count, 5) }, (_, i) => `cn-hangzhou.10.0.1.${first + i}`),
});

/** A fact about nodes that run these releases, oldest first. */
function spread(
  asFact: (value: Version) => Fact<Version>,
  total: number,
  releases: readonly (readonly [text: string, count: number])[],
  unknown = 0,
): VersionFact {
  const versions = releases.map(([text, count], index) => ({
    version: version(text),
    nodes: group(count, 7 + 20 * index),
  }));
  return {
    ...asFact(versions[0]!.version),
    spread: { total, versions, unknown: group(unknown, 200) },
  };
}

/** ACK as it is read from the API server, with other facts put in. */
export const live = (more: Partial<Facts>): Facts => ({
  ...ACK,
  asOf: NOW,
  probeNamespace: 'kube-system',
  ...more,
});

export const livePlugin = (type: string, fact: VersionFact, more: Partial<Facts> = {}): Facts =>
  live({ plugins: new Map([...ACK.plugins, [type, fact]]), ...more });
export const probed = (...parts: [total: number, releases: [string, number][], unknown?: number]) =>
  spread(asProbed, ...parts);
export const estimated = (text: string): VersionFact => ({
  ...seen(version(text), { kind: 'kubelet', version: 'v1.33.3-aliyun.1' }),
  isEstimate: true,
});

export const rollingOut = (
  ...parts: [total: number, releases: [string, number][], unknown?: number]
) => spread((value) => seen(value, { kind: 'daemon-set', name: 'terway-eniip' }), ...parts);
