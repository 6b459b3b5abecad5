import { sourceInWords } from '../core/fact-text.ts';
import { type KnownFact, knownFacts, valueOf } from '../core/fact-table.ts';
import type { Facts } from '../core/facts.ts';
import { printable } from '../text/text.ts';

/** A fact as a log line, `status` and `facts` show it. */
export interface FactSummary {
  readonly value: string | number;
  /** Where it is known from, in words. */
  readonly origin: string;
  /** How old it was when it was used; absent for what stands in the configuration. */
  readonly ageSeconds?: number;
  /** Guessed from something else, so it never denies. */
  readonly estimate?: true;
}

/** What is known of the cluster, by name (`terway`, `plugins.portmap`): one short value each. */
export function summarizeFacts(facts: Facts): Readonly<Record<string, FactSummary>> {
  const summary: Record<string, FactSummary> = {};
  for (const known of knownFacts(facts)) summary[known.row.name] = summarize(known, facts);
  return summary;
}

export function summarize(known: KnownFact, { asOf }: Facts): FactSummary {
  const { learntAt, isEstimate } = known.fact;
  if (learntAt === undefined && !isEstimate) return ageless(known);
  return {
    ...ageless(known),
    ...(learntAt === undefined || asOf === undefined
      ? {}
      : { ageSeconds: Math.max(0, Math.round((asOf - learntAt) / 1000)) }),
    ...(isEstimate ? { estimate: true } : {}),
  };
}

type Ageless = Pick<FactSummary, 'value' | 'origin'>;

const agelessOfFacts = new WeakMap<KnownFact['fact'], Ageless>();

/** What is the same of a fact each time that it is shown, as long as it is not learnt anew. */
function ageless(known: KnownFact): Ageless {
  let summary = agelessOfFacts.get(known.fact);
  if (!summary) {
    const origin = printable(sourceInWords(known.fact.source), 100);
    summary = { value: valueOf(known), origin };
    agelessOfFacts.set(known.fact, summary);
  }
  return summary;
}
