import { type KnownFact, knownFacts } from '../core/fact-table.ts';
import type { Facts, NodeGroup, VersionSpread } from '../core/facts.ts';
import { type FactSummary, summarize } from './facts-fields.ts';
import type { FactsReport } from './facts-text.ts';

/** Raised when a field goes or changes its meaning; docs/facts.md has the fields. */
const FACTS_SCHEMA = 1;

/** A fact with all that is known of single nodes. */
interface FactDetails extends FactSummary {
  /** RFC 3339; absent for what stands in the configuration. */
  readonly learntAt?: string;
  /** Of a version, who runs which; null: not known. */
  readonly nodes?: readonly (NodeGroup & { readonly version: string | null })[];
  /** Of some nodes, the first of them. */
  readonly names?: readonly string[];
  /** Of plugin binaries, the files found on at least one node. */
  readonly present?: readonly string[];
  readonly missing?: readonly (NodeGroup & { readonly binary: string })[];
  readonly truncatedOn?: NodeGroup;
}

/** The report as one JSON object: `schema`, `asOf`, `facts` by name, `unknown`. */
export function asJson({ facts, unknown }: FactsReport): string {
  const content = {
    schema: FACTS_SCHEMA,
    ...(facts.asOf === undefined ? {} : { asOf: timestamp(facts.asOf) }),
    facts: Object.fromEntries(
      knownFacts(facts).map((known) => [known.row.name, detailsOf(known, facts)]),
    ),
    unknown,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function detailsOf(known: KnownFact, facts: Facts): FactDetails {
  const { learntAt } = known.fact;
  return {
    ...summarize(known, facts),
    ...(learntAt === undefined ? {} : { learntAt: timestamp(learntAt) }),
    ...nodesOf(known),
  };
}

function nodesOf(known: KnownFact): Partial<FactDetails> {
  switch (known.shape) {
    case 'version':
      return known.fact.spread ? { nodes: groupsOf(known.fact.spread) } : {};
    case 'nodes':
      return { names: known.fact.value.names };
    case 'binaries': {
      const { present, missing, truncatedOn } = known.fact.value;
      return {
        present: [...present].sort(),
        missing: [...missing].map(([binary, nodes]) => ({ binary, ...nodes })),
        ...(truncatedOn && { truncatedOn }),
      };
    }
    case 'text':
      return {};
  }
}

function groupsOf({ versions, unknown }: VersionSpread): NonNullable<FactDetails['nodes']> {
  return [
    ...versions.map(({ version, nodes }) => ({ version: version.normal, ...nodes })),
    ...(unknown.count > 0 ? [{ version: null, ...unknown }] : []),
  ];
}

const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString();
