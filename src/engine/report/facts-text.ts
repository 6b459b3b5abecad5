import { namesOf, nodesOf, originOf, sourceText, shareOf, versionText } from '../core/fact-text.ts';
import type { Fact, Facts, NodeGroup, VersionFact } from '../core/facts.ts';
import { count, printable } from '../text/text.ts';
import type { DatapathAnswer } from '../reading/datapath.ts';

/** What the guard knows of a cluster, for a person and for a program. */

export interface FactsReport {
  readonly facts: Facts;
  /** As computed for the stored object; undefined when that could not be read. */
  readonly datapath: DatapathAnswer | undefined;
  /** What could not be learnt, and why; one printable line each. */
  readonly unknown: readonly string[];
}

/** One fact as a program reads it. */
interface FactEntry {
  readonly name: string;
  readonly value: string | number;
  readonly origin: string;
  /** RFC 3339. */
  readonly learntAt?: string;
  readonly estimate?: true;
  /** Node by node, where that is known. */
  readonly nodes?: readonly (NodeGroup & { readonly version: string | null })[];
  readonly missing?: readonly (NodeGroup & { readonly binary: string })[];
}

interface Line extends FactEntry {
  /** The fact as a person reads it, with its age. */
  readonly text: string;
  /** What there is to say of nodes. */
  readonly details: readonly string[];
}

/** The report as one JSON object: `asOf`, `facts`, `unknown`. */
export function asJson(report: FactsReport): string {
  const { asOf } = report.facts;
  const facts = linesOf(report).map((line) => ({ ...line, text: undefined, details: undefined }));
  const time = asOf === undefined ? {} : { asOf: new Date(asOf).toISOString() };
  return `${JSON.stringify({ ...time, facts, unknown: report.unknown }, null, 2)}\n`;
}

/** The report as aligned lines. */
export function asText(report: FactsReport): string {
  const lines = linesOf(report);
  const width = Math.max(...lines.map(({ name }) => name.length), 0) + 2;
  const indent = ' '.repeat(width);
  const known = lines.flatMap(({ name, text, details }) => [
    `${name.padEnd(width)}${text}`,
    ...details.map((detail) => `${indent}${detail}`),
  ]);
  const unknown = report.unknown.map((line) => `  ${line}`);
  return [
    ...(known.length === 0 ? ['nothing is known of the cluster'] : known),
    ...(unknown.length === 0 ? [] : ['', 'not known:', ...unknown]),
    '',
  ].join('\n');
}

function linesOf({ facts, datapath }: FactsReport): Line[] {
  const line = <T>(
    name: string,
    fact: Fact<T> | undefined,
    show: (value: T) => string | number,
    more: (fact: Fact<T>) => Partial<Line> = () => ({}),
  ): Line[] => {
    if (!fact) return [];
    const value = show(fact.value);
    const learntAt =
      fact.learntAt === undefined ? {} : { learntAt: new Date(fact.learntAt).toISOString() };
    const text = `${value} (${originOf(fact, facts)})`;
    return [
      {
        name,
        value,
        origin: sourceText(fact.source),
        ...learntAt,
        text,
        details: [],
        ...more(fact),
      },
    ];
  };
  const version = (name: string, fact: VersionFact | undefined) =>
    line(name, fact, versionText, () => (fact ? versionDetails(fact) : {}));
  const group = (name: string, fact: Fact<NodeGroup> | undefined) =>
    line(
      name,
      fact,
      (nodes) => nodes.count,
      ({ value, ...rest }) => ({
        text: `${nodesOf(value)} (${originOf({ value, ...rest }, facts)})`,
      }),
    );
  return [
    ...version('Terway', facts.terway),
    ...line('Terway DaemonSet', facts.terwayDaemonSet, (name) => printable(name)),
    ...line('Terway updates', facts.terwayUpdates, String),
    ...line('kube-proxy mode', facts.kubeProxyMode, String),
    ...group('without kube-proxy', facts.nodesWithoutKubeProxy),
    ...group('exclusive ENI', facts.exclusiveEniNodes),
    ...(datapath ? [datapathLine(datapath)] : []),
    ...version('oldest kubelet', facts.kubelet),
    ...[...facts.plugins].flatMap(([type, fact]) => version(printable(type, 40), fact)),
    ...binariesLine(facts, line),
  ];
}

function versionDetails(fact: VersionFact): Partial<Line> {
  const { spread, isEstimate } = fact;
  const groups = [
    ...(spread?.versions ?? []).map(({ version, nodes }) => {
      return { version: versionText(version), ...nodes };
    }),
    ...(spread && spread.unknown.count > 0 ? [{ version: null, ...spread.unknown }] : []),
  ];
  return {
    ...(isEstimate
      ? {
          estimate: true,
        }
      : {}),
    ...(spread && { nodes: groups }),
    details: [
      ...groups.map(
        (nodes) => `${nodes.version ?? 'unknown'} on ${whichNodes(nodes, spread?.total ?? 0)}`,
      ),
      ...(spread?.isOpen ? ['and perhaps more: nodes have not been listed'] : []),
    ],
  };
}

/** Names are of use only where it is not everywhere. */
const whichNodes = (nodes: NodeGroup, total: number) =>
  `${shareOf(nodes, total)}${nodes.count < total ? namesOf(nodes) : ''}`;

function datapathLine({ datapath, origin }: DatapathAnswer): Line {
  const text = `${datapath} (${origin})`;
  return { name: 'datapath', value: datapath, origin, text, details: [] };
}

type MakeLine = <T>(
  name: string,
  fact: Fact<T> | undefined,
  show: (value: T) => string | number,
  more?: (fact: Fact<T>) => Partial<Line>,
) => Line[];

function binariesLine({ binaries }: Facts, line: MakeLine): Line[] {
  return line(
    'plugin binaries',
    binaries,
    ({ present, probed }) => `${present.size} found on ${count(probed, 'node')}`,
    ({ value }) => {
      const missing = [...value.missing].map(([binary, nodes]) => ({ binary, ...nodes }));
      return {
        missing,
        details: [
          [...value.present].sort().join(', '),
          ...(value.truncatedOn
            ? [`and more on ${whichNodes(value.truncatedOn, value.probed)}`]
            : []),
          ...missing.map(
            ({ binary, ...nodes }) => `${binary} missing on ${whichNodes(nodes, value.probed)}`,
          ),
        ],
      };
    },
  );
}
