import type { Facts, FactSource, NodeGroup, VersionFact } from '../../src/engine/core/facts.ts';
import { parseVersion } from '../../src/engine/core/version.ts';
import { known, knownVersion } from './facts.ts';

const NOW = Date.UTC(2026, 0, 1);
const group = (...names: string[]): NodeGroup => ({ count: names.length, names });
const seen = <T>(value: T, source: FactSource) => ({ value, source, learntAt: NOW - 10_000 });
const version = (text: string) => parseVersion(text)!;
const kubeSystem: FactSource = { kind: 'namespace', name: 'kube-system' };

/** Everything that can be known of a cluster, each fact once: a rollout that is half done. */
export const ALL_FACTS: Required<Facts> = {
  asOf: NOW,
  terway: {
    ...seen(version('v1.14.3'), { kind: 'daemon-set-pods', name: 'terway-eniip' }),
    spread: {
      total: 4,
      versions: [
        { version: version('v1.14.3'), nodes: group('a') },
        { version: version('v1.17.0-d7c63c9e'), nodes: group('b', 'c') },
      ],
      unknown: group('d'),
    },
  },
  terwayDaemonSet: seen('terway-eniip', kubeSystem),
  terwayUpdates: seen('OnDelete', kubeSystem),
  kubeProxyMode: seen('ipvs', { kind: 'config-map', name: 'kube-proxy' }),
  nodesWithoutKubeProxy: seen(group('d'), { kind: 'node-labels' }),
  exclusiveEniNodes: seen(group('e', 'f'), { kind: 'node-labels' }),
  datapath: known('veth'),
  kubelet: seen(version('v1.34.1-aliyun.1'), { kind: 'nodes' }),
  plugins: new Map<string, VersionFact>([
    [
      'portmap',
      { ...seen(version('v1.7.1'), { kind: 'kubelet', version: 'v1.34.1' }), isEstimate: true },
    ],
    ['tuning', knownVersion('1.6.2')],
    [
      'vrf',
      {
        ...seen(version('v1.7.1'), { kind: 'node-probe' }),
        spread: {
          total: 3,
          isOpen: true,
          versions: [{ version: version('v1.7.1'), nodes: group('a', 'b', 'c') }],
          unknown: group(),
        },
      },
    ],
  ]),
  binaries: seen(
    {
      probed: 3,
      present: new Set(['vrf', 'portmap']),
      missing: new Map([['vrf', group('a')]]),
      truncatedOn: group('c'),
    },
    { kind: 'node-probe' },
  ),
  probeNamespace: 'kube-system',
};
