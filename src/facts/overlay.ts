import {
  FACT_NAMES,
  FACT_TABLE,
  type FactRow,
  knownFact,
  valueOf,
} from '../engine/core/fact-table.ts';
import type { Fact, Facts } from '../engine/core/facts.ts';

/** `learnt` under what the configuration says, which overrides it and says so. */
export function overlay(learnt: Facts, configured: Facts): Facts {
  const plugins = new Map(learnt.plugins);
  for (const [type, fact] of configured.plugins) {
    plugins.set(type, overriding(FACT_TABLE.plugins, fact, plugins.get(type)));
  }
  const stated: Partial<Facts> = Object.fromEntries(
    FACT_NAMES.flatMap((name) => {
      if (name === 'plugins') return [];
      const fact = configured[name];
      return fact ? [[name, overriding(FACT_TABLE[name], fact, learnt[name])]] : [];
    }),
  );
  const facts = { ...learnt, ...stated, plugins };
  // A mode that is configured holds on every node.
  if (configured.kubeProxyMode) delete facts.nodesWithoutKubeProxy;
  return facts;
}

/** `fact`, and what it overrides if that says something else. */
function overriding<F extends Fact<unknown>>(
  row: FactRow,
  fact: F,
  learnt: Fact<unknown> | undefined,
): F {
  if (!learnt) return fact;
  const value = String(valueOf(knownFact(row, learnt)));
  if (value === String(valueOf(knownFact(row, fact)))) return fact;
  return {
    ...fact,
    source: { kind: 'configuration', overrides: { value, source: learnt.source } },
  };
}
