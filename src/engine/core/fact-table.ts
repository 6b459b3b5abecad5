import { listed, printable } from '../text/text.ts';
import {
  type BinaryInventory,
  DATAPATHS,
  type Fact,
  type Facts,
  KUBE_PROXY_MODES,
  type NodeGroup,
  TERWAY_DAEMONSETS,
  type VersionFact,
} from './facts.ts';

/**
 * The facts by name: what each is called, what its value looks like, where it is learnt and how it
 * is configured. The log, `status`, `facts`, the configuration and docs/facts.md go by this table.
 */

/** Facts by what their values look like. */
interface FactShapes {
  /** Shown by its number; may have a version for each node. */
  readonly version: VersionFact;
  readonly text: Fact<string>;
  /** Shown by how many they are. */
  readonly nodes: Fact<NodeGroup>;
  /** Shown by how many nodes were probed. */
  readonly binaries: Fact<BinaryInventory>;
}
type Shape = keyof FactShapes;

export interface FactRow<S extends Shape = Shape> {
  /** For programs, in the log, `status` and `facts --output json`. Stable. */
  readonly name: string;
  /** For people, in `facts`. */
  readonly label: string;
  readonly shape: S;
  /** What it tells, for docs/facts.md. */
  readonly meaning: string;
  /** Where it is learnt, for docs/facts.md. */
  readonly learntFrom: string;
  /** How the configuration states it; absent where it can't. */
  readonly setting?: FactSetting;
}

export interface FactSetting {
  /** Under `facts` in the configuration. */
  readonly key: string;
  /** A version in any form that parseVersion reads, a map of them by plugin, or one of these words. */
  readonly takes: 'version' | 'plugin versions' | readonly string[];
}

/** The facts by their names in Facts; `plugins` stands for one fact of each type. */
type FactName = Exclude<keyof Facts, 'asOf' | 'probeNamespace'>;

type ShapeOf<F> = { [S in Shape]: F extends FactShapes[S] ? S : never }[Shape];

/** A row for every fact there is, in the order in which facts are shown. */
export const FACT_TABLE: {
  readonly [Name in FactName]-?: FactRow<
    Name extends 'plugins' ? 'version' : ShapeOf<NonNullable<Facts[Name]>>
  >;
} = {
  terway: {
    name: 'terway',
    label: 'Terway',
    shape: 'version',
    meaning: "Terway's release; the oldest on any node",
    learntFrom: "image of Terway's DaemonSet; in a rollout its pods",
    setting: { key: 'terwayVersion', takes: 'version' },
  },
  terwayDaemonSet: {
    name: 'terwayDaemonSet',
    label: 'Terway DaemonSet',
    shape: 'text',
    meaning: "name of Terway's DaemonSet",
    learntFrom: `kube-system: ${listed(TERWAY_DAEMONSETS)}`,
  },
  terwayUpdates: {
    name: 'terwayUpdates',
    label: 'Terway updates',
    shape: 'text',
    meaning: '`OnDelete`: its pods are replaced only when they are deleted; otherwise absent',
    learntFrom: "update strategy of Terway's DaemonSet",
  },
  kubeProxyMode: {
    name: 'kubeProxyMode',
    label: 'kube-proxy mode',
    shape: 'text',
    meaning: 'mode of kube-proxy; `none`, no kube-proxy at all, is configured and never learnt',
    learntFrom: 'ConfigMap kube-proxy-worker, else kube-proxy',
    setting: { key: 'kubeProxyMode', takes: KUBE_PROXY_MODES },
  },
  nodesWithoutKubeProxy: {
    name: 'nodesWithoutKubeProxy',
    label: 'without kube-proxy',
    shape: 'nodes',
    meaning: 'nodes in the chain without kube-proxy',
    learntFrom: 'labels of the nodes',
  },
  exclusiveEniNodes: {
    name: 'exclusiveEniNodes',
    label: 'exclusive ENI',
    shape: 'nodes',
    meaning: 'nodes in exclusive-ENI mode, which ignore the chain',
    learntFrom: 'labels of the nodes',
  },
  datapath: {
    name: 'datapath',
    label: 'datapath',
    shape: 'text',
    meaning: "how pods' traffic is forwarded; the log and `status` have it when it is configured",
    learntFrom:
      'computed by `facts` from eni-config as it is stored, by rules from what is written',
    setting: { key: 'datapath', takes: DATAPATHS },
  },
  kubelet: {
    name: 'kubelet',
    label: 'oldest kubelet',
    shape: 'version',
    meaning: 'version of the kubelet; the oldest on any node',
    learntFrom: 'status of the nodes',
  },
  plugins: {
    name: 'plugins.<type>',
    label: '<type>',
    shape: 'version',
    meaning: 'release of a plugin, such as `plugins.portmap`; the oldest on any node',
    learntFrom: 'pods of the node probe; without them estimated from the kubelets',
    setting: { key: 'pluginVersions', takes: 'plugin versions' },
  },
  binaries: {
    name: 'probedNodes',
    label: 'plugin binaries',
    shape: 'binaries',
    meaning: 'nodes whose plugin binaries are known',
    learntFrom: 'pods of the node probe',
  },
};

export const FACT_NAMES = Object.keys(FACT_TABLE) as FactName[];

/** Everything that the configuration can state, in the order of the table. */
export const FACT_SETTINGS: readonly FactSetting[] = FACT_NAMES.flatMap(
  (name) => FACT_TABLE[name].setting ?? [],
);

/** The row of plugins for those of one type, which may be any text. */
function pluginRow(type: string): FactRow<'version'> {
  const shown = printable(type, 40);
  return { ...FACT_TABLE.plugins, name: `plugins.${shown}`, label: shown };
}

/** A fact that is known, with its row. */
export type KnownFact = {
  [S in Shape]: { readonly shape: S; readonly row: FactRow; readonly fact: FactShapes[S] };
}[Shape];

/** The table says of each fact which shape it has, which TypeScript can't follow through a union. */
export const knownFact = (row: FactRow, fact: Fact<unknown>) =>
  ({ shape: row.shape, row, fact }) as KnownFact;

/** Plugins that are shown: the catalogue knows a dozen. */
const MAX_PLUGINS = 20;

/** Everything that is known, in the order of the table. */
export function knownFacts(facts: Facts): KnownFact[] {
  const known: KnownFact[] = [];
  for (const name of FACT_NAMES) {
    if (name === 'plugins') {
      known.push(...knownPlugins(facts.plugins));
    } else {
      const fact = facts[name];
      if (fact) known.push(knownFact(FACT_TABLE[name], fact));
    }
  }
  return known;
}

const pluginsOfFacts = new WeakMap<Facts['plugins'], readonly KnownFact[]>();

/** Put together once, as long as they are not learnt anew: each review is logged with its facts. */
function knownPlugins(plugins: Facts['plugins']): readonly KnownFact[] {
  let known = pluginsOfFacts.get(plugins);
  if (!known) {
    const shown = [...plugins].slice(0, MAX_PLUGINS);
    known = shown.map(([type, fact]) => knownFact(pluginRow(type), fact));
    pluginsOfFacts.set(plugins, known);
  }
  return known;
}

/** The value of a fact for programs. */
export function valueOf(known: KnownFact): string | number {
  switch (known.shape) {
    case 'version':
      return known.fact.value.normal;
    case 'text':
      return printable(known.fact.value, 100);
    case 'nodes':
      return known.fact.value.count;
    case 'binaries':
      return known.fact.value.probed;
  }
}
