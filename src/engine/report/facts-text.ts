import { namesOf, nodesOf, originOf, shareOf, versionText } from '../core/fact-text.ts';
import { type KnownFact, knownFacts } from '../core/fact-table.ts';
import type { BinaryInventory, Facts, NodeGroup, VersionSpread } from '../core/facts.ts';
import { count, printable } from '../text/text.ts';

/** What the guard knows of a cluster, and what it could not learn. */
export interface FactsReport {
  readonly facts: Facts;
  /** What could not be learnt, and why; one printable line each. */
  readonly unknown: readonly string[];
}

/** The report as aligned lines for a person. */
export function asText({ facts, unknown }: FactsReport): string {
  const known = knownFacts(facts);
  const width = Math.max(...known.map(({ row }) => row.label.length), 0) + 2;
  const indent = ' '.repeat(width);
  const lines = known.flatMap((fact) => [
    `${fact.row.label.padEnd(width)}${valueText(fact)} (${originOf(fact.fact, facts)})`,
    ...detailsOf(fact).map((detail) => `${indent}${detail}`),
  ]);
  return [
    ...(lines.length === 0 ? ['nothing is known of the cluster'] : lines),
    ...(unknown.length === 0 ? [] : ['', 'not known:', ...unknown.map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}

function valueText(known: KnownFact): string {
  switch (known.shape) {
    case 'version':
      return versionText(known.fact.value);
    case 'text':
      return printable(known.fact.value);
    case 'nodes':
      return nodesOf(known.fact.value);
    case 'binaries': {
      const { present, probed } = known.fact.value;
      return `${present.size} found on ${count(probed, 'node')}`;
    }
  }
}

/** What there is to say of single nodes; a line each. */
function detailsOf(known: KnownFact): string[] {
  switch (known.shape) {
    case 'version':
      return known.fact.spread ? spreadLines(known.fact.spread) : [];
    case 'binaries':
      return binaryLines(known.fact.value);
    case 'text':
    case 'nodes':
      return [];
  }
}

function spreadLines({ total, versions, unknown, isOpen }: VersionSpread): string[] {
  return [
    ...versions.map(
      ({ version, nodes }) => `${versionText(version)} on ${whichNodes(nodes, total)}`,
    ),
    ...(unknown.count > 0 ? [`unknown on ${whichNodes(unknown, total)}`] : []),
    ...(isOpen ? ['and perhaps more: nodes have not been listed'] : []),
  ];
}

function binaryLines({ present, missing, probed, truncatedOn }: BinaryInventory): string[] {
  return [
    [...present].sort().join(', '),
    ...(truncatedOn ? [`and more on ${whichNodes(truncatedOn, probed)}`] : []),
    ...[...missing].map(([binary, nodes]) => `${binary} missing on ${whichNodes(nodes, probed)}`),
  ];
}

/** Names are of use only where it is not everywhere. */
const whichNodes = (nodes: NodeGroup, total: number) =>
  `${shareOf(nodes, total)}${nodes.count < total ? namesOf(nodes) : ''}`;
